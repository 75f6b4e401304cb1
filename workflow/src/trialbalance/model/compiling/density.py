"""A compiled density: log density and gradient at a point, and what its vector means."""

from dataclasses import dataclass, field, replace

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from pytensor.compile.mode import Mode

# Each operation in Python as it is written: slow, and independent of compiler and rewrites.
PLAIN = Mode(linker="py", optimizer=None)


class NotFiniteError(ValueError):
    """The density at a point is not finite: the sampler may step back and go on."""

    is_recoverable = True


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
    _places: dict = field(repr=False)
    _model: pm.Model = field(repr=False)

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
        NotFiniteError
            Where it is not finite.
        """
        try:
            value, gradient = self._function(point, *self._arguments)
        except ArithmeticError as error:
            raise NotFiniteError(str(error)) from error
        value = float(value)
        if not np.isfinite(value):
            raise NotFiniteError(f"the log density is {value}")
        return value, gradient

    def given(self, **data):
        """Return the density of other data of the same types.

        Parameters
        ----------
        **data : numpy.ndarray
            New values by the name of their ``pm.Data``.

        Returns
        -------
        Density
            Sharing the compiled code.

        Raises
        ------
        KeyError
            For a name that the model has no data of.
        """
        arguments = list(self._arguments)
        for name, value in data.items():
            old = arguments[self._places[name]]
            value = np.array(value, dtype=old.dtype, order="C")
            if value.ndim != old.ndim:
                raise ValueError(f"{name} has {value.ndim} axes, the model's {old.ndim}")
            arguments[self._places[name]] = value
        return replace(self, _arguments=tuple(arguments))

    def initial(self, seed: int, jitter: float = 1.0):
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

    def parts(self, points: np.ndarray):
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
            name: piece.reshape((*points.shape[:-1], *shape))
            for name, shape, piece in zip(self.names, self.shapes, pieces, strict=True)
        }

    def constrained(self, points: np.ndarray):
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
                values = np.asarray(back.eval({symbol: values}, mode=PLAIN))
            found[variable.name] = values
        return found

    def dims(self, name: str):
        """Return the names of a variable's axes, None where the model names none."""
        return self._model.named_vars_to_dims.get(name)

    @property
    def coords(self):
        """Labels of the axes that the model names."""
        return {name: list(labels) for name, labels in self._model.coords.items() if labels}
