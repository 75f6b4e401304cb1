"""Simulators: raw records of a trial, drawn from parameters that say where they come from."""

from trialbalance.simulation.cohort import simulate_order_cohort
from trialbalance.simulation.groups import simulate_groups
from trialbalance.simulation.parameters import parameter_table, resolve_parameters
from trialbalance.simulation.recall_trial import simulate_recall_trial
from trialbalance.simulation.trial import simulate_inpatient_trial

__all__ = [
    "SIMULATORS",
    "parameter_table",
    "resolve_parameters",
    "simulate_groups",
    "simulate_inpatient_trial",
    "simulate_order_cohort",
    "simulate_recall_trial",
]

# Kind of simulator, as a study names it -> function of parameters, study and seed.
SIMULATORS = {
    "groups": simulate_groups,
    "inpatient_trial": simulate_inpatient_trial,
    "order_cohort": simulate_order_cohort,
    "recall_trial": simulate_recall_trial,
}
