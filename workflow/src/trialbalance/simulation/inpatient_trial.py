"""A whole trial of people discharged from hospital, drawn record by record."""

import numpy as np
import pandas as pd

from trialbalance.contracts.terms import last_day
from trialbalance.simulation.care.procedures import draw_procedures
from trialbalance.simulation.care.stays import draw_stays, occupancy_days
from trialbalance.simulation.care.use import draw_injections, draw_periodic
from trialbalance.simulation.law.orders import draw_orders
from trialbalance.simulation.people.participants import People, Streams, enrol
from trialbalance.simulation.people.questionnaires import draw_responses, draw_visits
from trialbalance.simulation.records import Drawn


def draw_inpatient_trial(values: dict, study: dict, streams: Streams) -> Drawn:
    """Draw a trial whose participants enter while in hospital.

    Parameters
    ----------
    values : dict
        Values of the simulator's parameters, as from `resolve_parameters`.
    study : dict
        Resolved study section: horizon_years, visits, periods.
    streams : callable
        Named random streams, so that one part can change without moving another.

    Returns
    -------
    Drawn
        People and all that happened to them.

    Raises
    ------
    Problems
        If the design cannot be met.

    Notes
    -----
    One latent severity, shared by the arms, drives death, length of stay, readmission, service
    use, wellbeing and reluctance to answer. Counts fixed by the design are met by choosing whom,
    never by altering what was drawn.
    """
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
    beds = occupancy_days(stays, values["stays"]["bed_item"])
    episodes = {"B": beds, "L": spells.assign(type="legal_status")}
    heard = _heard(use, values["interview_items"], visits, study)
    return Drawn(people, _members(people), heard, visits, responses, episodes)


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


def _heard(
    use: pd.DataFrame, interview: list[str], visits: pd.DataFrame, study: dict
) -> pd.DataFrame:
    """Return use without what a missed visit could not tell."""
    names = list(study["visits"])
    attended = (visits["status"].to_numpy() == "attended").reshape(-1, len(names))
    column = use["period"].map(
        {period: names.index(visit) for period, visit in _closing_visits(study).items()}
    )
    asked = use["item"].isin(interview).to_numpy() & column.notna().to_numpy()
    heard = attended[use["person"].to_numpy(), column.fillna(0).to_numpy(dtype=int)]
    return use[~asked | heard]
