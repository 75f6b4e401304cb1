"""Value sets by profile, for everyone or by age and sex, as mapping tables are."""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from trialbalance.contracts import Finding, Problems

GROUPING = ("sex", "age_from", "age_to")


class Group(NamedTuple):
    """People for whom a profile has one value; ages are completed years, both ends included."""

    sex: str | None
    age_from: float
    age_to: float

    def words(self) -> str:
        """Return the group in words."""
        ages = f"aged {self.age_from:g} to {self.age_to:g}".replace("to inf", "or above")
        ages = "" if (self.age_from, self.age_to) == (-np.inf, np.inf) else ages
        return " ".join(filter(None, (self.sex, ages.replace("-inf", "any age")))) or "everyone"


class ProfileTable(NamedTuple):
    """Levels of each dimension, groups of people, and values: group by profile."""

    levels: tuple[int, ...]
    groups: tuple[Group, ...]
    worth: np.ndarray
    ceiling: int


def by_profile(value_set: pd.DataFrame) -> bool:
    """Return whether a value set gives whole profiles, not terms to add."""
    return bool((value_set["term"] == "profile").any())


def tabulate_by_profile(value_set: pd.DataFrame, name: str) -> ProfileTable:
    """Return the values of a value set that gives one row a profile.

    Parameters
    ----------
    value_set : pandas.DataFrame
        Rows of term profile: profile (one digit a dimension), value, and where it differs by
        people sex, age_from and age_to (completed years, blank for no end).
    name : str
        Name of the value set, for messages.

    Returns
    -------
    ProfileTable
        The last dimension runs fastest; the ceiling is the profile of the highest mean value.

    Raises
    ------
    Problems
        When terms are mixed, a profile is malformed, lacks or is there twice in a group, or ages
        overlap.

    Notes
    -----
    Every profile is needed in every group: an answer that has no value would be lost in silence.

    References
    ----------
    Hernández Alava & Pudney 2023, doi:10.1007/s40273-022-01218-7.

    Examples
    --------
    >>> rows = [("profile", "1", 0.98), ("profile", "2", 0.4)]
    >>> table = tabulate_by_profile(
    ...     pd.DataFrame(rows, columns=["term", "profile", "value"]), "own")
    >>> table.levels, table.worth.tolist(), table.groups[0].words()
    ((2,), [[0.98, 0.4]], 'everyone')
    """
    file = f"{name}.csv"
    digits = _digits(value_set, file)
    levels = tuple(int(top) for top in digits.max(axis=0))
    strides = np.cumprod((1, *levels[:0:-1]))[::-1]
    place = (digits - 1) @ strides
    groups, which = _groups(value_set)
    size = int(np.prod(levels))
    seen = np.zeros((len(groups), size), dtype=int)
    np.add.at(seen, (which, place), 1)
    findings = _incomplete(seen, groups, levels, file) + _overlapping(groups, file)
    if findings:
        raise Problems(findings)
    values = np.empty(seen.shape)
    values[which, place] = value_set["value"].to_numpy(float)
    return ProfileTable(levels, groups, values, int(values.mean(axis=0).argmax()))


def _digits(value_set: pd.DataFrame, file: str) -> np.ndarray:
    """Return the levels of each row's profile, or refuse what is none."""
    other = np.flatnonzero((value_set["term"] != "profile").to_numpy())
    if len(other):
        found = f"{value_set['term'].iloc[other[0]]} beside rows of term profile"
        remedy = "give whole profiles or terms to add, not both"
        raise Problems([Finding(file, int(other[0]) + 2, "term", found, "profile", remedy,
                                further=len(other) - 1)])  # fmt: skip
    if "profile" not in value_set:
        allowed = "a digit for each dimension, such as 11223"
        raise Problems([Finding(file, None, "profile", "no such column", allowed, "add it")])
    texts = value_set["profile"].fillna("").astype(str).str.strip()
    length = texts.str.len().mode().iloc[0]
    wrong = np.flatnonzero(~(texts.str.fullmatch("[1-9]+") & (texts.str.len() == length)))
    blank = np.flatnonzero(value_set["value"].isna())
    findings = []
    if len(wrong):
        found = texts.iloc[wrong[0]] or "a blank"
        allowed, row = f"{length} digits from 1", int(wrong[0]) + 2
        findings.append(Finding(file, row, "profile", found, allowed, "correct it", len(wrong) - 1))
    if len(blank):
        findings.append(Finding(file, int(blank[0]) + 2, "value", "a blank", "a number",
                                "fill it in", len(blank) - 1))  # fmt: skip
    if findings:
        raise Problems(findings)
    return np.array([list(text) for text in texts], dtype=int)


