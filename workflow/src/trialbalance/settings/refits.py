"""Cells of a multiverse that are refitted as proof, and the fits that are made for them."""

from collections.abc import Mapping
from functools import reduce
from random import Random
from typing import Any, NamedTuple

from pydantic import ValidationError

from trialbalance.settings.resolve import Study, merge
from trialbalance.settings.sections.multiverse import MultiverseSettings
from trialbalance.settings.sections.study import StudySettings
from trialbalance.settings.universes import REFIT, Options, cells, options_of, universe

Cell = tuple[int, Options]


class Refit(NamedTuple):
    """One fit that is made for proof alone.

    Parameters
    ----------
    scenario, analysis : str
        Whose fit it is.
    options : tuple of str
        Options that it lays over the study: those that refit, and the prices.
    cells : tuple of tuple
        Number and options of each cell that is worked out on it.
    """

    scenario: str
    analysis: str
    options: Options
    cells: tuple[Cell, ...]


def drawn_refits(section: Mapping[str, Any], seed: int) -> dict[Options, list[Cell]]:
    """Return the cells to refit, by the options that a fit of their own needs.

    Parameters
    ----------
    section : mapping
        Settings ``multiverse``; ``refitted`` cells on at most ``new_fits`` fits.
    seed : int
        Root seed of the study.

    Returns
    -------
    dict
        Options that refit or set prices → number and options of each cell, ascending.

    Notes
    -----
    Cells are put in random order. The fits of the first ``refitted`` cells are made, in that
    order and up to ``new_fits``; refitted are the first cells that stand on one of them. With
    as many fits as cells this is a plain draw without replacement.

    Examples
    --------
    >>> none = {"refit": None, "prices": None}
    >>> choices = {"a": {"options": {"a1": none, "a2": none | {"refit": {}}}},
    ...            "b": {"options": {"b1": none, "b2": none}}}
    >>> section = {"choices": choices, "excluded": [], "refitted": 2, "new_fits": 1}
    >>> len(drawn_refits(section, 1)), sum(map(len, drawn_refits(section, 1).values()))
    (1, 2)
    """
    every, order = options_of(section), list(cells(section))
    Random(f"{seed} multiverse refitted").shuffle(order)
    own = {name for name, one in every.items() if one["refit"] is not None or one["prices"]}

    def needs(cell: Options) -> Options:
        return tuple(option for option in cell if option in own)

    found: dict[Options, list[Cell]] = {
        key: []
        for key in list(dict.fromkeys(needs(cell) for _, cell in order[: section["refitted"]]))[
            : section["new_fits"]
        ]
    }
    chosen = [one for one in order if needs(one[1]) in found][: section["refitted"]]
    for one in sorted(chosen):
        found[needs(one[1])].append(one)
    return found


def refit_scenarios(raw: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the scenarios that are fitted for proof, each with what it replaces.

    Parameters
    ----------
    raw : mapping
        Content of study.yaml, perhaps with mistakes.

    Returns
    -------
    dict
        Name → sections as a scenario has them. None where section multiverse has a mistake, which
        is told elsewhere, or where draws are handed over.
    """
    given, data, study = (raw.get(word) for word in ("multiverse", "data", "study"))
    try:
        section = MultiverseSettings.model_validate(given).model_dump()
    except ValidationError:
        return {}
    if isinstance(data, dict) and data.get("door") == "draws":
        return {}
    seed = study.get("seed") if isinstance(study, dict) else None
    seed = seed if isinstance(seed, int) else StudySettings.model_fields["seed"].default
    written = options_of(given)
    return {
        _name(options, section): reduce(
            merge, (_laid(written[one], every) for one, every in _with(options, section)), _ANEW
        )
        for options in drawn_refits(section, seed)
    }


# Other random numbers than those of the fit that is put to the proof.
_ANEW = {"model": {"repetition": 1}}


def _with(options: Options, section: Mapping[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    every = options_of(section)
    return [(one, every[one]) for one in options]


def _laid(written: Mapping[str, Any], option: Mapping[str, Any]) -> dict[str, Any]:
    """Return the sections that an option replaces when its records are valued and fitted anew."""
    refit = {} if option["refit"] is None else written["refit"]
    prices = option["prices"]
    if prices is None:
        return refit
    if prices["price_year"]:
        return merge(refit, {"costs": {"price_year": prices["price_year"]}})
    other = {word: prices[word] for word in ("unit_costs", "range_end") if prices[word]}
    return merge(refit, {"costs": {"other_prices": other}})


def _name(options: Options, section: Mapping[str, Any]) -> str:
    """Return the name of the scenario that is fitted for some options."""
    refit = tuple(one for one, every in _with(options, section) if every["refit"] is not None)
    prices = [one for one in options if one not in refit]
    return REFIT + "_".join([universe(refit), *prices])


def refits(study: Study) -> list[Refit]:
    """Return the fits that are made for proof, in the order of the draw.

    Parameters
    ----------
    study : Study
        The study.

    Returns
    -------
    list of Refit
        None without a multiverse, where ``refitted`` or ``new_fits`` is 0, or where draws are
        handed over.
    """
    section = study.base["multiverse"]
    if section is None or study.base["data"]["door"] == "draws":
        return []
    drawn = drawn_refits(section, study.base["study"]["seed"])
    return [
        Refit(_name(options, section), section["analysis"], options, tuple(mine))
        for options, mine in drawn.items()
    ]
