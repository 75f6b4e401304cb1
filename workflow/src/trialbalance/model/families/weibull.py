"""Weibull values above zero, by their mean, and a hurdle at zero."""

from typing import Any

import numpy as np
from scipy.special import gammaln

from trialbalance.model.families.family import Positive, Prior


class Weibull(Positive):
    """A Weibull around its mean; the spread is its shape."""

    name = "weibull"
    density = "weibull"
    words = "a Weibull distribution with a log link, and a hurdle where some are zero"
    equation = r"y \sim \mathrm{Weibull}(k, \mu/\Gamma(1+1/k)),\ \log\mu = \eta"
    program = "pm.Weibull.dist(alpha=spread, beta=pt.exp(eta - pt.gammaln(1 + 1 / spread)))"
    spread_prior = Prior("log_normal", 0.7)

    def start(self, inner: np.ndarray) -> tuple[float, float]:
        """Return the log mean and the log shape that the spread of the log gives."""
        mean = max(float(inner.mean()), 1e-6)
        spread = float(np.clip(np.log(np.maximum(inner, 1e-12)).std(), 0.1, 4.0))
        return float(np.log(mean)), float(np.log(np.pi / np.sqrt(6) / spread))

    @staticmethod
    def log_density(x: Any, statistics: tuple[Any, ...], level: Any, spread: Any, own: Any) -> Any:
        """Return the log density of a Weibull by mean and shape."""
        shape = spread[..., own]
        scaled = shape * (statistics[1] - level + x.gammaln(1 + 1 / spread)[..., own])
        return x.log(spread)[..., own] + scaled - x.exp(scaled) - statistics[1]

    def draw(self, rng: np.random.Generator, level: np.ndarray, spread: Any) -> np.ndarray:
        """Draw multiples of the mean."""
        shape = np.broadcast_to(spread, level.shape)
        scale = np.exp(level - gammaln(1 + 1 / shape))
        return np.maximum(scale * rng.weibull(shape), 1e-300)
