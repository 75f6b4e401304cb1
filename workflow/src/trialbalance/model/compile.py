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
folder (``cache.py``). Each entry's files are held against checksums before any is run. And at every
start, whether found or new, the compiled density is held at two points against PyTensor's operations
done one by one in Python, not compiled and not rewritten, on the model's own data (which takes some
20 ms), against the caller's NumPy twin where there is one, and the gradient against a difference of
the density. An entry that fails is thrown away and compiled anew; a new one that fails raises.
"""

import hashlib
import json
import sys
import warnings
import weakref
from dataclasses import dataclass, field

import numba
import numpy as np
import pytensor
import pytensor.tensor as pt
from llvmlite import binding
from numba.core.caching import CacheImpl, _CacheLocator
from pytensor.compile.mode import Mode, get_mode
from pytensor.compile.sharedvalue import SharedVariable
from pytensor.graph.replace import graph_replace
from pytensor.graph.traversal import ancestors
from pytensor.link.numba.dispatch.basic import numba_njit

from trialbalance.model import digamma  # noqa: F401 - hands PyTensor a digamma that can be kept
from trialbalance.model.cache import cache_folder, draft, locked, sealed
from trialbalance.model.fingerprint import Unknown, fingerprint

# Each operation in Python as it is written: slow, and independent of compiler and rewrites.
_PLAIN = Mode(linker="py", optimizer=None)
_AGREES = 1e-8
_STEP = 1e-5


class NotFinite(ValueError):
    """The density at a point is not finite: the sampler may step back and go on."""

    is_recoverable = True


class Disagreement(RuntimeError):
    """A compiled density does not give what its declaration gives."""


@dataclass(frozen=True, eq=False)
class Density:
    """Log density of a posterior on the unconstrained scale, with its gradient.

    Attributes
    ----------
    names : list of str
        Free variables in the order of the vector, by their constrained names.
    shapes : list of tuple of int
        Their shapes on the unconstrained scale.
    start : numpy.ndarray, shape (size,)
        PyMC's initial point.
    structure : str
        What the caller called it.
    found : bool
        Whether it was found in the cache.
    """

    names: list
    shapes: list
    start: np.ndarray
    structure: str
    found: bool
    _function: object = field(repr=False)
    _arguments: tuple = field(repr=False)
    _model: object = field(repr=False)

    @property
    def size(self):
        """Length of the vector."""
        return len(self.start)

    def __call__(self, point):
        """Return the log density and its gradient.

        Parameters
        ----------
        point : numpy.ndarray, shape (size,)
            Unconstrained values, float64 and contiguous.

        Returns
        -------
        float, numpy.ndarray
            Log density up to a constant, and its gradient.

        Raises
        ------
        NotFinite
            Where it is not finite.
        """
        try:
            value, gradient = self._function(point, *self._arguments)
        except ArithmeticError as error:
            raise NotFinite(str(error)) from error
        value = float(value)
        if not np.isfinite(value):
            raise NotFinite(f"the log density is {value}")
        return value, gradient

    def initial(self, seed, jitter=1.0):
        """Return the starting point moved by uniform noise.

        Parameters
        ----------
        seed : int
            One integer.
        jitter : float
            Largest move of a value.

        Returns
        -------
        numpy.ndarray, shape (size,)
            A point.
        """
        return self.start + np.random.default_rng(seed).uniform(-jitter, jitter, self.size)

    def parts(self, points):
        """Return unconstrained points cut into variables.

        Parameters
        ----------
        points : numpy.ndarray, shape (..., size)
            Any number of points.

        Returns
        -------
        dict of str to numpy.ndarray, shape (..., *shape)
            By constrained name.
        """
        ends = np.cumsum([int(np.prod(shape)) for shape in self.shapes])
        pieces = np.split(points, ends[:-1], axis=-1)
        return {
            name: piece.reshape(*points.shape[:-1], *shape)
            for name, shape, piece in zip(self.names, self.shapes, pieces, strict=True)
        }

    def constrained(self, points):
        """Return the variables as they are declared: a spread above zero, a share in (0, 1).

        Parameters
        ----------
        points : numpy.ndarray, shape (..., size)
            Any number of points.

        Returns
        -------
        dict of str to numpy.ndarray, shape (..., *shape)
            By name; quantities the model only derives are not among them.
        """
        found = {}
        for variable in self._model.free_RVs:
            values = self.parts(points)[variable.name]
            transform = self._model.rvs_to_transforms[variable]
            if transform is not None:
                symbol = pt.tensor(dtype="float64", shape=(None,) * values.ndim)
                back = transform.backward(symbol, *variable.owner.inputs)
                values = np.asarray(back.eval({symbol: values}, mode=_PLAIN))
            found[variable.name] = values
        return found

    def dims(self, name):
        """Return the names of a variable's axes, None where the model names none."""
        return self._model.named_vars_to_dims.get(name)

    @property
    def coords(self):
        """Labels of the axes that the model names."""
        return {name: list(labels) for name, labels in self._model.coords.items() if labels}


