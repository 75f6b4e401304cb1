"""A whole trial of people discharged from hospital, drawn record by record."""

import functools

import numpy as np
import pandas as pd

from trialbalance.contracts.terms import last_day
from trialbalance.provenance.streams import stream
from trialbalance.simulation.events import dated_events
from trialbalance.simulation.orders import draw_orders
from trialbalance.simulation.parameters import parameter_table, resolve_parameters
from trialbalance.simulation.participants import People, enrol
from trialbalance.simulation.procedures import draw_procedures
from trialbalance.simulation.questionnaires import draw_responses, draw_visits
from trialbalance.simulation.records import dated_people, use_records
from trialbalance.simulation.stays import dated_episodes, draw_stays, occupancy_days
from trialbalance.simulation.use import draw_injections, draw_periodic


def simulate_inpatient_trial(parameters: dict, study: dict, seed: int) -> dict[str, pd.DataFrame]:
    """Simulate the raw records of a trial whose participants enter while in hospital.

    Parameters
    ----------
    parameters : dict
        Nested mapping whose leaves are ``{value, status, source}``.
    study : dict
        Resolved study section: horizon_years, visits, periods.
    seed : int
        Root seed; streams are named, so one part can change without moving another.

    Returns
    -------
    dict of pandas.DataFrame
        ``participants``, ``visits``, ``responses``, ``resource_use``, ``episodes``,
        ``legal_events`` (none) and ``simulator_parameters``.

    Raises
    ------
    Problems
        If a parameter lacks its status or source, or the design cannot be met.

    Notes
    -----
    One latent severity, shared by the arms, drives death, length of stay, readmission, service
    use, wellbeing and reluctance to answer. Counts fixed by the design are met by choosing whom,
    never by altering what was drawn.

    Examples
    --------
    >>> from trialbalance.contracts import Problems
    >>> try:
    ...     simulate_inpatient_trial({"rate": {"value": 1}}, {}, 1)
    ... except Problems as problems:
    ...     print(len(problems.findings))
    2
    """
    values = resolve_parameters(parameters)
    streams = functools.partial(stream, seed, "simulation")
    horizon = last_day(study["horizon_years"])
    people = enrol(values["participants"], horizon, streams)
    stays = draw_stays(people, values["stays"], streams)
    spells = draw_orders(people, stays, values["orders"], streams)
    use = pd.concat(
        [
            draw_periodic(people, stays, values["periodic"], study["periods"], streams),
            draw_injections(people, stays, values["injections"], horizon, streams),
            draw_procedures(people, spells, values["procedures"], streams),
        ],
        ignore_index=True,
    )
    visits, days = draw_visits(people, values["visits"], study["visits"], streams)
    responses = draw_responses(
        people, stays, days, list(study["visits"]), values["instruments"], streams
    )
    beds = dated_episodes(people, occupancy_days(stays, values["stays"]["bed_item"]), horizon, "B")
    status = dated_episodes(people, spells.assign(type="legal_status"), horizon, "L")
    return {
        "participants": dated_people(people, _members(people)),
        "visits": visits,
        "responses": responses,
        "resource_use": _resource_use(people, use, values["interview_items"], visits, study),
        "episodes": pd.concat([beds, status], ignore_index=True),
        "legal_events": dated_events(people, []),
        "simulator_parameters": parameter_table(parameters),
    }


def _members(people: People) -> dict[str, np.ndarray]:
    """Return who is in which population."""
    return {
        "randomised": np.ones(len(people.arm), dtype=bool),
        "intention_to_treat": people.included,
        "reported": people.included & np.isnan(people.death_day),
    }


def _closing_visits(study: dict) -> dict[str, str]:
    """Visit at which each period is asked about: the one at its end."""
    return {
        period: min(study["visits"], key=lambda visit: abs(study["visits"][visit] - bounds[1]))
        for period, bounds in study["periods"].items()
    }


def _resource_use(
    people: People, use: pd.DataFrame, interview: list[str], visits: pd.DataFrame, study: dict
) -> pd.DataFrame:
    """Return numbered and dated records, leaving out what a missed visit could not tell."""
    names = list(study["visits"])
    attended = (visits["status"].to_numpy() == "attended").reshape(-1, len(names))
    column = use["period"].map(
        {period: names.index(visit) for period, visit in _closing_visits(study).items()}
    )
    asked = use["item"].isin(interview).to_numpy() & column.notna().to_numpy()
    heard = attended[use["person"].to_numpy(), column.fillna(0).to_numpy(dtype=int)]
    return use_records(people, use[~asked | heard])
