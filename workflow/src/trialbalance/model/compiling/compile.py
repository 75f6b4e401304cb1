"""From a declared model to machine code: log density and gradient, compiled once and kept on disk.

How to use it. Declare a PyMC model over ``pm.Data``, so that nothing of the data (no value and no
size) is a constant of the graph, and name the data in an order of your own::

    with pm.Model() as model:
        x, y = pm.Data("x", table.x), pm.Data("y", table.y)
        level = pm.Normal("level", 0, 1, shape=pm.Data("arms", len(arms)))
        pm.Potential("likelihood", -0.5 * pt.sum((y - level[x]) ** 2))
    density = compile_density(model, "normal", {"x": table.x, "y": table.y, "arms": len(arms)})
    value, gradient = density(density.start)

Data of any other size then meet the same compiled code, in this process or another. A model may
hold constants too; it is compiled anew when one of them changes.

What makes it safe. PyTensor's own cache is not used: its key for a whole function follows an order
of nodes that differs between processes. Here an entry's key is the SHA-256 of what the caller calls
the structure, the fingerprint of the declared graph (which holds every constant, and the types and
order of variables and data), flags, and processor; versions and the engine's own source name the
folder (``cache.py``). Each entry's files are held against checksums before any is run. And at
every start, whether found or new, the compiled density is held at two points against PyTensor's
operations done one by one in Python, not compiled and not rewritten, on the model's own data (some
20 ms), against the caller's NumPy twin where there is one, and the gradient against a difference of
the density. An entry that fails is thrown away and compiled anew; a new one that fails raises.
"""

import hashlib
import json
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numba
import numpy as np
import pymc as pm
import pytensor
from llvmlite import binding
from pytensor.compile.sharedvalue import SharedVariable
from pytensor.graph.traversal import ancestors

from trialbalance.model.compiling.cache import cache_folder, draft, locked, sealed
from trialbalance.model.compiling.density import PLAIN, Density, NotFiniteError
from trialbalance.model.compiling.fingerprint import UnknownError, fingerprint
from trialbalance.model.compiling.machine_code import compile_code, find_code

_AGREES = 1e-8
# PyMC's own constants, a half log of 2 pi say, hold eight digits.
_TWIN_AGREES = 1e-6
_STEP = 1e-5


class DisagreementError(RuntimeError):
    """A compiled density does not give what its declaration gives."""


def compile_density(
    model: pm.Model,
    structure: str,
    data: dict[str, np.ndarray],
    twin: Callable[..., Any] | None = None,
):
    """Return the log density of a model and its gradient, from the cache where it is there.

    Parameters
    ----------
    model : pymc.Model
        Declared over ``pm.Data``.
    structure : str
        What the caller calls this kind of model; part of the key.
    data : dict of str to numpy.ndarray
        Values of every ``pm.Data`` of the model, in a fixed order. They must be those that the
        model holds.
    twin : callable, optional
        Takes a point and returns its log density, worked out without PyTensor.

    Returns
    -------
    Density
        Ready to be called.

    Raises
    ------
    ValueError
        Where the data are not named as in the model.
    DisagreementError
        Where a newly compiled density differs from its declaration or twin: data that are not the
        model's own, or a fault of the compiler.

    Examples
    --------
    >>> import pymc as pm
    >>> with pm.Model() as model:
    ...     _ = pm.Normal("a", pm.Data("at", 2.0), 1.0)
    >>> density = compile_density(model, "example", {"at": 2.0})
    >>> value, gradient = density(np.array([3.0]))
    >>> round(value, 6), gradient.tolist()
    (-1.418939, [-1.0])
    """
    posterior = _declared(model, structure, data)
    twins = [posterior.plainly()] + ([twin] if twin is not None else [])
    entry, record = _entry(posterior)
    if entry is None:
        with locked(cache_folder() / "compiling"):
            return _new(posterior, None, twins)
    density = _found(posterior, entry, record, twins)
    if density is None:
        # One at a time: another process may have compiled the same, or parts of it, meanwhile.
        with locked(cache_folder() / "compiling"):
            density = _found(posterior, entry, record, twins)
            if density is None:
                with draft(entry, record) as folder:
                    density = _new(posterior, folder, twins)
    return density


@dataclass(frozen=True, eq=False)
class _Posterior:
    """A model with the names, types and values of what its density is worked out from."""

    model: object
    structure: str
    logp: object
    shared: list
    arguments: tuple
    start: dict

    @property
    def values(self):
        return self.model.value_vars

    @property
    def names(self):
        return [variable.name for variable in self.model.free_RVs]

    @property
    def shapes(self):
        return [np.shape(self.start[value.name]) for value in self.values]

    @property
    def layout(self):
        """Where each variable starts in the vector, then the axes of each."""
        ends = np.cumsum([0, *(int(np.prod(shape)) for shape in self.shapes)])
        return np.array([*ends, *(axis for shape in self.shapes for axis in shape)], dtype="int64")

    def point(self):
        pieces = [np.ravel(self.start[value.name]) for value in self.values]
        return np.concatenate([np.zeros(0), *pieces]).astype("float64")

    @property
    def all_arguments(self):
        return (self.point(), self.layout, *self.arguments)

    def plainly(self):
        """Return a function of a point that does the declared operations one by one."""
        function = pytensor.function(self.values, self.logp, mode=PLAIN, on_unused_input="ignore")

        def density(point: np.ndarray):
            pieces = np.split(point, self.layout[1 : len(self.values)])
            parts = [piece.reshape(shape) for piece, shape in zip(pieces, self.shapes, strict=True)]
            with np.errstate(all="ignore"):
                return float(function(*parts))

        return density


