"""Machine code of a graph: compiled by PyTensor and Numba in a folder, or found there."""

import contextlib
import types
import warnings
import weakref
from pathlib import Path
from typing import Any, cast

import numba
import numpy as np
import pytensor
import pytensor.tensor as pt
from numba.core.caching import CacheImpl, _CacheLocator
from pytensor.compile.mode import get_mode
from pytensor.compile.sharedvalue import SharedVariable
from pytensor.graph.basic import Variable
from pytensor.graph.replace import graph_replace
from pytensor.link.numba import cache as operations
from pytensor.link.numba.dispatch.basic import numba_njit

from trialbalance.model.compiling import digamma  # noqa: F401 - hands PyTensor a digamma that can be kept

_FOLDERS = weakref.WeakKeyDictionary()


class _Locator(_CacheLocator):
    """Tells Numba in which folder the code of one of our functions lies."""

    def __init__(self, folder):
        self._folder = folder

    def ensure_cache_path(self):
        pass

    def get_cache_path(self):
        return str(self._folder)

    def get_source_stamp(self):
        return 0

    def get_disambiguator(self):
        return "entry"

    @classmethod
    def from_function(cls, py_func: Any, py_file: str):
        folder = _FOLDERS.get(py_func)
        return None if folder is None else cls(folder)


CacheImpl._locator_classes.insert(0, _Locator)


def _density(*arguments):
    return inner(*arguments)  # noqa: F821 - what each density puts in its place


def _callable(inner, folder):
    """Return the function that is called from Python; its source is the same for every density."""
    space = {"inner": inner, "__name__": __name__}
    function = types.FunctionType(_density.__code__, space, "density")
    if folder is not None:
        _FOLDERS[function] = folder
    return numba_njit(function, final_function=True, nogil=True, cache=folder is not None)


def find_code(folder: Path, arguments: tuple[np.ndarray, ...]):
    """Return the function that lies in a folder.

    Parameters
    ----------
    folder : pathlib.Path
        Folder of an entry.
    arguments : tuple of numpy.ndarray
        What it will be called with: point, layout, data.

    Returns
    -------
    callable or None
        None where Numba finds nothing for these types and this processor.
    """
    # What it calls is part of the entry's code. Where there is none, there is nothing to compile.
    function = _callable(None, folder)
    try:
        function(*arguments)
    except numba.core.errors.NumbaError:
        return None
    return _closed(function)


def compile_code(
    logp: Variable,
    values: list[Variable],
    shared: list[SharedVariable],
    arguments: tuple[np.ndarray, ...],
    folder: Path | None,
    parts: Path,
):
    """Compile a log density and its gradient.

    Parameters
    ----------
    logp : pytensor.graph.basic.Variable
        Log density.
    values : list of pytensor.graph.basic.Variable
        Unconstrained variables, in their order in the vector.
    shared : list of pytensor.compile.sharedvalue.SharedVariable
        Data, in their order among the arguments.
    arguments : tuple of numpy.ndarray
        A point, the layout (where each variable starts, then the axes of each), the data.
    folder : pathlib.Path or None
        Where the code is left; None keeps it nowhere.
    parts : pathlib.Path
        Where the code of single operations is kept, from which another graph is put together in a
        third of the time. Two processes may not use it at once: Numba could mix up their files.

    Returns
    -------
    callable
        Takes such arguments, returns log density and gradient; holds no interpreter lock.
    """
    point, layout = pt.dvector("point"), pt.lvector("layout")
    inputs = [variable.type(name=variable.name) for variable in shared]
    replaced = dict(zip(shared, inputs, strict=True)) | _cut(point, layout, values)
    (logp,) = graph_replace([logp], replaced, strict=False)
    mode = get_mode("NUMBA").including("local_remove_check_parameter")
    with warnings.catch_warnings(), _kept_in(parts):
        # A loop with very many inputs is left in parts; that is no fault.
        warnings.filterwarnings("ignore", message="Loop fusion failed")
        # A function that calls another library by its address is compiled by each process.
        warnings.filterwarnings("ignore", message="Cannot cache compiled function")
        function = pytensor.function(
            [point, layout, *inputs], [logp, cast(Variable, pt.grad(logp, point))], mode=mode,
            on_unused_input="ignore",
        )  # fmt: skip
        # PyTensor's own function would be kept under PyTensor's key; what it calls is the same.
        inner = numba_njit(function.vm.jit_fn.py_func)
        found = _callable(inner, folder)
        try:
            found(*arguments)
        except OSError:
            # A full disk: compiled all the same.
            found = _callable(inner, None)
            found(*arguments)
    return _closed(found)


@contextlib.contextmanager
def _kept_in(parts):
    """Let PyTensor keep the code of single operations in a folder of ours."""
    before = operations.NUMBA_CACHE_PATH
    with contextlib.suppress(OSError):
        parts.mkdir(parents=True, exist_ok=True)
    operations.NUMBA_CACHE_PATH = parts
    try:
        # Without fast maths, also where PyTensor was loaded before this package set its flags.
        with pytensor.config.change_flags(numba__cache=parts.is_dir(), numba__fastmath=False):
            yield
    finally:
        operations.NUMBA_CACHE_PATH = before


def _cut(point, layout, values):
    """Return each variable as its part of the vector."""
    found, axis = {}, len(values) + 1
    for place, value in enumerate(values):
        part = point[layout[place] : layout[place + 1]]
        part = part.reshape([layout[axis + k] for k in range(value.ndim)], ndim=value.ndim)
        found[value] = value.type.filter_variable(part)
        axis += value.ndim
    return found


def _closed(function):
    """Refuse other types of arguments, which Numba would compile for without a word."""
    function.disable_compile()
    return function
