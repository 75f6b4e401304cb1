"""Families of distributions of a cell: a file each, and the table in which they are looked up.

A new family is a file here, its line in `FAMILIES`, and its name in the settings.
"""

from trialbalance.model.families.bernoulli import Bernoulli
from trialbalance.model.families.beta import Beta
from trialbalance.model.families.bounded import Bounded
from trialbalance.model.families.decrement_gamma import DecrementGamma
from trialbalance.model.families.family import NUMPY, Family, Prior
from trialbalance.model.families.gamma import Gamma
from trialbalance.model.families.lognormal import Lognormal
from trialbalance.model.families.normal import Normal
from trialbalance.model.families.weibull import Weibull

FAMILIES: dict[str, type[Family]] = {
    one.name: one
    for one in (Normal, Beta, DecrementGamma, Bernoulli, Bounded, Gamma, Lognormal, Weibull)
}

__all__ = ["FAMILIES", "NUMPY", "Family", "Prior"]
