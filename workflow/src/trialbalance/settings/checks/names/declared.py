"""Names that one setting uses and another must declare: who uses what, as a table."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from trialbalance.contracts.problems import Finding
from trialbalance.contracts.spelling import did_you_mean
from trialbalance.settings.checks.checked import Checked

# What may be named -> the settings whose entries declare it.
DECLARED = {
    "analysis": ("analyses",),
    "arm": ("study.arms",),
    "covariate": ("data.covariates",),
    "endpoint": ("outcomes.endpoints",),
    "item": ("costs.items",),
    "outcome": ("outcomes.effects", "outcomes.endpoints"),
    "perspective": ("costs.perspectives",),
    "population": ("data.populations",),
    "visit": ("study.visits",),
}
# Setting -> what it names; * stands for every entry. At doors that hand over people:
OF_PEOPLE = {
    "analyses.*.population": "population",
    "analyses.*.perspective": "perspective",
    "analyses.*.outcome": "outcome",
    "outcomes.effects.*.among": "population",
    "outcomes.instruments.*.visits": "visit",
    "outcomes.measures_given.*.visits": "visit",
    "model.endpoints.*.population": "population",
    "model.observational.exposures.*.endpoint": "endpoint",
    "model.observational.emulations.*.endpoint": "endpoint",
    "model.observational.by": "covariate",
    "model.observational.outcomes.*.perspective": "perspective",
    "model.observational.outcomes.*.visit": "visit",
}
# At every door; a scenario's own settings list no scenarios, so these are held once, in base.
EVERYWHERE = {"scenarios.*.analyses": "analysis"}
OF_BASE = {"synthesis.two_way": "item"}


@dataclass(frozen=True)
class Use:
    """A name that a setting uses.

    Parameters
    ----------
    place : str
        Dotted setting.
    name : str
        The name.
    known : list of str
        Names that are declared.
    what : str
        What they are, in a word.
    otherwise : str
        Remedy where no declared name is near; blank for the usual one.
    """

    place: str
    name: str
    known: list[str]
    what: str
    otherwise: str = ""


def section_at(settings: dict[str, Any], dotted: str) -> dict[str, Any]:
    """Return the map at a setting; empty where the study is silent.

    Examples
    --------
    >>> section_at({"costs": None}, "costs.items")
    {}
    """
    here: Any = settings
    for word in dotted.split("."):
        here = (here or {}).get(word)
    return here or {}


def declared(settings: dict[str, Any], what: str) -> list[str]:
    """Return the names of a kind that a study declares.

    Parameters
    ----------
    settings : dict
        Settled settings of one scenario.
    what : str
        Kind of thing, as in ``DECLARED``.

    Returns
    -------
    list of str

    Examples
    --------
    >>> declared({"outcomes": {"effects": {"qaly": {}}, "endpoints": {"stay": {}}}}, "outcome")
    ['qaly', 'stay']
    """
    return [name for place in DECLARED[what] for name in section_at(settings, place)]


def uses(settings: dict[str, Any], table: dict[str, str]) -> Iterator[Use]:
    """Yield every name that the settings of a table use.

    Parameters
    ----------
    settings : dict
        Settled settings of one scenario.
    table : dict
        Setting, with * for every entry of a map -> kind of thing.

    Yields
    ------
    Use

    Examples
    --------
    >>> settings = {"analyses": {"one": {"population": "al"}}, "data": {"populations": {"all": 1}}}
    >>> [(one.place, one.name) for one in uses(settings, {"analyses.*.population": "population"})]
    [('analyses.one.population', 'al')]
    """
    for pattern, what in table.items():
        known = declared(settings, what)
        for place, name in _named(settings, pattern.split(".")):
            yield Use(place, name, known, what)


def _named(here: Any, words: list[str], at: str = "") -> Iterator[tuple[str, str]]:
    """Yield every name below a setting, with its place; a list's entries have the list's place."""
    if not here:
        return
    if not words:
        for name in here if isinstance(here, list) else [here]:
            if isinstance(name, list):
                yield from _named(name, [], at)
            else:
                yield at, name
        return
    first, *rest = words
    for word in here if first == "*" else [first]:
        yield from _named(here.get(word), rest, f"{at}.{word}".strip("."))


def undeclared(checked: Checked, used: Iterable[Use]) -> list[Finding]:
    """Return a finding for each name that nothing declares.

    Parameters
    ----------
    checked : Checked
        Settings of one scenario.
    used : iterable of Use
        The names used.

    Returns
    -------
    list of Finding
        One a name, with the declared ones and the nearest of them.

    Examples
    --------
    >>> from pathlib import Path
    >>> use = Use("analyses.one.outcome", "qualy", ["qaly"], "outcome")
    >>> undeclared(Checked({}, Path("study.yaml"), {}), [use])[0].sentence()
    'study.yaml, setting analyses.one.outcome: found qualy; allowed: qaly; did you mean qaly?.'
    """
    return [
        checked.finding(
            checked.place(one.place),
            one.name,
            ", ".join(one.known) or f"no {one.what} is declared",
            did_you_mean(one.name, one.known, one.otherwise or f"use a declared {one.what}"),
        )
        for one in used
        if one.name not in one.known
    ]
