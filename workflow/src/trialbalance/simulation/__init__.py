"""Simulators: raw records of a trial, drawn from parameters that say where they come from."""

import functools
from collections.abc import Callable
from typing import Any

import pandas as pd

from trialbalance.contracts.terms import last_day
from trialbalance.provenance.streams import stream
from trialbalance.simulation.groups import draw_groups
from trialbalance.simulation.inpatient_trial import draw_inpatient_trial
from trialbalance.simulation.order_cohort import draw_order_cohort
from trialbalance.simulation.parameters import parameter_table, resolve_parameters
from trialbalance.simulation.recall_trial import draw_recall_trial
from trialbalance.simulation.records import Drawn, study_records

__all__ = ["SIMULATORS", "parameter_table", "resolve_parameters", "simulate"]

# Kind of simulator, as a study names it -> function of values, study and streams.
SIMULATORS: dict[str, Callable[..., Drawn]] = {
    "groups": draw_groups,
    "inpatient_trial": draw_inpatient_trial,
    "order_cohort": draw_order_cohort,
    "recall_trial": draw_recall_trial,
}


def simulate(
    kind: str, parameters: dict[str, Any], study: dict[str, Any], seed: int
) -> dict[str, pd.DataFrame]:
    """Simulate the raw records of a study.

    Parameters
    ----------
    kind : str
        Which simulator draws them.
    parameters : dict
        Nested mapping whose leaves are ``{value, status, source}``.
    study : dict
        Resolved study section: horizon_years, visits, periods.
    seed : int
        Root seed; streams are named, so one part can change without moving another.

    Returns
    -------
    dict of pandas.DataFrame
        The raw tables of a study and ``simulator_parameters``, which tells the published from the
        assumed.

    Raises
    ------
    Problems
        If a parameter lacks its status or source, or the design cannot be met.

    Examples
    --------
    >>> from trialbalance.contracts import Problems
    >>> try:
    ...     simulate("groups", {"rate": {"value": 1}}, {}, 1)
    ... except Problems as problems:
    ...     print(len(problems.findings))
    2
    """
    values = resolve_parameters(parameters)
    drawn = SIMULATORS[kind](values, study, functools.partial(stream, seed, "simulation"))
    first = next(iter(study["visits"]))
    tables = study_records(drawn, first, last_day(study["horizon_years"]))
    return tables | {"simulator_parameters": parameter_table(parameters)}
