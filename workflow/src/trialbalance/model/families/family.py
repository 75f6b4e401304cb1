"""What every family of distributions knows: the one place where it is written down."""

from abc import ABC, abstractmethod
from types import SimpleNamespace
from typing import Any, ClassVar, NamedTuple

import numpy as np
from scipy import special

NUMPY = SimpleNamespace(
    log=np.log, log1p=np.log1p, exp=np.exp, sigmoid=special.expit, gammaln=special.gammaln,
    softplus=lambda value: np.logaddexp(0.0, value),
)  # fmt: skip
LOG_ROOT_TWO_PI = 0.5 * np.log(2 * np.pi)
_INSIDE = 1e-6


def number(value: float) -> str:
    """Return a number as a program writes it, so that it is read again as the same.

    Examples
    --------
    >>> number(np.float64(-0.1)), number(3)
    ('-0.1', '3.0')
    """
    return repr(float(value))


def less(value: float) -> str:
    """Return what a program subtracts: ``- 0.5``, or ``+ 0.5`` of a negative number.

    Examples
    --------
    >>> less(0.5), less(-0.5)
    ('- 0.5', '+ 0.5')
    """
    return f"- {number(value)}" if value >= 0 else f"+ {number(-value)}"


class Prior(NamedTuple):
    """Prior of a spread: ``half_normal`` with a scale, or ``log_normal`` around its estimate."""

    kind: str
    scale: float