def _declared(model, structure, data):
    """Gather what a density is worked out from, in a fixed order."""
    lengths = {name: length for name, length in model.dim_lengths.items()
               if isinstance(length, SharedVariable)}  # fmt: skip
    logp = model.logp()
    inside = {v for v in ancestors([logp]) if isinstance(v, SharedVariable)}
    named = {variable.name: variable for variable in model.data_vars} | lengths
    strange = {v.name for v in inside} - set(data) - set(lengths) | set(data) - set(named)
    if strange:
        raise ValueError(
            f"data of the density and pm.Data of the model differ in: {', '.join(sorted(strange))}"
        )
    values = dict(data) | {n: v.get_value() for n, v in lengths.items() if n not in data}
    shared = [named[name] for name in values]
    arguments = []
    for variable, value in zip(shared, values.values(), strict=True):
        # A copy, so that type and layout are those that were compiled for.
        array = np.array(value, dtype=variable.dtype, order="C")
        if array.ndim != variable.ndim:
            raise ValueError(f"{variable.name} has {array.ndim} axes, the model's {variable.ndim}")
        arguments.append(array)
    return _Posterior(model, structure, logp, shared, tuple(arguments), model.initial_point())


def _entry(posterior):
    """Return the folder of an entry and what it is made for; None where nothing may be kept."""
    try:
        graph = fingerprint([posterior.logp], [*posterior.values, *posterior.shared])
    except UnknownError:
        return None, None
    # Numba reads its variables when it first compiles; read now, a key does not depend on that.
    numba.config.reload_config()
    record = {
        "structure": posterior.structure,
        "graph": graph,
        "flags": [pytensor.config.floatX, str(numba.config.OPT)],
        "processor": [binding.get_host_cpu_name(), binding.get_host_cpu_features().flatten()],
        "python": sys.version,
    }  # fmt: skip
    key = hashlib.sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()
    return cache_folder() / "densities" / key[:32], record


def _found(posterior, entry, record, twins):
    """Return the density of an entry; None where there is none that can be trusted."""
    function = find_code(entry, posterior.all_arguments) if sealed(entry, record) else None
    try:
        return None if function is None else _checked(posterior, function, twins, found=True)
    except DisagreementError:
        return None


def _new(posterior, folder, twins):
    """Return the density newly compiled; from scratch where kept operations give another."""
    parts = cache_folder() / "operations"
    code = (posterior.logp, posterior.values, posterior.shared, posterior.all_arguments)
    had_parts = parts.is_dir()
    try:
        return _checked(posterior, compile_code(*code, folder, parts), twins, found=False)
    except DisagreementError:
        if not had_parts:
            raise
    shutil.rmtree(parts, ignore_errors=True)
    return _checked(posterior, compile_code(*code, folder, parts), twins, found=False)


def _checked(posterior, function, twins, found):
    """Return the density if it holds at two points.

    The gradient is held along one direction against a central difference of the density.
    """
    start = posterior.point()
    places = {variable.name: place for place, variable in enumerate(posterior.shared, start=1)}
    density = Density(
        posterior.names, posterior.shapes, start, posterior.structure, found, function,
        posterior.all_arguments[1:], places, posterior.model,
    )  # fmt: skip
    wave = np.sin(1.0 + np.arange(len(start)))
    for point in (start, start + 0.1 * wave):
        value, gradient = _at(density, point)
        for twin, tolerance in zip(twins, (_AGREES, _TWIN_AGREES), strict=False):
            expected = twin(point)
            if not _close(value, expected, tolerance):
                raise DisagreementError(
                    f"the compiled density '{posterior.structure}' is {value!r} where its "
                    f"declaration gives {expected!r}"
                )
        steps = [_at(density, point + sign * _STEP * wave)[0] for sign in (1, -1)]
        slope = (steps[0] - steps[1]) / (2 * _STEP)
        size = 1.0 + float(np.linalg.norm(gradient))
        if np.isfinite(slope) and not abs(slope - gradient @ wave) <= 1e-4 * size:
            raise DisagreementError(
                f"the gradient of the compiled density '{posterior.structure}' is "
                f"{gradient @ wave!r} where differences give {slope!r}"
            )
    return density


def _at(density, point):
    """Return density and gradient; minus infinity where it is not finite."""
    try:
        return density(point)
    except NotFiniteError:
        return -np.inf, np.zeros(len(point))


def _close(value, expected, tolerance):
    if not np.isfinite(expected):
        return not np.isfinite(value)
    return abs(value - expected) <= tolerance * max(1.0, abs(expected))
