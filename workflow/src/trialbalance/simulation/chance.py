"""Small questions to a stream of random numbers, for courses drawn event by event."""

import numpy as np

from trialbalance.contracts.terms import DAYS_A_YEAR


class Draws:
    """Small questions to one stream of random numbers.

    Parameters
    ----------
    rng : numpy.random.Generator
        The stream.
    """

    def __init__(self, rng: np.random.Generator):
        self.rng = rng

    def happens(self, share: float) -> bool:
        """Return whether something of a given share happens."""
        return bool(self.rng.random() < share)

    def within(self, first: int, last: int) -> int:
        """Return a whole number between two, both included."""
        return int(self.rng.integers(first, max(first, last) + 1))

    def wait(self, yearly: float) -> float:
        """Return days until something of a yearly rate happens; infinite for a rate of 0."""
        return float(self.rng.exponential(DAYS_A_YEAR / yearly)) if yearly > 0 else np.inf
