"""Cells of a multiverse, and the fits that they share: scenarios made of options that refit."""

from collections.abc import Iterator, Mapping
from functools import reduce
from itertools import combinations, product
from typing import Any, NamedTuple

from pydantic import ValidationError

from trialbalance.settings.checks.names.reserved import MADE
from trialbalance.settings.resolve import Study, merge, stage_settings
from trialbalance.settings.sections.multiverse import MultiverseSettings
from trialbalance.settings.study_file import StudyFile

# How the scenarios that a multiverse makes of its options begin, and those refitted as proof.
UNIVERSE, REFIT = MADE
Options = tuple[str, ...]


class Fit(NamedTuple):
    """One fit of a multiverse.

    Parameters
    ----------
    scenario, analysis : str
        Whose fit it is: that of the plan or of a declared scenario where settings are equal.
    refits : tuple of tuple of str
        Options that ask for this fit, each set of them once.
    cells : int
        Cells that share it.
    """

    scenario: str
    analysis: str
    refits: tuple[Options, ...]
    cells: int


def cells(section: Mapping[str, Any]) -> Iterator[tuple[int, Options]]:
    """Yield every cell: its number and one option of each choice.

    Parameters
    ----------
    section : mapping
        Settings ``multiverse``.

    Yields
    ------
    tuple
        Numbers count all combinations from 1, so that an exclusion renumbers nothing.

    Examples
    --------
    >>> choices = {"a": {"options": {"a1": 0, "a2": 0}}, "b": {"options": {"b1": 0, "b2": 0}}}
    >>> list(cells({"choices": choices, "excluded": [{"options": ["a2", "b1"]}]}))
    [(1, ('a1', 'b1')), (2, ('a1', 'b2')), (4, ('a2', 'b2'))]
    """
    excluded = [frozenset(one["options"]) for one in section["excluded"]]
    every = product(*(one["options"] for one in section["choices"].values()))
    for number, cell in enumerate(every, start=1):
        if not excluded or not any(one.issubset(cell) for one in excluded):
            yield number, cell


def options_of(section: Mapping[str, Any]) -> dict[str, Any]:
    """Return every option by name; names are of one option each.

    Examples
    --------
    >>> options_of({"choices": {"a": {"options": {"a1": {"label": "A"}}}}})
    {'a1': {'label': 'A'}}
    """
    return {
        name: option
        for one in section["choices"].values()
        for name, option in one["options"].items()
    }


def column(choice: str) -> str:
    """Return the column of a table of cells that holds the option of a choice.

    Examples
    --------
    >>> column("threshold")
    'choice_threshold'
    """
    return f"choice_{choice}"


def refits_of(section: Mapping[str, Any]) -> dict[Options, int]:
    """Return every set of options that asks for a fit, with the cells that share it.

    Examples
    --------
    >>> choices = {"a": {"options": {"a1": {"refit": None}, "a2": {"refit": {}}}},
    ...            "b": {"options": {"b1": {"refit": None}, "b2": {"refit": None}}}}
    >>> refits_of({"choices": choices, "excluded": []})
    {(): 2, ('a2',): 2}
    """
    refitting = {name for name, one in options_of(section).items() if one["refit"] is not None}
    found: dict[Options, int] = {}
    for _, cell in cells(section):
        key = tuple(option for option in cell if option in refitting)
        found[key] = found.get(key, 0) + 1
    return found


def universe(refit: Options) -> str:
    """Return the name of the scenario of a set of options; base for none.

    Examples
    --------
    >>> universe(()), universe(("reported", "lognormal"))
    ('base', 'multiverse_reported_lognormal')
    """
    return UNIVERSE + "_".join(refit) if refit else "base"


