"""Importing the stage is light and sets PyTensor's flags."""

import subprocess
import sys


def test_import_sets_flags_and_loads_nothing_heavy():
    code = (
        "import os, sys, trialbalance.model;"
        "assert os.environ['PYTENSOR_FLAGS'].endswith('cxx=,mode=NUMBA,numba__fastmath=False');"
        "assert not {'pymc', 'pytensor', 'arviz', 'nutpie'} & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
