"""Events that happen or not: death in an interval, abstinence."""

from typing import Any

import numpy as np

from trialbalance.model.families.family import Family


class Bernoulli(Family):
    """An event: all of it is an atom at 1, and what is left is 0."""

    name = "bernoulli"
    density = "bernoulli"
    words = "an event with a logistic probability"
    equation = r"y \sim \mathrm{Bernoulli}(p),\ \operatorname{logit} p = \eta"
    program = "pm.Bernoulli.dist(logit_p=eta)"
    inside = False
    least_score_scale = 0.4

    def prepare(self, values: np.ndarray, atoms: str) -> None:
        """Take the event as the atom."""
        self.lower, self.upper, self.atoms = 0.0, 1.0, (1.0,)

    def start(self, inner: np.ndarray) -> tuple[float, float]:
        """Return zeros: there is nothing inside."""
        return 0.0, 0.0

    def unit(self, raw: np.ndarray) -> np.ndarray:
        """Return the event as a number."""
        return np.asarray(raw, float)

    def raw(self, value: np.ndarray) -> np.ndarray:
        """Return the event as a number."""
        return np.asarray(value, float)

    def unit_text(self, raw: str) -> str:
        """Return the event as a number."""
        return raw

    @staticmethod
    def log_density(x: Any, statistics: tuple[Any, ...], level: Any, spread: Any, own: Any) -> Any:
        """Return the log probability of an event or of none."""
        return statistics[0] * level - x.softplus(level)

    def mean(self, level: np.ndarray, spread: Any) -> np.ndarray:
        """Return 0: what is not the event is none."""
        return 0.0 * level

    def draw(self, rng: np.random.Generator, level: np.ndarray, spread: Any) -> np.ndarray:
        """Return zeros."""
        return 0.0 * level