def universes(raw: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the scenarios that a study file's multiverse makes, each with what it replaces.

    Parameters
    ----------
    raw : mapping
        Content of study.yaml, perhaps with mistakes.

    Returns
    -------
    dict
        Name → sections as a scenario has them. None where section multiverse has a mistake,
        which is told when the whole file is checked, or asks for more fits than it allows.
    """
    given = raw.get("multiverse")
    try:
        checked = MultiverseSettings.model_validate(given)
    except ValidationError:
        return {}
    refits = refits_of(checked.model_dump())
    if len(refits) > checked.most_fits:
        return {}
    written = options_of(given)
    return {
        universe(refit): reduce(merge, (written[option]["refit"] for option in refit))
        for refit in refits
        if refit
    }


def fits(study: Study) -> list[Fit]:
    """Return the fits of a study's multiverse, that of the plan first; none without a section.

    Parameters
    ----------
    study : Study
        The study.

    Returns
    -------
    list of Fit
        Sets of options whose settings up to the model are equal share one. Where an analysis of
        the base case or of a declared scenario has these settings, the fit is that one.
    """
    section = study.base["multiverse"]
    if section is None:
        return []
    known: dict[str, tuple[str, str]] = {}
    for scenario in study.declared:
        for analysis in study.analyses(scenario):
            known.setdefault(_fitted(study, scenario, analysis), (scenario, analysis))
    shared: dict[tuple[str, str], list[tuple[Options, int]]] = {}
    for refit, count in refits_of(section).items():
        own = universe(refit), section["analysis"]
        # Declared first: cells of the plan stand on the fit that the report shows.
        one = own if not refit else known.setdefault(_fitted(study, *own), own)
        shared.setdefault(one, []).append((refit, count))
    found = [
        Fit(*one, tuple(refit for refit, _ in sets), sum(count for _, count in sets))
        for one, sets in shared.items()
    ]
    return sorted(found, key=lambda fit: () not in fit.refits)


def _fitted(study: Study, scenario: str, analysis: str) -> str:
    """Return all settings on which a fit rests, as text, whatever its analysis is called."""
    told = []
    for word in (*StudyFile.before("model"), "model"):
        which = analysis if word in StudyFile.per_analysis() else None
        one = stage_settings(study, scenario, word, which)
        if which is not None:
            one["analysis"] = {
                key: one["analysis"][key] for key in one["analysis"] if key != "name"
            }
        told.append(repr(one))
    return "".join(told)


def multiverse_settings(study: Study, scenario: str, analysis: str) -> dict[str, Any]:
    """Return what the cells of a multiverse read beside the draws of their fit.

    Parameters
    ----------
    study, scenario, analysis
        Of the fit, as for `stage_settings`.

    Returns
    -------
    dict
        ``study``, ``analysis`` of the fit, ``decision`` of the plan's analysis (what a
        comparison reads, and whether cost follows the effect) ``multiverse`` without
        its words, and ``fit`` with the fields of `Fit`.
    """
    section = study.base["multiverse"]
    plan = stage_settings(study, "base", "decision", section["analysis"])["decision"]
    words = ("thresholds", "interval", "population", "missing_not_at_random")
    kept = {word: plan[word] for word in words}
    own = stage_settings(study, scenario, "decision", analysis)
    section = {word: section[word] for word in section if word not in ("refitted", "new_fits")}
    mine = [
        fit._asdict() for fit in fits(study) if (fit.scenario, fit.analysis) == (scenario, analysis)
    ]
    return own | {"decision": kept, "multiverse": _without_words(section), "fit": mine[0]}


def _without_words(value: Any) -> Any:
    """Return settings of a multiverse without labels and reasons, in the order of the file."""
    words = ("label", "defensible", "reason")
    if not isinstance(value, dict):
        return [_without_words(one) for one in value] if isinstance(value, list) else value
    return {key: _without_words(one) for key, one in value.items() if key not in words}


def clashes(section: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Return pairs of options of different choices that replace the same thing differently.

    Parameters
    ----------
    section : mapping
        Settings ``multiverse``.

    Returns
    -------
    list of tuple
        Two options and what both replace; none for pairs that are excluded. Deltas on effect and
        cost of two choices add up, so that they do not clash.

    Examples
    --------
    >>> def option(value):
    ...     return {"refit": None, "prices": None, "missing": None, "threshold": value}
    >>> choices = {"a": {"options": {"a1": option(1.0)}}, "b": {"options": {"b1": option(2.0)}}}
    >>> clashes({"choices": choices, "excluded": []})
    [('a1', 'b1', 'threshold')]
    """
    excluded = [frozenset(one["options"]) for one in section["excluded"]]
    found = []
    for one, other in combinations(section["choices"].values(), 2):
        for (name, mine), (second, theirs) in product(
            one["options"].items(), other["options"].items()
        ):
            if any(pair <= {name, second} for pair in excluded):
                continue
            left, right = _replaced(mine), _replaced(theirs)
            both = [key for key in left if key in right and left[key] != right[key]]
            found += [(name, second, key) for key in both]
    return found


def _replaced(option: Mapping[str, Any]) -> dict[str, Any]:
    """Return what an option replaces, by dotted name."""
    found = {f"refit.{key}": value for key, value in _leaves(option["refit"] or {})}
    for word in ("prices", "threshold"):
        if option[word] is not None:
            found[word] = option[word]
    if option["missing"] is not None and option["missing"]["at_ceiling"] is not None:
        found["missing.at_ceiling"] = option["missing"]["at_ceiling"]
    return found


def _leaves(value: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    for key, item in value.items():
        if isinstance(item, dict):
            yield from _leaves(item, f"{before}{key}.")
        elif item is not None:
            yield f"{before}{key}", item
