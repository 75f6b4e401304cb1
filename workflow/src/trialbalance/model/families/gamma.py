"""Gamma values above zero with a log link, and a hurdle at zero."""

from typing import Any

import numpy as np

from trialbalance.model.families.family import Positive, Prior


class Gamma(Positive):
    """A gamma around its mean; the spread is its shape."""

    name = "gamma"
    density = "gamma"
    words = "a gamma distribution with a log link, and a hurdle where some are zero"
    equation = r"y \sim \mathrm{Gamma}(k, \mu/k),\ \log\mu = \eta"
    program = "pm.Gamma.dist(alpha=spread, beta=spread * pt.exp(-eta))"
    spread_prior = Prior("log_normal", 1.0)

    def start(self, inner: np.ndarray) -> tuple[float, float]:
        """Return the log mean and the log shape by its moments."""
        mean, variance = max(float(inner.mean()), 1e-6), max(float(inner.var()), 1e-4)
        return float(np.log(mean)), float(np.log(np.clip(mean**2 / variance, 0.05, 1e3)))

    @staticmethod
    def log_density(x: Any, statistics: tuple[Any, ...], level: Any, spread: Any, own: Any) -> Any:
        """Return the log density of a gamma by mean and shape."""
        value, log_value = statistics
        shape = spread[..., own]
        constant = (spread * x.log(spread) - x.gammaln(spread))[..., own]
        tail = shape * (level + value * x.exp(-level))
        return constant + (shape - 1) * log_value - tail

    def draw(self, rng: np.random.Generator, level: np.ndarray, spread: Any) -> np.ndarray:
        """Draw multiples of the mean."""
        shape = np.broadcast_to(spread, level.shape)
        return np.maximum(np.exp(level) * rng.standard_gamma(shape) / shape, 1e-300)
