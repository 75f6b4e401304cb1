"""From answers to measures: each questionnaire scored at each visit."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from trialbalance.contracts import Finding, Problems
from trialbalance.outcomes.follow_up_grid import Followed, not_held
from trialbalance.outcomes.name_checks import place_in, place_rows, repeated
from trialbalance.outcomes.scores.profile_values import place_people
from trialbalance.outcomes.scores.sum_scores import score_sums, spread_scales
from trialbalance.outcomes.scores.value_sets import (
    ProfileValues,
    look_up_profiles,
    tabulate_profiles,
)

FILE = "responses.csv"


@dataclass(frozen=True)
class Scored:
    """One questionnaire, or one measure handed over, scored for all participants and visits.

    Parameters
    ----------
    instrument : str
        Name of the questionnaire; the measure's own name when it was handed over.
    measure : str or None
        Name of the measure; None when the questionnaire is not scored.
    value : numpy.ndarray, shape (n, visits)
        Value, NaN where not scorable.
    at_ceiling : numpy.ndarray, shape (n, visits)
        1 at the best profile, 0 below it, NaN where unknown.
    returned, complete : numpy.ndarray of bool, shape (n, visits)
        Whether any item, and whether every item, was answered.
    planned : numpy.ndarray of bool, shape (visits,), or None
        Visits at which it was planned; None for every visit.
    """

    instrument: str
    measure: str | None
    value: np.ndarray
    at_ceiling: np.ndarray
    returned: np.ndarray
    complete: np.ndarray
    planned: np.ndarray | None = None

    def expected(self) -> np.ndarray:
        """Return whether it was planned at each visit, shape (visits,)."""
        every = np.ones(self.value.shape[1], dtype=bool)
        return every if self.planned is None else self.planned


def score_instruments(
    followed: Followed,
    responses: pd.DataFrame | None,
    instruments: dict[str, dict[str, Any]],
    value_sets: dict[str, pd.DataFrame],
    people: pd.DataFrame | None = None,
) -> list[Scored]:
    """Return every questionnaire scored at every visit.

    Parameters
    ----------
    followed : Followed
        Participants by visits.
    responses : pandas.DataFrame or None
        Columns participant_id, visit, instrument, item, level (blank = item missing).
    instruments : dict
        Name -> settings of the questionnaire.
    value_sets : dict of pandas.DataFrame
        Name -> table of the value set.
    people : pandas.DataFrame, optional
        Participants, for value sets that differ by age and sex.

    Returns
    -------
    list of Scored
        In the order of `instruments`.

    Raises
    ------
    Problems
        On unknown names, repeated answers, levels out of range, answers at a visit that was not
        held, a value set that is not there, and a questionnaire nobody answered.

    Notes
    -----
    Answers are spread over a grid of participant, visit and item and scored all at once.

    References
    ----------
    Dolan 1997, doi:10.1097/00005650-199711000-00002.

    Examples
    --------
    >>> from trialbalance.outcomes.follow_up_grid import follow_participants
    >>> people = pd.DataFrame({"participant_id": ["p1"], "arm": ["a"],
    ...     "randomisation_date": pd.to_datetime(["2012-01-01"]),
    ...     "death_date": pd.to_datetime([None])})
    >>> visits = pd.DataFrame({"participant_id": ["p1"], "visit": ["m0"], "date": [pd.NaT],
    ...     "status": ["attended"]})
    >>> answers = pd.DataFrame({"participant_id": "p1", "visit": "m0", "instrument": "mood",
    ...     "item": ["q1", "q2"], "level": [1, 3]})
    >>> from trialbalance.settings.resolve import complete
    >>> section = complete("outcomes", {"instruments": {"mood": {"kind": "sum_score",
    ...     "measure": "mood", "items": ["q1", "q2"], "levels": 5}}})
    >>> followed = follow_participants(people, visits, {"m0": 0.0})
    >>> score_instruments(followed, answers, section["instruments"], {})[0].value
    array([[0.25]])
    """
    if responses is None or responses.empty:
        return []
    _tell(repeated(responses, ["participant_id", "visit", "instrument", "item"], FILE))
    responses = spread_scales(responses, instruments)
    person, visit, findings = place_rows(responses, followed.ids, followed.visits, FILE)
    known = pd.Index(list(instruments), dtype=object)
    told = FILE, "instrument", "outcomes.instruments"
    which, third = place_in(responses["instrument"], known, *told)
    findings += third
    level = pd.to_numeric(responses["level"]).to_numpy(float, na_value=np.nan)
    scored = []
    for number, (name, settings) in enumerate(instruments.items()):
        mine = np.flatnonzero(which == number)
        ruler = _ruler(name, settings, value_sets, responses["item"].iloc[mine])
        findings += ruler.findings
        if len(mine) == 0:
            findings.append(_nobody(name))
        item, strange = _items(responses["item"].iloc[mine], ruler, name, mine)
        findings += strange + _out_of_range(level[mine], item, ruler, name, mine)
        if findings:
            continue
        planned = planned_visits(settings, followed)
        findings += not_planned(name, "instruments", planned, visit[mine], level[mine], mine, FILE,
                                followed)  # fmt: skip
        grid = np.full((len(followed.ids), len(followed.visits), len(ruler.items)), np.nan)
        grid[person[mine], visit[mine], item] = level[mine]
        group = _group_of(name, settings, ruler, followed, people)
        scored.append(replace(_score(grid, name, settings, ruler, group), planned=planned))
    _tell(findings)
    _tell(not_held(followed, person, visit, level, FILE))
    return scored


def planned_visits(settings: dict[str, Any], followed: Followed) -> np.ndarray:
    """Return whether an instrument or measure was planned at each visit.

    Parameters
    ----------
    settings : dict
        Settings of the instrument; ``visits`` is read, empty or absent for every visit.
    followed : Followed
        Participants by visits.

    Returns
    -------
    numpy.ndarray of bool, shape (visits,)
        True where it was planned.

    Examples
    --------
    >>> from trialbalance.outcomes.follow_up_grid import follow_participants
    >>> people = pd.DataFrame({"participant_id": ["p1"], "arm": ["a"],
    ...     "randomisation_date": pd.to_datetime(["2012-01-01"]),
    ...     "death_date": pd.to_datetime([None])})
    >>> followed = follow_participants(people, None, {"m0": 0.0, "m6": 0.5, "m12": 1.0})
    >>> planned_visits({"visits": ["m0", "m12"]}, followed).tolist()
    [True, False, True]
    >>> planned_visits({"visits": []}, followed).tolist()
    [True, True, True]
    """
    named = settings["visits"] or followed.visits
    return np.array([visit in named for visit in followed.visits], dtype=bool)


def not_planned(
    name: str,
    section: str,
    planned: np.ndarray,
    visit: np.ndarray,
    value: np.ndarray,
    rows: np.ndarray,
    file: str,
    followed: Followed,
) -> list[Finding]:
    """Return a finding on values at visits at which an instrument was not planned.

    Parameters
    ----------
    name, section : str
        Instrument or measure, and the section of outcomes that declares it.
    planned : numpy.ndarray of bool, shape (visits,)
        Visits at which it was planned.
    visit, value, rows : numpy.ndarray, shape (k,)
        Position of the visit, value and position in the file of each row.
    file : str
        File of the values.
    followed : Followed
        Participants by visits.

    Returns
    -------
    list of Finding
        One at most: what nobody planned would otherwise be left out in silence.

    Examples
    --------
    >>> from trialbalance.outcomes.follow_up_grid import follow_participants
    >>> people = pd.DataFrame({"participant_id": ["p1"], "arm": ["a"],
    ...     "randomisation_date": pd.to_datetime(["2012-01-01"]),
    ...     "death_date": pd.to_datetime([None])})
    >>> followed = follow_participants(people, None, {"m0": 0.0, "m6": 0.5})
    >>> planned, one = np.array([True, False]), np.array([1])
    >>> not_planned("mood", "instruments", planned, one, one * 0.5, one, "r.csv", followed)[0].found
    'a value of mood at m6, where it was not planned'
    """
    known = (visit >= 0) & ~np.isnan(value)
    wrong = np.flatnonzero(known & ~planned[np.where(known, visit, 0)])
    if not len(wrong):
        return []
    at = followed.visits[visit[wrong[0]]]
    allowed = ", ".join(np.array(followed.visits, dtype=object)[planned])
    found, row = f"a value of {name} at {at}, where it was not planned", int(rows[wrong[0]]) + 2
    remedy = f"add the visit to outcomes.{section}.{name}.visits or take the value out"
    return [Finding(file, row, "visit", found, allowed, remedy, further=len(wrong) - 1)]


@dataclass(frozen=True)
class _Ruler:
    """Items of a questionnaire, their highest levels, and what is wrong with its settings."""

    items: tuple[str, ...]
    levels: np.ndarray
    profiles: ProfileValues | None
    findings: list[Finding]


def _ruler(name: str, settings: dict, value_sets: dict, seen: pd.Series) -> _Ruler:
    """Return what a questionnaire's answers are measured against."""
    if settings["kind"] == "unscored":
        items = tuple(sorted(seen.dropna().unique()))
        return _Ruler(items, np.full(len(items), np.inf), None, [])
    if settings["kind"] == "sum_score":
        items = tuple(settings["items"])
        return _Ruler(items, np.full(len(items), settings["levels"], float), None, [])
    place = f"outcomes.instruments.{name}"
    wanted = settings["value_set"]
    if wanted not in value_sets:
        known = ", ".join(sorted(value_sets)) or "none is loaded"
        lost = Finding("study.yaml", None, f"{place}.value_set", wanted, known, "correct the name")
        return _Ruler((), np.empty(0), None, [lost])
    try:
        profiles = tabulate_profiles(
            value_sets[wanted], wanted, tuple(settings["items"]), settings["levels"]
        )
    except Problems as problems:
        return _Ruler((), np.empty(0), None, problems.findings)
    items, findings = _dimensions(tuple(settings["items"] or profiles.dimensions), profiles, place)
    return _Ruler(items, np.array(profiles.levels, float), profiles, findings)


