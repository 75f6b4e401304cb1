"""Beta values between the worst and the best, with spikes at the ceiling and at a floor."""

from typing import Any

import numpy as np
from scipy import special

from trialbalance.model.families.family import Prior, Ranged

_LEAST = 1e-9


class Beta(Ranged):
    """A beta between the ends of the range; people at an end are a spike apart."""

    name = "beta"
    density = "beta"
    words = "a beta distribution between its bounds, with a spike at a bound where people sit"
    equation = r"y \sim \mathrm{Beta}(\mu\phi, (1-\mu)\phi),\ \operatorname{logit}\mu = \eta"
    program = "pm.Beta.dist(pm.math.sigmoid(eta) * spread, pm.math.sigmoid(-eta) * spread)"
    spread_prior = Prior("log_normal", 1.0)

    def start(self, inner: np.ndarray) -> tuple[float, float]:
        """Return the logit of the pooled mean and the log precision by its moments."""
        mean = float(np.clip(inner.mean(), 0.02, 0.98))
        variance = max(float(inner.var()), 1e-4)
        precision = max(mean * (1 - mean) / variance - 1, 0.5)
        return float(np.log(mean / (1 - mean))), float(np.log(precision))

    def latent_score(self, x: Any, free: Any) -> Any:
        """Return the part of the range from its logit."""
        return x.sigmoid(free)

    @staticmethod
    def free(value: np.ndarray) -> np.ndarray:
        """Return the logit."""
        return np.log(value) - np.log1p(-value)

    @staticmethod
    def constrained(free: np.ndarray) -> np.ndarray:
        """Return the inverse logit."""
        return special.expit(free)

    @staticmethod
    def statistics(value: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return the log of the part and of what is left."""
        return np.log(value), np.log1p(-value)

    @staticmethod
    def latent_statistics(x: Any, free: Any) -> tuple[Any, ...]:
        """Return the same from the logit, without loss near the ends."""
        return -x.softplus(-free), -x.softplus(free)

    @staticmethod
    def jacobian(x: Any, free: Any) -> Any:
        """Return the log of part times what is left."""
        return -x.softplus(free) - x.softplus(-free)

    @staticmethod
    def log_density(x: Any, statistics: tuple[Any, ...], level: Any, spread: Any, own: Any) -> Any:
        """Return the log density of a beta by mean and precision."""
        precision = spread[..., own]
        first = x.sigmoid(level) * precision
        second = x.sigmoid(-level) * precision
        constant = x.gammaln(spread)[..., own] - x.gammaln(first) - x.gammaln(second)
        return constant + (first - 1) * statistics[0] + (second - 1) * statistics[1]

    def mean(self, level: np.ndarray, spread: Any) -> np.ndarray:
        """Return the inverse logit of the level."""
        return special.expit(level)

    def draw(self, rng: np.random.Generator, level: np.ndarray, spread: Any) -> np.ndarray:
        """Draw parts of the range by two gammas."""
        mean = self.mean(level, spread)
        first = rng.standard_gamma(mean * spread)
        second = rng.standard_gamma((1 - mean) * spread)
        part = first / np.maximum(first + second, 1e-300)
        return np.clip(part, _LEAST, 1 - _LEAST)
