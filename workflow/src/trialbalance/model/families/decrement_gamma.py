"""What falls short of the best value: a gamma loss with a spike at the ceiling."""

from typing import Any

import numpy as np

from trialbalance.model.families.family import number
from trialbalance.model.families.gamma import Gamma


class DecrementGamma(Gamma):
    """A gamma loss below the ceiling; who is at the ceiling has lost nothing."""

    name = "decrement_gamma"
    words = "a gamma distribution of what falls short of the ceiling, with a spike at the ceiling"
    equation = r"Y - y \sim \mathrm{Gamma}(k, \mu/k),\ \log\mu = \eta"

    def prepare(self, values: np.ndarray, atoms: str) -> None:
        """Take losses below the ceiling in multiples of their mean."""
        self.upper = float(values.max()) if self.upper is None else self.upper
        short = self.upper - values
        super().prepare(np.where(np.abs(short) < 1e-9, 0.0, short), atoms)

    def unit(self, raw: np.ndarray) -> np.ndarray:
        """Return losses in multiples of the mean loss."""
        short = self.upper - np.asarray(raw, float)
        return np.where(np.abs(short) < 1e-9, 0.0, short) / self.size

    def raw(self, value: np.ndarray) -> np.ndarray:
        """Return the ceiling less the loss."""
        return self.upper - self.size * np.asarray(value, float)

    def unit_text(self, raw: str) -> str:
        """Return losses in multiples of the mean loss."""
        return f"({number(self.upper)} - {raw}) / {number(self.size)}"

    def plain_score_text(self, value: str) -> str:
        """Return -v / (1 + v), which falls with the loss."""
        return f"-{value} / (1 + {value})"

    def plain_score(self, value: np.ndarray) -> np.ndarray:
        """Return a score that rises with the value, so falls with the loss."""
        return -super().plain_score(value)

    def latent_score(self, x: Any, free: Any) -> Any:
        """Return the same from the log of the loss."""
        return -x.sigmoid(free)
