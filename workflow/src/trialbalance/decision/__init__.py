"""Which option, how sure, and is more research worth it: from draws to the decision."""

from trialbalance.data.given_draws import tidy_draws
from trialbalance.decision.draws import arm_draws, wide_draws
from trialbalance.decision.information.parameters import individual_spread
from trialbalance.decision.information.value_of_information import value_information
from trialbalance.decision.missing.compare_cases import compare_selection
from trialbalance.decision.missing.deltas import move_unobserved
from trialbalance.decision.stage import decide
from trialbalance.decision.tables import compare_arms

__all__ = [
    "arm_draws",
    "compare_arms",
    "compare_selection",
    "decide",
    "individual_spread",
    "move_unobserved",
    "tidy_draws",
    "value_information",
    "wide_draws",
]