def _groups(value_set: pd.DataFrame) -> tuple[tuple[Group, ...], np.ndarray]:
    """Return the groups of people of a value set and that of each row."""
    parts = value_set.reindex(columns=list(GROUPING))
    sex = parts["sex"].astype(object).where(parts["sex"].notna(), None)
    low = pd.to_numeric(parts["age_from"]).astype(float).fillna(-np.inf)
    high = pd.to_numeric(parts["age_to"]).astype(float).fillna(np.inf)
    keys = list(map(Group, sex, low, high))
    known = {group: number for number, group in enumerate(dict.fromkeys(keys))}
    return tuple(known), np.array([known[key] for key in keys], dtype=int)


def _incomplete(
    seen: np.ndarray, groups: tuple[Group, ...], levels: tuple[int, ...], file: str
) -> list[Finding]:
    """Find profiles that a group lacks, or has twice."""
    findings = []
    for group, counts in zip(groups, seen, strict=True):
        for bad, words, remedy in (
            (counts == 0, "no profile {}", "add the rows"),
            (counts > 1, "profile {} twice", "keep one row"),
        ):
            places = np.flatnonzero(bad)
            if len(places):
                shown = "".join(str(d + 1) for d in np.unravel_index(places[0], levels))
                found = f"{words.format(shown)} for {group.words()}"
                allowed = f"each of the {counts.size:,} profiles once a group"
                findings.append(
                    Finding(file, None, "profile", found, allowed, remedy, len(places) - 1)
                )
    return findings


def _overlapping(groups: tuple[Group, ...], file: str) -> list[Finding]:
    """Find two groups that the same person may be in."""
    findings = []
    for number, one in enumerate(groups):
        for two in groups[:number]:
            shared = one.sex is None or two.sex is None or one.sex == two.sex
            if shared and max(one.age_from, two.age_from) <= min(one.age_to, two.age_to):
                found = f"{one.words()} and {two.words()}, in which the same person may be"
                remedy = "let the bands follow each other, such as 18 to 34 and 35 to 44"
                findings.append(
                    Finding(file, None, "age_from", found, "groups apart from each other", remedy)
                )
    return findings


def place_people(
    people: pd.DataFrame, groups: tuple[Group, ...], tool: dict[str, Any], place: str
) -> np.ndarray:
    """Return the group of each participant, by sex and completed years of age at entry.

    Parameters
    ----------
    people : pandas.DataFrame
        participant_id, and the columns that the instrument names for sex and age (years).
    groups : tuple of Group
        Groups of the value set.
    tool : dict
        Settings of the instrument: sex and age, names of columns, and value_set.
    place : str
        Dotted setting of the instrument, for messages.

    Returns
    -------
    numpy.ndarray of int, shape (people,)
        Position of the group.

    Raises
    ------
    Problems
        When a column lacks, or somebody is in no group.

    Examples
    --------
    >>> people = pd.DataFrame({"participant_id": ["p1"], "sex": ["male"], "age": [34.9]})
    >>> groups = (Group("male", 35, 44), Group("male", 18, 34))
    >>> tool = {"sex": "sex", "age": "age", "value_set": "own"}
    >>> place_people(people, groups, tool, "instruments.x").tolist()
    [1]
    """
    sexed = any(group.sex is not None for group in groups)
    aged = any(group[1:] != (-np.inf, np.inf) for group in groups)
    needed = [word for word, asked in (("sex", sexed), ("age", aged)) if asked]
    lacking = [
        Finding("study.yaml", None, f"{place}.{word}", f"no column {tool[word]} of participants",
                f"a column of {word}, which {tool['value_set']} asks for",
                f"declare it under data.covariates and name it as {word} of the instrument")
        for word in needed if tool[word] not in people
    ]  # fmt: skip
    if lacking:
        raise Problems(lacking)
    sex = people[tool["sex"]].astype(object) if sexed else pd.Series(None, index=people.index)
    age = pd.to_numeric(people[tool["age"]]) if aged else pd.Series(0.0, index=people.index)
    years = np.floor(age.to_numpy(float, na_value=np.nan))
    found = np.full(len(people), -1)
    for number, group in enumerate(groups):
        mine = np.ones(len(people), dtype=bool)
        if group.sex is not None:
            mine &= (sex == group.sex).fillna(False).to_numpy(bool)
        if aged:
            mine &= (years >= group.age_from) & (years <= group.age_to)
        found[mine] = number
    outside = np.flatnonzero(found < 0)
    if len(outside):
        first = people.iloc[outside[0]]
        shown = ", ".join(f"{word} {_shown(first[tool[word]])}" for word in needed)
        allowed = "; ".join(group.words() for group in groups[:12])
        remedy = f"correct it, or add the group to {tool['value_set']}.csv"
        raise Problems([Finding("participants", None, tool[needed[0]],
                                f"{shown} of {first['participant_id']}", allowed, remedy,
                                len(outside) - 1)])  # fmt: skip
    return found


def _shown(value: Any) -> str:
    """Return a value of a table in words."""
    return "blank" if pd.isna(value) else f"{value:g}" if isinstance(value, float) else str(value)
