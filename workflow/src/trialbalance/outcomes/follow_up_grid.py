"""Who is followed, at which visit, when, and whether alive: the grid that all scores fill."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from trialbalance.contracts import Finding, Problems
from trialbalance.contracts.terms import DAYS_A_YEAR
from trialbalance.outcomes.name_checks import place_rows, repeated


@dataclass(frozen=True)
class Followed:
    """Participants by visits.

    Parameters
    ----------
    ids, arms : pandas.Index, numpy.ndarray, shape (n,)
        Participants and their arms.
    visits : tuple of str
        Visits in order of planned time.
    planned : numpy.ndarray, shape (visits,)
        Planned time, years from the index date.
    attended : numpy.ndarray of bool, shape (n, visits)
        Whether the visit was held.
    held : numpy.ndarray, shape (n, visits)
        Time at which it was held, years from the index date; NaN where no date is known.
    death : numpy.ndarray, shape (n,)
        Time of death, years from the index date; infinite where none is recorded.
    dead : numpy.ndarray of bool, shape (n, visits)
        Whether the visit could not be held because the participant had died.
    rows : numpy.ndarray of int, shape (n, visits)
        Row of visits.csv as a spreadsheet numbers it; 0 where there is none.
    """

    ids: pd.Index
    arms: np.ndarray
    visits: tuple[str, ...]
    planned: np.ndarray
    attended: np.ndarray
    held: np.ndarray
    death: np.ndarray
    dead: np.ndarray
    rows: np.ndarray


def years_between(later: pd.Series, earlier: pd.Series) -> np.ndarray:
    """Return the time between dates in years of 365.25 days.

    Parameters
    ----------
    later, earlier : pandas.Series of datetime64
        Dates; blank gives NaN.

    Returns
    -------
    numpy.ndarray
        Years, negative where `later` is the earlier.

    Notes
    -----
    ``days / 365.25``.

    References
    ----------
    Ramsey 2015, doi:10.1016/j.jval.2015.02.001.

    Examples
    --------
    >>> dates = pd.to_datetime(pd.Series(["2013-01-01", "2012-01-01"]))
    >>> years_between(dates[:1], dates[1:].set_axis([0])).round(4)
    array([1.0021])
    """
    days = (pd.to_datetime(later) - pd.to_datetime(earlier)) / pd.Timedelta(days=1)
    return days.to_numpy(float) / DAYS_A_YEAR


def follow_participants(
    participants: pd.DataFrame, visits: pd.DataFrame | None, planned: dict[str, float]
) -> Followed:
    """Return the grid of participants by visits with times, attendance and deaths.

    Parameters
    ----------
    participants : pandas.DataFrame
        Columns participant_id, arm, randomisation_date, death_date.
    visits : pandas.DataFrame or None
        Columns participant_id, visit, date, status; None where a study has no such table.
    planned : dict
        Visit -> planned time in years; the first is the baseline.

    Returns
    -------
    Followed
        A visit without a row counts as missed.

    Raises
    ------
    Problems
        On an unknown or repeated participant or visit, on a visit marked dead without a date of
        death, and on a visit held after death.

    Notes
    -----
    A visit is lost to death when it is marked so, or when it was not held and its planned time is
    not before the death. Someone without a date of death is not known to have died.

    References
    ----------
    Faria 2014, doi:10.1007/s40273-014-0193-3.

    Examples
    --------
    >>> people = pd.DataFrame({"participant_id": ["p1"], "arm": ["a"],
    ...     "randomisation_date": pd.to_datetime(["2012-01-01"]),
    ...     "death_date": pd.to_datetime(["2012-03-01"])})
    >>> follow_participants(people, None, {"baseline": 0.0, "month_6": 0.5}).dead
    array([[False,  True]])
    """
    order = sorted(planned, key=planned.__getitem__)
    times = np.array([planned[visit] for visit in order], dtype=float)
    _check_planned(order, times)
    ids = pd.Index(participants["participant_id"])
    findings = repeated(participants, ["participant_id"], "participants.csv")
    if findings:
        raise Problems(findings)
    death = years_between(participants["death_date"], participants["randomisation_date"])
    death = np.where(np.isnan(death), np.inf, death)
    shape = (len(ids), len(order))
    status = np.full(shape, "missed", dtype=object)
    held, rows = np.full(shape, np.nan), np.zeros(shape, dtype=int)
    if visits is not None and len(visits):
        person, visit = _places(visits, ids, order)
        status[person, visit] = visits["status"].to_numpy(object)
        start = participants["randomisation_date"].iloc[person].set_axis(visits.index)
        held[person, visit] = years_between(visits["date"], start)
        rows[person, visit] = np.arange(len(visits)) + 2
    attended = status == "attended"
    dead = (status == "dead") | (~attended & (times >= death[:, None]))
    followed = Followed(
        ids,
        participants["arm"].to_numpy(object),
        tuple(order),
        times,
        attended,
        held,
        death,
        dead,
        rows,
    )
    _check_deaths(followed, status)
    return followed


def not_held(
    followed: Followed, person: np.ndarray, visit: np.ndarray, value: np.ndarray, file: str
) -> list[Finding]:
    """Return a finding on answers at visits that were not held.

    Parameters
    ----------
    followed : Followed
        Participants by visits.
    person, visit : numpy.ndarray of int
        Position of each answer in the grid.
    value : numpy.ndarray
        The answers; NaN where blank.
    file : str
        File of the answers.

    Returns
    -------
    list of Finding
        Empty when every answer belongs to a visit that was held.

    Examples
    --------
    >>> people = pd.DataFrame({"participant_id": ["p1"], "arm": ["a"],
    ...     "randomisation_date": pd.to_datetime(["2012-01-01"]),
    ...     "death_date": pd.to_datetime([None])})
    >>> followed = follow_participants(people, None, {"m0": 0.0})
    >>> one = np.array([0])
    >>> not_held(followed, one, one, np.array([0.5]), "given.csv")[0].found
    'answers of p1 at m0, which was not held'
    """
    wrong = np.flatnonzero(~followed.attended[person, visit] & ~np.isnan(value))
    if not len(wrong):
        return []
    who, when = followed.ids[person[wrong[0]]], followed.visits[visit[wrong[0]]]
    return [
        Finding(
            file,
            int(wrong[0]) + 2,
            "visit",
            f"answers of {who} at {when}, which was not held",
            "answers only at a visit whose status is attended",
            "correct the status in visits.csv or take the answers out",
            further=len(wrong) - 1,
        )
    ]


def _check_planned(order: list[str], times: np.ndarray) -> None:
    """Refuse planned times that are equal, and a study without visits."""
    same = np.flatnonzero(np.diff(times) <= 0)
    if len(same):
        raise Problems(
            [
                Finding(
                    "study.yaml",
                    None,
                    f"study.visits.{order[same[0] + 1]}",
                    f"{times[same[0]]:g}, the time of {order[same[0]]}",
                    "each visit at a time of its own",
                    "change one of the two",
                )
            ]
        )


def _places(visits: pd.DataFrame, ids: pd.Index, order: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Return the position of each row of the visits in the grid."""
    person, visit, findings = place_rows(visits, ids, order, "visits.csv")
    findings += repeated(visits, ["participant_id", "visit"], "visits.csv")
    if findings:
        raise Problems(findings)
    return person, visit


def _check_deaths(followed: Followed, status: np.ndarray) -> None:
    """Refuse a death without a date and a visit held after death."""
    findings = []
    for person in np.flatnonzero(followed.death < 0):
        findings.append(
            Finding(
                "participants.csv",
                int(person) + 2,
                "death_date",
                f"a death of {followed.ids[person]} before randomisation",
                "a date from randomisation_date onwards",
                "correct one of the two dates",
            )
        )
    undated = (status == "dead") & np.isinf(followed.death)[:, None]
    for person in np.flatnonzero(undated.any(axis=1)):
        row = followed.rows[person][undated[person]][0]
        findings.append(
            Finding(
                "visits.csv",
                int(row),
                "status",
                f"dead for {followed.ids[person]}, who has no date of death",
                "dead only with a date of death",
                "give death_date in participants.csv, or mark the visit missed",
            )
        )
    late = followed.attended & (followed.held > followed.death[:, None])
    for person, visit in np.argwhere(late):
        findings.append(
            Finding(
                "visits.csv",
                int(followed.rows[person, visit]),
                "date",
                f"a visit of {followed.ids[person]} after the date of death",
                "a date up to death_date",
                "correct one of the two dates",
            )
        )
    if findings:
        raise Problems(findings)
