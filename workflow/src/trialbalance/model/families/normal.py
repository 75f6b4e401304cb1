"""Normal values."""

from typing import Any

import numpy as np

from trialbalance.model.families.family import LOG_ROOT_TWO_PI, Family, Prior, less, number


class Normal(Family):
    """A normal value around its level, in standard deviations from the pooled mean."""

    name = "normal"
    density = "normal"
    words = "a normal distribution around its level"
    equation = r"y \sim \mathrm{Normal}(\eta, \sigma)"
    program = "pm.Normal.dist(eta, spread)"
    spread_prior = Prior("half_normal", 1.5)
    least_score_scale = 0.0

    def prepare(self, values: np.ndarray, atoms: str) -> None:
        """Take the pooled mean as origin and the SD within arms as unit; zeros apart if asked."""
        inner = values[values != 0] if atoms == "zero" and (values != 0).any() else values
        self.origin = float(inner.mean())
        size = self.spread if self.spread else float(values.std())
        self.size = size if size > 0 else 1.0
        if atoms == "zero":
            self.atoms = (float(self.unit(np.array(0.0))),)

    def start(self, inner: np.ndarray) -> tuple[float, float]:
        """Return 0 and 0: the pooled mean, and the log of one SD."""
        return 0.0, 0.0

    def unit(self, raw: np.ndarray) -> np.ndarray:
        """Return standard deviations from the pooled mean."""
        return (np.asarray(raw, float) - self.origin) / self.size

    def raw(self, value: np.ndarray) -> np.ndarray:
        """Return the value in the unit of the data."""
        return self.origin + self.size * np.asarray(value, float)

    def unit_text(self, raw: str) -> str:
        """Return standard deviations from the pooled mean."""
        return f"({raw} {less(self.origin)}) / {number(self.size)}"

    @staticmethod
    def log_density(x: Any, statistics: tuple[Any, ...], level: Any, spread: Any, own: Any) -> Any:
        """Return the log density of a normal."""
        away = (statistics[0] - level) / spread[..., own]
        return -0.5 * away * away - x.log(spread)[..., own] - LOG_ROOT_TWO_PI

    def mean(self, level: np.ndarray, spread: Any) -> np.ndarray:
        """Return the level."""
        return level

    def draw(self, rng: np.random.Generator, level: np.ndarray, spread: Any) -> np.ndarray:
        """Draw around the level."""
        return level + spread * rng.standard_normal(level.shape)
