"""Emulated target trials as lines of the table: who was eligible, when, and what came of it."""

from typing import Any

import numpy as np
import pandas as pd

from trialbalance.contracts import Finding, Problems
from trialbalance.contracts.terms import DAYS_A_YEAR
from trialbalance.model.observational.emulation import emulate
from trialbalance.model.observational.lines import ASSOCIATED, UNMEASURED, line, spread
from trialbalance.model.persontime import find_exposure


def trial_lines(
    name: str,
    one: dict[str, Any],
    records: dict[str, pd.DataFrame],
    data: dict[str, Any],
    study: dict[str, Any],
    chosen: dict[str, Any],
    rng: np.random.Generator,
):
    """Return the lines of an emulated target trial: both risks, and their difference.

    Parameters
    ----------
    name : str
        Name of the emulation.
    one : dict
        Its settings: ``items``, ``endpoint``, ``grace_days``, ``step_days``, ``asked_by``,
        ``criteria``.
    records : dict of pandas.DataFrame
        episodes, endpoint_events; criteria where the settings name some.
    data : dict
        people, design, adjusted_for.
    study, chosen : dict
        Study section, and the settings ``model.observational``.
    rng : numpy.random.Generator
        Source of the bootstrap.

    Returns
    -------
    list of dict
        Lines of the table of associations.

    Raises
    ------
    Problems
        For criteria that were not asked about, and for criteria that nobody met.

    Notes
    -----
    Time zero is the first day on which section legal found every criterion met, or the index date
    where the settings name none. Who had started before it is left out, and everybody is followed
    for as long as all can be.

    References
    ----------
    Hernán 2016, doi:10.1093/aje/kwv254.

    Examples
    --------
    >>> people = pd.DataFrame({"participant_id": ["p"]})
    >>> asked = pd.DataFrame({"asked_by": ["tribunal"], "criterion": ["risk"]})
    >>> one = {"criteria": ["treatable"], "asked_by": "tribunal"}
    >>> trial_lines("early", one, {"criteria": asked}, {"people": people}, {}, {}, None)
    ... # doctest: +ELLIPSIS
    Traceback (most recent call last):
    trialbalance.contracts.problems.Problems: ...found treatable; allowed: risk; correct the name...
    """
    zero = _eligible(name, one, records, data["people"])
    times = _times(one, records, data["people"])
    inside = ~np.isnan(zero) & ~(times[0] < zero)
    start, event, death = (time[inside] - zero[inside] for time in times)
    event = np.where(event < 0, np.nan, event)
    design, horizon = data["design"][inside], study["horizon_years"] - zero[inside].max()
    found = emulate(start, event, death, design, one, horizon, chosen["truncation"])

    def risks(rows: np.ndarray):
        again = emulate(start[rows], event[rows], death[rows], design[rows], one, horizon,
                        chosen["truncation"])  # fmt: skip
        return again["risk"]

    size = len(start)
    draws = np.stack([risks(rng.integers(0, size, size)) for _ in range(chosen["resamples"])])
    common = {"n": size, "adjusted_for": data["adjusted_for"]}
    note = _note(found, size, len(inside), one)
    lines = [
        line(
            name, "clone_censor_weight", f"risk_{word}", ASSOCIATED,
            value=found["risk"][number], **spread(draws[:, number]), **common, note=note,
            effective_n=found["effective"][number], largest_weight=found["largest"][number],
        )
        for number, word in enumerate(("not_starting", "starting"))
    ]  # fmt: skip
    difference = draws[:, 1] - draws[:, 0]
    contrast = line(
        name, "clone_censor_weight", "risk_difference", ASSOCIATED,
        value=found["risk"][1] - found["risk"][0], **spread(difference), **common, note=note,
    )  # fmt: skip
    return [*lines, contrast]


def _note(found: dict[str, Any], size: int, everybody: int, one: dict[str, Any]) -> str:
    """Say how many were eligible and started, and what no emulation can know."""
    who = f"{size} of {everybody} were eligible; " if one["criteria"] else ""
    return (
        f"{who}{found['started']} of {size} started within {one['grace_days']:g} days of first "
        f"eligibility. {UNMEASURED}"
    )


def _eligible(name, one, records, people):
    """Return each participant's time zero in years, NaN for who never met the criteria."""
    if not one["criteria"]:
        return np.zeros(len(people))
    asked = records.get("criteria", pd.DataFrame(columns=["asked_by", "criterion"]))
    asked = asked[asked["asked_by"] == one["asked_by"]]
    known = set(asked["criterion"])
    place = f"model.observational.emulations.{name}"
    findings = [
        Finding("study.yaml", None, f"{place}.criteria", criterion,
                ", ".join(sorted(known)) or f"criteria asked about by {one['asked_by']}; none was",
                "correct the name, or asked_by") for criterion in one["criteria"]
        if criterion not in known
    ]  # fmt: skip
    if findings:
        raise Problems(findings)
    met = asked[asked["criterion"].isin(one["criteria"]) & (asked["answer"] == "met")]
    days = met.groupby(["participant_id", "asked_on"])["criterion"].nunique()
    all_met = days[days == len(set(one["criteria"]))].reset_index()
    if all_met.empty:
        raise Problems([Finding("study.yaml", None, f"{place}.criteria", "nobody who met them all",
                                "criteria that somebody met", "change them")])  # fmt: skip
    first = people["participant_id"].map(all_met.groupby("participant_id")["asked_on"].min())
    return ((first - people["randomisation_date"]) / pd.Timedelta(days=DAYS_A_YEAR)).to_numpy()


def _times(one, records, people):
    """Return years to the first start, the first event and death of each participant."""
    ids = people["participant_id"]
    spells = find_exposure(people, records["episodes"], one["items"])
    events = records["endpoint_events"]
    events = events[events["endpoint"] == one["endpoint"]]
    days = (people["death_date"] - people["randomisation_date"]) / pd.Timedelta(days=1)
    return (
        ids.map(spells.groupby("participant_id")["start_years"].min()).to_numpy(float),
        ids.map(events.groupby("participant_id")["time_years"].min()).to_numpy(float),
        (days / DAYS_A_YEAR).fillna(np.inf).to_numpy(float),
    )
