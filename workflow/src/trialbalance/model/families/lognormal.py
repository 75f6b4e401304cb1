"""Lognormal values above zero, by their mean, and a hurdle at zero."""

from typing import Any

import numpy as np

from trialbalance.model.families.family import LOG_ROOT_TWO_PI, Positive, Prior


class Lognormal(Positive):
    """A lognormal around its mean; the spread is the SD of the log."""

    name = "lognormal"
    density = "lognormal"
    words = "a lognormal distribution by its mean, and a hurdle where some are zero"
    equation = r"\log y \sim \mathrm{Normal}(\eta - \sigma^2/2, \sigma)"
    program = "pm.LogNormal.dist(eta - spread**2 / 2, spread)"
    spread_prior = Prior("half_normal", 1.0)

    def start(self, inner: np.ndarray) -> tuple[float, float]:
        """Return the log mean that the moments of the log give, and the log of their SD."""
        log = np.log(np.maximum(inner, 1e-12))
        spread = float(np.clip(log.std(), 0.05, 2.0))
        return float(log.mean() + 0.5 * spread**2), float(np.log(spread))

    @staticmethod
    def log_density(x: Any, statistics: tuple[Any, ...], level: Any, spread: Any, own: Any) -> Any:
        """Return the log density of a lognormal by mean and SD of the log."""
        log_value, size = statistics[1], spread[..., own]
        away = (log_value - level) / size + 0.5 * size
        return -0.5 * away * away - x.log(spread)[..., own] - log_value - LOG_ROOT_TWO_PI

    def draw(self, rng: np.random.Generator, level: np.ndarray, spread: Any) -> np.ndarray:
        """Draw around the mean."""
        return np.exp(level - 0.5 * spread**2 + spread * rng.standard_normal(level.shape))