def _dimensions(
    items: tuple[str, ...], profiles: ProfileValues, place: str
) -> tuple[tuple[str, ...], list[Finding]]:
    """Return items in the order of the value set's dimensions, and what is wrong with them."""
    findings = []
    if set(items) == set(profiles.dimensions) and len(items) == len(profiles.dimensions):
        # Items that carry the value set's own names are those dimensions, in whatever order.
        items = profiles.dimensions
    elif mixed := [item for item in items if item in profiles.dimensions]:
        place_of = dict(zip(items, profiles.dimensions, strict=False))
        findings += [
            Finding(
                "study.yaml",
                None,
                f"{place}.items",
                f"{item} in the place of {place_of[item]}",
                f"items in the order {', '.join(profiles.dimensions)}",
                f"put {item} in its own place, or rename it",
            )
            for item in mixed
            if item in place_of and place_of[item] != item
        ]
    if len(items) != len(profiles.dimensions):
        findings.append(
            Finding(
                "study.yaml",
                None,
                f"{place}.items",
                f"{len(items)} items",
                f"{len(profiles.dimensions)}, in the order {', '.join(profiles.dimensions)}",
                "name one item a dimension",
            )
        )
    return items, findings


def _group_of(
    name: str, settings: dict, ruler: _Ruler, followed: Followed, people: pd.DataFrame | None
) -> np.ndarray | None:
    """Return the group of each participant, where the value set differs by group."""
    if ruler.profiles is None or not ruler.profiles.groups:
        return None
    everyone = people.set_index("participant_id", drop=False).reindex(followed.ids)
    return place_people(everyone, ruler.profiles.groups, settings, f"outcomes.instruments.{name}")