def compile_density(model, structure, data, twin=None):
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
    Disagreement
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
        return _checked(posterior, _compiled(posterior, None), twins, found=False)
    density = _found(posterior, entry, record, twins)
    if density is None:
        with locked(entry):
            # Another process may have compiled it while this one waited.
            density = _found(posterior, entry, record, twins)
            if density is None:
                with draft(entry, record) as folder:
                    function = _compiled(posterior, folder)
                density = _checked(posterior, function, twins, found=False)
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

    def plainly(self):
        """Return a function of a point that does the declared operations one by one."""
        function = pytensor.function(self.values, self.logp, mode=_PLAIN, on_unused_input="ignore")

        def density(point):
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
            raise ValueError(f"{variable.name} has {array.ndim} axes; the model's has {variable.ndim}")
        arguments.append(array)
    return _Posterior(model, structure, logp, shared, tuple(arguments), model.initial_point())


def _entry(posterior):
    """Return the folder of an entry and what it is made for; no folder where nothing may be kept."""
    try:
        graph = fingerprint([posterior.logp], [*posterior.values, *posterior.shared])
    except Unknown:
        return None, None
    record = {
        "structure": posterior.structure,
        "graph": graph,
        "flags": [pytensor.config.floatX, pytensor.config.numba__fastmath, str(numba.config.OPT)],
        "processor": [binding.get_host_cpu_name(), binding.get_host_cpu_features().flatten()],
        "python": sys.version,
    }  # fmt: skip
    key = hashlib.sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()
    return cache_folder() / "densities" / key[:32], record


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
    def from_function(cls, py_func, py_file):
        folder = _FOLDERS.get(py_func)
        return None if folder is None else cls(folder)


CacheImpl._locator_classes.insert(0, _Locator)


def _outer(inner, folder):
    """Return the function that is called from Python; its source is the same for every density."""
    space = {"inner": inner, "__name__": __name__}
    exec("def density(*arguments): return inner(*arguments)", space)
    function = space["density"]
    if folder is not None:
        _FOLDERS[function] = folder
    return numba_njit(function, final_function=True, nogil=True, cache=folder is not None)


def _found(posterior, entry, record, twins):
    """Return the density of an entry; None where there is none that can be trusted."""
    if not sealed(entry, record):
        return None
    # What it calls is compiled into the entry. Should Numba look for it, it finds nothing.
    function = _outer(None, entry)
    try:
        function(posterior.point(), posterior.layout, *posterior.arguments)
        return _checked(posterior, function, twins, found=True)
    except (numba.core.errors.NumbaError, Disagreement):
        return None


def _compiled(posterior, folder):
    """Compile the density and its gradient, and leave them in a folder where one is given."""
    point, layout = pt.dvector("point"), pt.lvector("layout")
    inputs = [variable.type(name=variable.name) for variable in posterior.shared]
    replaced = dict(zip(posterior.shared, inputs, strict=True))
    axis = len(posterior.values) + 1
    for place, value in enumerate(posterior.values):
        part = point[layout[place] : layout[place + 1]]
        part = part.reshape([layout[axis + k] for k in range(value.ndim)], ndim=value.ndim)
        replaced[value] = value.type.filter_variable(part)
        axis += value.ndim
    (logp,) = graph_replace([posterior.logp], replaced, strict=False)
    mode = get_mode("NUMBA").including("local_remove_check_parameter")
    with warnings.catch_warnings(), pytensor.config.change_flags(numba__cache=False):
        # A loop with very many inputs is left in parts; that is no fault.
        warnings.filterwarnings("ignore", message="Loop fusion failed")
        warnings.filterwarnings("ignore", message="Cannot cache compiled function")
        function = pytensor.function(
            [point, layout, *inputs], [logp, pt.grad(logp, point)], mode=mode,
            on_unused_input="ignore",
        )  # fmt: skip
        inner = numba_njit(function.vm.jit_fn.py_func)
        arguments = (posterior.point(), posterior.layout, *posterior.arguments)
        outer = _outer(inner, folder)
        try:
            outer(*arguments)
        except OSError:
            outer = _outer(inner, None)
            outer(*arguments)
    return outer


def _checked(posterior, function, twins, found):
    """Return the density if it holds at two points.

    The gradient is held along one direction against a central difference of the density.
    """
    # Another type of argument would be compiled for without a word.
    function.disable_compile()
    start = posterior.point()
    density = Density(
        posterior.names, posterior.shapes, start, posterior.structure, found, function,
        (posterior.layout, *posterior.arguments), posterior.model,
    )  # fmt: skip
    wave = np.sin(1.0 + np.arange(len(start)))
    for point in (start, start + 0.1 * wave):
        value, gradient = _at(density, point)
        for twin in twins:
            expected = twin(point)
            if not _close(value, expected, _AGREES):
                raise Disagreement(
                    f"the compiled density '{posterior.structure}' is {value!r} where its "
                    f"declaration gives {expected!r}"
                )
        steps = [_at(density, point + sign * _STEP * wave)[0] for sign in (1, -1)]
        slope = (steps[0] - steps[1]) / (2 * _STEP)
        size = 1.0 + float(np.linalg.norm(gradient))
        if np.isfinite(slope) and not abs(slope - gradient @ wave) <= 1e-4 * size:
            raise Disagreement(
                f"the gradient of the compiled density '{posterior.structure}' is "
                f"{gradient @ wave!r} where differences give {slope!r}"
            )
    return density


def _at(density, point):
    """Return density and gradient; minus infinity where it is not finite."""
    try:
        return density(point)
    except NotFinite:
        return -np.inf, np.zeros(len(point))


def _close(value, expected, tolerance):
    if not np.isfinite(expected):
        return not np.isfinite(value)
    return abs(value - expected) <= tolerance * max(1.0, abs(expected))
