"""Records drawn from the summaries of a study, and from nothing else."""

from typing import Any

import numpy as np
import pandas as pd
from scipy.special import ndtr

from trialbalance.commands.twinning.drawn_rows import draw_table
from trialbalance.commands.twinning.drawn_values import draw_patterns, draw_values
from trialbalance.contracts.terms import DAYS_A_YEAR
from trialbalance.provenance.streams import stream

# How far the values of one person hang together: invented, not taken from anyone.
TOGETHER = 0.6


class Crowd:
    """Invented people: how many, how each stands, and the random numbers of each part.

    Parameters
    ----------
    size : int
        Number of people.
    seed : int
        Root of the random streams.
    """

    def __init__(self, size: int, seed: int):
        self.size, self.seed = size, seed
        self.standing = stream(seed, "twin", "standing").normal(size=size)

    def places(self, *names: str) -> np.ndarray:
        """Return for each person a place between 0 and 1, alike for the values of one person."""
        noise = stream(self.seed, "twin", *names).normal(size=self.size)
        return ndtr(TOGETHER * self.standing + np.sqrt(1 - TOGETHER**2) * noise)

    def chances(self, *names: str) -> np.ndarray:
        """Return for each person an independent number between 0 and 1."""
        return stream(self.seed, "twin", "chance", *names).random(self.size)


def draw_records(told: dict[str, Any], study: dict[str, Any], seed: int) -> dict[str, pd.DataFrame]:
    """Return invented records of the shape that summaries tell.

    Parameters
    ----------
    told : dict
        As from `summarise`.
    study : dict
        Section ``study``: arms, visits, horizon.
    seed : int
        Root of the random streams; the same one gives the same records.

    Returns
    -------
    dict of pandas.DataFrame of str
        Table -> cells as text, columns in the order of the original.
    """
    sizes = told["people"]["arms"]
    crowd = Crowd(sum(sizes.values()), seed)
    people = _people(told["people"], crowd)
    last = _last_days(people, study)
    made = {told["people"]["table"]: people[told["people"]["columns"]]}
    attended = None
    if "visits" in told:
        made["visits"], attended = _visits(told["visits"], people, last, study, crowd)
    for name, table in told["tables"].items():
        made[name] = draw_table(name, table, people, last, attended, crowd)
    return made


def _people(told: dict[str, Any], crowd: Crowd) -> pd.DataFrame:
    """Return the table with one row a person."""
    arms = np.repeat(list(told["arms"]), list(told["arms"].values()))
    width = max(4, len(str(crowd.size)))
    found = pd.DataFrame(
        {
            "participant_id": [f"twin{place:0{width}d}" for place in range(1, crowd.size + 1)],
            "arm": stream(crowd.seed, "twin", "arms").permutation(arms),
        }
    )
    filled = draw_patterns(told["filled"], crowd, "filled") if told["filled"] else {}
    ordered = sorted(told["values"], key=lambda name: name != "randomisation_date")
    for name in ordered:
        cells = draw_values(told["values"][name], found, crowd, "people", name)
        found[name] = np.where(filled[name] == "blank", "", cells)
    return found


def _last_days(people: pd.DataFrame, study: dict[str, Any]) -> pd.DataFrame:
    """Return day of randomisation, of death and of the end of follow-up, by calendar."""
    days = pd.DataFrame(index=people.index)
    for column in ("randomisation_date", "death_date", "follow_up_end"):
        cells = people.get(column, pd.Series("", index=people.index))
        days[column] = pd.to_datetime(cells, format="%Y-%m-%d", errors="coerce")
    horizon = pd.to_timedelta(round(study["horizon_years"] * DAYS_A_YEAR), unit="D")
    days["last"] = pd.concat(
        [days["randomisation_date"] + horizon, days["death_date"], days["follow_up_end"]], axis=1
    ).min(axis=1)
    return days


def _visits(
    told: dict[str, Any],
    people: pd.DataFrame,
    last: pd.DataFrame,
    study: dict[str, Any],
    crowd: Crowd,
) -> tuple[pd.DataFrame, dict[str, np.ndarray]]:
    """Return the table of visits, and who came to each."""
    status = draw_patterns(told["patterns"], crowd, "visits")
    before = last["randomisation_date"] - pd.Timedelta(days=1)
    parts, attended = [], {}
    for visit in told["patterns"]["columns"]:
        planned = round(study["visits"][visit] * DAYS_A_YEAR)
        date = _visit_dates(told["days"][visit], planned, last, before, crowd, visit)
        word = np.where((date > last["follow_up_end"]).to_numpy(), "no row", status[visit])
        due = last["randomisation_date"] + pd.Timedelta(days=planned)
        gone = np.maximum(date, due) > last["death_date"]
        word = np.where(gone & (word != "no row"), "dead", word)
        came = word == "attended"
        before = before.where(~came, date)
        undated = crowd.chances("undated", visit) < told["undated"][visit]
        cells = date.dt.strftime("%Y-%m-%d").where(came & ~undated, "").fillna("")
        attended[visit] = came
        rows = people[["participant_id"]].assign(visit=visit, date=cells, status=word)
        parts.append(rows[rows["status"] != "no row"])
    found = pd.concat(parts).sort_index(kind="stable").reset_index(drop=True)
    return found.reindex(columns=told["columns"], fill_value=""), attended


def _visit_dates(
    told: dict[str, Any],
    planned: int,
    last: pd.DataFrame,
    before: pd.Series,
    crowd: Crowd,
    visit: str,
) -> pd.Series:
    """Return the date of a visit of each person, after that of the visit before it."""
    start = last["randomisation_date"]
    if told["kind"] == "days":
        numbers = np.interp(
            crowd.places("day", visit),
            np.linspace(0, 1, len(told["numbers"]["points"])),
            told["numbers"]["points"],
        )
        days = np.round(numbers).astype(int)
    else:
        days = np.full(len(last), planned)
    found = start + pd.to_timedelta(np.maximum(days, 0 if planned > 0 else days), unit="D")
    return np.maximum(found, before + pd.Timedelta(days=1))