def _items(
    items: pd.Series, ruler: _Ruler, name: str, rows: np.ndarray
) -> tuple[np.ndarray, list[Finding]]:
    """Return the position of each answer's item, and a finding on each unknown item."""
    item, strange = place_in(items, pd.Index(ruler.items, dtype=object), FILE, "item", "")
    if ruler.findings:
        return item, []
    return item, [
        Finding(
            FILE,
            int(rows[one.row - 2]) + 2,
            "item",
            f"{one.found} of {name}",
            ", ".join(ruler.items),
            f"correct it, or outcomes.instruments.{name}",
            further=one.further,
        )
        for one in strange
    ]


def _out_of_range(
    level: np.ndarray, item: np.ndarray, ruler: _Ruler, name: str, rows: np.ndarray
) -> list[Finding]:
    """Return a finding on levels that an item does not have."""
    if ruler.findings or len(level) == 0:
        return []
    highest = np.where(item >= 0, ruler.levels[item], np.inf)
    wrong = np.flatnonzero((level < 1) | (level > highest) | (level % 1 != 0) & ~np.isnan(level))
    if not len(wrong):
        return []
    first = wrong[0]
    return [
        Finding(
            FILE,
            int(rows[first]) + 2,
            "level",
            f"{level[first]:g} for {ruler.items[item[first]]} of {name}",
            f"whole numbers from 1 to {highest[first]:g}",
            "correct it or leave it blank",
            further=len(wrong) - 1,
        )
    ]


def _nobody(name: str) -> Finding:
    return Finding(
        FILE,
        None,
        "instrument",
        f"no answers to {name}",
        "answers to every questionnaire in outcomes.instruments",
        "add the answers or take the questionnaire out of the settings",
    )


def _score(
    grid: np.ndarray, name: str, settings: dict, ruler: _Ruler, group: np.ndarray | None = None
) -> Scored:
    """Return the score of one questionnaire from its answers."""
    n, visits, items = grid.shape
    answers = grid.reshape(-1, items)
    measure = None if settings["kind"] == "unscored" else settings["measure"]
    if settings["kind"] == "value_set":
        every = None if group is None else np.repeat(group, visits)
        value, best = look_up_profiles(answers, ruler.profiles, every)
    elif settings["kind"] == "sum_score":
        turned = np.isin(np.array(ruler.items, dtype=object), settings["reversed"])
        allowed = settings["missing_items"]["up_to"]
        value, best = score_sums(
            answers, settings["levels"], turned, tuple(settings["scale"]), allowed
        )
    else:
        value = np.full(n * visits, np.nan)
        best = np.zeros(n * visits, dtype=bool)
    at_ceiling = np.where(np.isnan(value), np.nan, best)
    answered = ~np.isnan(answers)
    parts = (value, at_ceiling, answered.any(axis=1), answered.all(axis=1))
    return Scored(name, measure, *(part.reshape(n, visits) for part in parts))


def _tell(findings: list[Finding]) -> None:
    """Raise the findings, if there are any."""
    if findings:
        raise Problems(findings)
