"""Stage ``model``: what do we believe about mean cost and effect?

Importing this package is light: it only sets PyTensor's flags, before any module loads PyMC.
"""

import os

from trialbalance.house import cache_home
from trialbalance.model.compiling.cache import cache_folder, writable

# One road on every machine: no C compiler is looked for and Numba compiles everything, so a
# machine with a compiler gives the same draws as one without. Later flags win in PyTensor, and
# the user's own flags (a cache folder, say) are kept in front.
# Without fast maths, because that lets a compiled loop round differently when it comes from Numba's
# cache than when it is new, and draws would change between a first and a second run.
_FLAGS = "cxx=,mode=NUMBA,numba__fastmath=False"
if _FLAGS not in os.environ.get("PYTENSOR_FLAGS", ""):
    os.environ["PYTENSOR_FLAGS"] = ",".join(
        flag for flag in (os.environ.get("PYTENSOR_FLAGS"), _FLAGS) if flag
    )

# Compiling takes most of a fit; the lightest level that still makes fast loops shortens it by a
# quarter and leaves sampling as fast as it was.
os.environ.setdefault("NUMBA_OPT", "1")
# What Numba keeps of functions of our own, which else would lie beside the source.
os.environ.setdefault("NUMBA_CACHE_DIR", str(cache_folder() / "numba"))
# ArviZ writes to the cache of the user when it is imported, and fails where it cannot.
if not writable(cache_home()):
    os.environ["XDG_CACHE_HOME"] = str(cache_folder())
