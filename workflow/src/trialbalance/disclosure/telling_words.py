"""Names of what few participants have: levels, items and endpoints, wherever a text names them."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import pandas as pd

from trialbalance.disclosure.edition import Edition

# Of these a table of people says who it is, or what is told elsewhere.
NO_LEVEL = ("participant_id", "arm", "cost", "effect", "exclusion")
MOST_LEVELS = 60
TELLS = "tells of {what}, which fewer than {threshold} participants have"
COMMON = ("true", "false", "none", "other", "yes", "unknown", "missing")


class Small(NamedTuple):
    """Something that fewer participants of an arm than the threshold have.

    Parameters
    ----------
    words : tuple of str
        Words that a text must all hold to tell of it, as `plain` gives them.
    what : str
        What it is, for the list of cells held back; nothing that a participant's row says.
    typed : bool
        Whether its words come from participants' rows alone, so that they do not leave either.
    """

    words: tuple[str, ...]
    what: str
    typed: bool = False


def plain(text: object) -> str:
    """Return a text as words between underscores, so that a name in it can be found.

    Examples
    --------
    >>> plain("cost_slope[sex_Intersex=True, records]")
    '_cost_slope_sex_intersex_true_records_'
    """
    return "_" + re.sub(r"[\W_]+", "_", str(text).lower()).strip("_") + "_"


def small_levels(
    people: pd.DataFrame, threshold: int, declared: Mapping[str, Any] | None = None
) -> list[Small]:
    """Return the levels of participants' characteristics that too few of an arm have.

    Parameters
    ----------
    people : pandas.DataFrame
        A row a participant, with ``arm``.
    threshold : int
        Fewest participants.
    declared : mapping, optional
        Covariate -> its settings; levels declared there are the study's words.

    Returns
    -------
    list of Small
        Where a column has two levels its own name tells of the small one too.

    Examples
    --------
    >>> people = pd.DataFrame({"arm": ["new"] * 12, "sex": ["f"] * 11 + ["m"]})
    >>> [small.words for small in small_levels(people, 10)]
    [('_sex_m_',), ('_sex_', '_m_'), ('_sex_',)]
    """
    found = []
    for column in people.columns:
        if column in NO_LEVEL or column.endswith("_observed") or column.startswith("cost_"):
            continue
        values = people[column].dropna()
        levels = values.unique()
        is_date = pd.api.types.is_datetime64_any_dtype(values.dtype)
        is_words = not (is_date or pd.api.types.is_numeric_dtype(values.dtype))
        # Of words each counts, however many there are: they may have been typed about a person.
        if is_date or (not is_words and len(levels) > MOST_LEVELS):
            continue
        if pd.api.types.is_float_dtype(values.dtype) and len(levels) > 10:
            continue
        own = declared[column]["levels"] if declared and column in declared else ()
        known = {str(level) for level in own}
        counts = pd.crosstab(values.astype(str), people.loc[values.index, "arm"])
        for level in counts.index[(counts < threshold).any(axis=1)]:
            typed = is_words and level not in known
            what = f"a level of {column}"
            found.append(Small((plain(f"{column} {level}"),), what, typed))
            found.append(Small((plain(column), plain(level)), what, typed))
            if len(plain(level)) > 5 and plain(level).strip("_") not in COMMON:
                found.append(Small((plain(level),), what, typed))
            if len(levels) == 2:
                found.append(Small((plain(column),), what))
    return found


def small_parts(dataset: pd.DataFrame, threshold: int) -> list[Small]:
    """Return the parts of a model that tell of few: deaths, the ceiling, costs of nothing.

    Parameters
    ----------
    dataset : pandas.DataFrame
        Dataset of an analysis: arm, died, at_ceiling and cost by source group.
    threshold : int
        Fewest participants.

    Returns
    -------
    list of Small
        A posterior under a prior that is printed gives the count behind a share.
    """
    parts = {"death": dataset.get("died"), "ceiling": dataset.get("at_ceiling")}
    found = []
    for name, values in parts.items():
        if values is not None and few_in_an_arm(values.fillna(False).astype(bool), dataset["arm"],
                                                threshold):  # fmt: skip
            found += [Small((plain(word),), name) for word in _FORMS[name]]
    zeros = [
        (dataset[name] == 0)[dataset[name].notna()]
        for name in dataset
        if name == "cost" or (name.startswith("cost_") and not name.endswith("_observed"))
    ]
    if any(few_in_an_arm(zero, dataset["arm"].loc[zero.index], threshold) for zero in zeros):
        found.append(Small(("_zero_",), "a cost of nothing"))
    return found


_FORMS = {
    "death": ("death", "deaths", "died", "dead", "survival", "alive"),
    "ceiling": ("ceiling",),
}


def death_words() -> list[Small]:
    """Return what tells of deaths, where few died.

    Examples
    --------
    >>> "alive[new_service, 1]".startswith(death_words()[-1].words[0].strip("_"))
    True
    """
    return [Small((plain(word),), "death") for word in _FORMS["death"]]


def few_in_an_arm(chosen: pd.Series, arm: pd.Series, threshold: int) -> bool:
    """Return whether some, but fewer than the threshold, of an arm have something, or lack it."""
    counts = pd.crosstab(arm, chosen)
    return bool(((counts > 0) & (counts < threshold)).any(axis=None))


def hold_named(edition: Edition, small: Iterable[Small]) -> None:
    """Hold back every row that names, in whatever words, what few participants have.

    Parameters
    ----------
    edition : Edition
        Tables on their way out; a contract says under ``names`` which texts may name such.
    small : iterable of Small
        What few have.

    Notes
    -----
    Words that come from participants' rows are taken out of the row, too; and out of ``lists``,
    such as that of all covariates, whose rows tell of nobody.
    """
    small, threshold = list(dict.fromkeys(small)), edition.section["threshold"]
    for file, table in edition.tables.items():
        texts = [name for name in table.words.get("names", []) if name in table.before]
        kept = {*table.words.get("exact", []), *table.keys()}
        columns = [name for name in table.numbers() if name not in kept]
        _mask_lists(edition, file, [one for one in small if one.typed])
        for place in range(len(table.before) if texts else 0):
            text = "".join(plain(table.before[name].iloc[place]) for name in texts)
            named = [one for one in small if all(word in text for word in one.words)]
            if not named:
                continue
            rule = TELLS.format(what=named[0].what, threshold=threshold)
            edition.hold(file, [place], columns, rule)
            if any(one.typed for one in named):
                edition.mask(file, place, texts)


def _mask_lists(edition: Edition, file: str, typed: list[Small]) -> None:
    """Take a list out of a row where it holds what was typed into few participants' rows."""
    table = edition.tables[file]
    for column in set(table.words.get("lists", [])) & set(table.before):
        for place, text in enumerate(map(plain, table.before[column])):
            if any(all(word in text for word in one.words) for one in typed):
                edition.mask(file, place, [column])