class Family(ABC):
    """Distribution of a cell: values at atoms (a ceiling, a floor, zero) and inside them.

    A value is read on the unit of its cell, where levels, spreads and priors have the size of the
    residual standard deviation; so neither the origin of a scale nor a currency moves an answer.

    Of its class, ``program`` is the distribution of values inside as a PyMC program writes it,
    given ``eta`` and ``spread``; ``program_unseen`` declares unseen values there, flat on the scale
    of the cell.

    Parameters
    ----------
    values : numpy.ndarray, shape (observed,)
        Observed values, in the unit of the data.
    lower, upper : float, optional
        Possible range of a value.
    spread : float, optional
        Standard deviation of the values within arms; that of all of them where it is not given.
    atoms : {"auto", "yes", "no", "zero"}
        Whether values may sit exactly at the ends; auto: when some do. Of a normal, zero alone.
    """

    name: ClassVar[str]
    density: ClassVar[str]
    words: ClassVar[str]
    equation: ClassVar[str]
    program: ClassVar[str]
    program_unseen: ClassVar[str] = "pm.Flat({name}, shape={count})"
    spread_prior: ClassVar[Prior | None] = None
    inside: ClassVar[bool] = True
    least_score_scale: ClassVar[float] = 0.1

    def __init__(
        self,
        values: np.ndarray,
        lower: float | None = None,
        upper: float | None = None,
        spread: float | None = None,
        atoms: str = "auto",
    ) -> None:
        values = np.asarray(values, float)
        self.lower, self.upper, self.spread = lower, upper, spread
        self.atoms: tuple[float, ...] = ()
        self.prepare(values, atoms)
        own = self.unit(values)
        score = self.plain_score(own)
        self.score_centre = float(score.mean()) if len(score) else 0.0
        # A rare state must not stand many SDs away from all others.
        spread_of_score = float(score.std()) if len(score) else 0.0
        self.score_scale = max(spread_of_score, self.least_score_scale) or 1.0
        inner = own[~self.at_atom(own)]
        self.centre, self.spread_centre = self.start(inner if len(inner) else own)

    @abstractmethod
    def prepare(self, values: np.ndarray, atoms: str) -> None:
        """Set the origin and the unit of the cell, and its atoms on that unit."""

    @abstractmethod
    def start(self, inner: np.ndarray) -> tuple[float, float]:
        """Return the pooled level and the log of the pooled spread of values inside."""

    @abstractmethod
    def unit(self, raw: np.ndarray) -> np.ndarray:
        """Return values of the data on the unit of the cell."""

    @abstractmethod
    def raw(self, value: np.ndarray) -> np.ndarray:
        """Return values on the unit of the cell in the unit of the data."""

    def plain_score(self, value: np.ndarray) -> np.ndarray:
        """Return the bounded or linear score of values before it is standardised."""
        return np.asarray(value, float)

    def score(self, value: np.ndarray) -> np.ndarray:
        """Return the score by which later cells follow a value: mean 0, SD 1 in the data."""
        return (self.plain_score(value) - self.score_centre) / self.score_scale

    @abstractmethod
    def unit_text(self, raw: str) -> str:
        """Return the line of a program that does what `unit` does, at what stands at no atom."""

    def score_text(self, value: str) -> str:
        """Return the expression of a program for the score of a value on the unit of the cell."""
        plain = self.plain_score_text(value)
        return f"({plain} {less(self.score_centre)}) / {number(self.score_scale)}"

    def plain_score_text(self, value: str) -> str:
        """Return the same for the plain score."""
        return value

    def latent_score(self, x: Any, free: Any) -> Any:
        """Return the plain score of a latent value from its unconstrained number."""
        return free

    @staticmethod
    def free(value: np.ndarray) -> np.ndarray:
        """Return the unconstrained number of a value inside."""
        return np.asarray(value, float)

    @staticmethod
    def constrained(free: np.ndarray) -> np.ndarray:
        """Return the value inside from its unconstrained number."""
        return np.asarray(free, float)

    @staticmethod
    def statistics(value: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return what the density reads of observed values inside."""
        return (np.asarray(value, float),)

    @staticmethod
    def latent_statistics(x: Any, free: Any) -> tuple[Any, ...]:
        """Return the same of latent values, from their unconstrained numbers."""
        return (free,)

    @staticmethod
    def jacobian(x: Any, free: Any) -> Any:
        """Return the log derivative of a value by its unconstrained number."""
        return 0.0 * free

    @staticmethod
    @abstractmethod
    def log_density(x: Any, statistics: tuple[Any, ...], level: Any, spread: Any, own: Any) -> Any:
        """Return the log density of values inside on the unit of the cell.

        Parameters
        ----------
        x : namespace
            PyTensor or NumPy arithmetic.
        statistics : tuple of arrays, shape (rows,)
            From `statistics` or `latent_statistics`.
        level : array, shape (rows,)
            Level of each row on the scale of the link.
        spread : array, shape (spreads,), or None
            Spread of each cell and arm.
        own : integer array, shape (rows,)
            Which spread is a row's own.
        """

    @abstractmethod
    def mean(self, level: np.ndarray, spread: Any) -> np.ndarray:
        """Return the mean of values inside on the unit of the cell."""

    @abstractmethod
    def draw(self, rng: np.random.Generator, level: np.ndarray, spread: Any) -> np.ndarray:
        """Draw values inside on the unit of the cell."""

    def at_atom(self, value: np.ndarray) -> np.ndarray:
        """Return which values on the unit of the cell sit at an atom."""
        return np.isin(np.asarray(value, float), self.atoms)

    def slope_of_score(self, value: np.ndarray) -> float:
        """Return by how much the score rises with a value, the mean over values (raw unit)."""
        inner = value[~self.at_atom(value)]
        if not len(inner):
            return 0.0
        step = 1e-5
        rise = self.score(inner + step) - self.score(inner - step)
        run = self.raw(inner + step) - self.raw(inner - step)
        return float(np.mean(rise / run))

    @property
    def scale(self) -> float:
        """Unit of the data that a unit of the cell is."""
        ends = self.raw(np.array([0.0, 1.0]))
        return float(abs(ends[1] - ends[0]))

    def moved(self, raw: np.ndarray) -> int:
        """Return how many values the family had to move inside its range."""
        own = self.unit(raw)
        near = np.abs(self.raw(own) - np.asarray(raw, float)) <= 1e-9 * self.scale
        return int((~near & ~self.at_atom(own)).sum())


class Ranged(Family):
    """A family on a range: values are parts of it, between 0 and 1."""

    program_unseen = "pm.Uniform({name}, 0, 1, shape={count})"

    def prepare(self, values: np.ndarray, atoms: str) -> None:
        """Take the range from the settings, else from the data with a margin."""
        least, most = values.min(), values.max()
        margin = 0.05 * (most - least or 1.0)
        self.lower = least - margin if self.lower is None else self.lower
        self.upper = most if self.upper is None else self.upper
        own = self.unit(values)
        wanted = {1.0: (own >= 1 - _INSIDE).any(), 0.0: (own <= _INSIDE).any()}
        self.atoms = tuple(end for end, some in wanted.items() if atoms != "no" and some)
        if atoms == "yes" and 1.0 not in self.atoms:
            self.atoms = (1.0, *self.atoms)

    def unit(self, raw: np.ndarray) -> np.ndarray:
        """Return parts of the range; the ends exactly 0 and 1."""
        part = (np.asarray(raw, float) - self.lower) / (self.upper - self.lower)
        part = np.where(part >= 1 - _INSIDE, 1.0, np.where(part <= _INSIDE, 0.0, part))
        return np.where(self.at_atom(part), part, np.clip(part, _INSIDE, 1 - _INSIDE))

    def raw(self, value: np.ndarray) -> np.ndarray:
        """Return parts of the range in the unit of the data."""
        return self.lower + (self.upper - self.lower) * np.asarray(value, float)

    def unit_text(self, raw: str) -> str:
        """Return the part of the range."""
        return f"({raw} {less(self.lower)}) / {number(self.upper - self.lower)}"


class Positive(Family):
    """A family of values not below zero, in multiples of their pooled mean, with a hurdle at 0."""

    program_unseen = "pm.HalfFlat({name}, shape={count})"

    def prepare(self, values: np.ndarray, atoms: str) -> None:
        """Take the pooled mean of what is above zero as unit."""
        above = values[values > 0]
        self.size = float(above.mean()) if len(above) else 1.0
        if atoms == "yes" or (atoms == "auto" and (values <= 0).any()):
            self.atoms = (0.0,)

    def unit(self, raw: np.ndarray) -> np.ndarray:
        """Return multiples of the pooled mean."""
        return np.asarray(raw, float) / self.size

    def raw(self, value: np.ndarray) -> np.ndarray:
        """Return multiples of the pooled mean in the unit of the data."""
        return self.size * np.asarray(value, float)

    def unit_text(self, raw: str) -> str:
        """Return multiples of the pooled mean."""
        return f"{raw} / {number(self.size)}"

    def plain_score_text(self, value: str) -> str:
        """Return v / (1 + v)."""
        return f"{value} / (1 + {value})"

    def plain_score(self, value: np.ndarray) -> np.ndarray:
        """Return v / (1 + v), which no dear case can stretch."""
        value = np.asarray(value, float)
        return value / (1.0 + value)

    def latent_score(self, x: Any, free: Any) -> Any:
        """Return the same from the log of the value."""
        return x.sigmoid(free)

    @staticmethod
    def free(value: np.ndarray) -> np.ndarray:
        """Return the log."""
        return np.log(value)

    @staticmethod
    def constrained(free: np.ndarray) -> np.ndarray:
        """Return the exponential."""
        return np.exp(free)

    @staticmethod
    def statistics(value: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return the value and its log."""
        return (np.asarray(value, float), np.log(value))

    @staticmethod
    def latent_statistics(x: Any, free: Any) -> tuple[Any, ...]:
        """Return the value and its log from the log."""
        return (x.exp(free), free)

    @staticmethod
    def jacobian(x: Any, free: Any) -> Any:
        """Return the log of the value."""
        return free

    def mean(self, level: np.ndarray, spread: Any) -> np.ndarray:
        """Return the exponential of the level."""
        return np.exp(level)
