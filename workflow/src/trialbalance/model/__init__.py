"""Stage ``model``: what do we believe about mean cost and effect?

Importing this package is light: it sets PyTensor's flags, and its names load PyMC when used.
"""

import importlib
import os

from trialbalance.model.cache import cache_folder

# One road on every machine: no C compiler is looked for and Numba compiles everything, so a
# machine with a compiler gives the same draws as one without. Later flags win in PyTensor, and
# the user's own flags (a cache folder, say) are kept in front.
# Without fast maths, because that lets a compiled loop round differently when it comes from Numba's
# cache than when it is new, and draws would change between a first and a second run.
_FLAGS = "cxx=,mode=NUMBA,numba__fastmath=False"
if "base_compiledir" not in os.environ.get("PYTENSOR_FLAGS", ""):
    # Where it may not write, PyTensor cannot even be imported.
    _FLAGS = f"base_compiledir={cache_folder() / 'pytensor'},{_FLAGS}"
if _FLAGS not in os.environ.get("PYTENSOR_FLAGS", ""):
    os.environ["PYTENSOR_FLAGS"] = ",".join(
        flag for flag in (os.environ.get("PYTENSOR_FLAGS"), _FLAGS) if flag
    )

# Compiling takes most of a fit; the lightest level that still makes fast loops shortens it by a
# quarter and leaves sampling as fast as it was.
os.environ.setdefault("NUMBA_OPT", "1")
# What Numba keeps of functions of our own, which else would lie beside the source.
os.environ.setdefault("NUMBA_CACHE_DIR", str(cache_folder() / "numba"))

_HOMES = {
    "arm_draws": "results",
    "check": "checks",
    "compare_roads": "agreement",
    "cross_check": "crosscheck",
    "fit": "forms",
    "fit_ladder": "ladder",
    "fit_selection": "selection",
    "load": "store",
    "parameters": "results",
    "prior_plausibility": "plausibility",
    "prior_sensitivity": "power_scaling",
    "save": "store",
    "subgroup_means": "results",
    "unobserved_means": "results",
    "visit_means": "forms",
}

__all__ = [
    "arm_draws", "check", "compare_roads", "cross_check", "fit", "fit_ladder", "fit_selection",
    "load", "parameters", "prior_plausibility", "prior_sensitivity", "save", "subgroup_means",
    "unobserved_means", "visit_means",
]  # fmt: skip


def __getattr__(name):
    """Load a public name from its module when it is first asked for."""
    if name in _HOMES:
        return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
