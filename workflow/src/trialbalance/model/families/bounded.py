"""A time or a cost that cannot pass a whole: nights in hospital, time in contact."""

import numpy as np

from trialbalance.model.families.beta import Beta


class Bounded(Beta):
    """Part of a whole, from none of it to all of it; both ends may be spikes."""

    name = "bounded"
    words = "a beta distribution of the part of the whole, with spikes at none and at all of it"
    equation = r"y/Y \sim \mathrm{Beta}(\mu\phi, (1-\mu)\phi),\ \operatorname{logit}\mu = \eta"

    def prepare(self, values: np.ndarray, atoms: str):
        """Start the range at zero unless it is given."""
        self.lower = 0.0 if self.lower is None else self.lower
        super().prepare(values, atoms)
