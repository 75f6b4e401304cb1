"""Which names a study uses that it must declare: by the tables of `declared`, and by condition."""

from collections.abc import Iterator
from typing import Any

from trialbalance.contracts.problems import Finding
from trialbalance.settings.checks.checked import Checked
from trialbalance.settings.checks.names.declared import (
    EVERYWHERE,
    OF_BASE,
    OF_PEOPLE,
    Use,
    declared,
    section_at,
    undeclared,
    uses,
)


def name_findings(checked: Checked) -> list[Finding]:
    """Return every name that one section uses and no section declares.

    Parameters
    ----------
    checked : Checked
        Settings of one scenario.

    Returns
    -------
    list of Finding
        One a name.
    """
    settings = checked.settings
    used = [*uses(settings, EVERYWHERE), *_delta_arms(settings)]
    if settings["data"]["door"] in ("records", "scored"):
        used += [*uses(settings, OF_PEOPLE), *names_used(settings)]
    if checked.scenario == "base":
        used += [*uses(settings, OF_BASE), *_ends(settings)]
    return undeclared(checked, used)


def names_used(settings: dict[str, Any]) -> Iterator[Use]:
    """Yield the names of which another setting decides what they may be.

    Parameters
    ----------
    settings : dict
        Settled settings of one scenario, at a door that hands over people.

    Yields
    ------
    Use

    Examples
    --------
    >>> settings = {"data": {"covariates": {"sex": {}}, "populations": {"all": {}}},
    ...     "outcomes": None, "analyses": {"one": {}}, "model": {"observational": {"outcomes": {},
    ...     "exposures": {}, "emulations": {}}, "endpoints": {"x": {"endpoint": "sex",
    ...     "kind": "binary", "population": "all", "covariates": ["age"], "groups": None}}}}
    >>> [(one.name, one.known) for one in names_used(settings)]
    [('age', ['site', 'sex']), ('sex', ['sex'])]
    """
    yield from _endpoints(settings)
    yield from _observational(settings, settings["model"]["observational"])
    if not settings["analyses"]:
        yield from _described(settings)


def _endpoints(settings: dict[str, Any]) -> Iterator[Use]:
    """Yield the names that models of endpoints use."""
    events, columns = declared(settings, "endpoint"), declared(settings, "covariate")
    for name, one in settings["model"]["endpoints"].items():
        place = f"model.endpoints.{name}"
        yield from _covariates(settings, place, one)
        known = events + (columns if one["kind"] in ("binary", "proportion") else [])
        yield Use(f"{place}.endpoint", one["endpoint"], known, "endpoint")
        if one["groups"]:
            yield Use(f"{place}.groups", one["groups"], ["arm", "site", *columns], "column")


def _observational(settings: dict[str, Any], chosen: dict[str, Any]) -> Iterator[Use]:
    """Yield the names that comparisons without randomisation use."""
    place = "model.observational"
    if any(chosen[word] for word in ("outcomes", "exposures", "emulations")):
        known = declared(settings, "population")
        yield Use(f"{place}.population", chosen["population"], known, "population")
        yield from _covariates(settings, place, chosen)
    outcomes = [*declared(settings, "outcome"), *declared(settings, "covariate")]
    measures = [*_scored(settings), *section_at(settings, "outcomes.measures_given")]
    for name, one in chosen["outcomes"].items():
        if one["outcome"]:
            known = measures if one["visit"] else outcomes
            yield Use(f"{place}.outcomes.{name}.outcome", one["outcome"], known, "outcome")


def _covariates(settings: dict[str, Any], place: str, one: dict[str, Any]) -> Iterator[Use]:
    """Yield the covariates of a model."""
    columns = ["site", *declared(settings, "covariate")]
    # An arm explains what groups do only where the groups are not the arms.
    columns += ["arm"] if one.get("by") else []
    for column in one["covariates"]:
        yield Use(f"{place}.covariates", column, columns, "covariate")


def _scored(settings: dict[str, Any]) -> list[str]:
    """Return the measures that questionnaires are scored into."""
    tools = section_at(settings, "outcomes.instruments").values()
    return [one["measure"] for one in tools if "measure" in one]


def _described(settings: dict[str, Any]) -> Iterator[Use]:
    """Yield the names that a study without analyses uses."""
    place, chosen = "dataset.describe", settings["dataset"]["describe"]
    known = declared(settings, "population")
    yield Use(f"{place}.population", chosen["population"], known, "population")
    columns = [*declared(settings, "covariate"), *known]
    for name in chosen["by"]:
        yield Use(f"{place}.by", name, columns, "column")
    gains = [*declared(settings, "outcome"), *columns, *_scored(settings)]
    for word in ("cost_per", "cost_per_additional"):
        for name in chosen[word]:
            yield Use(f"{place}.{word}", name, gains, "outcome, measure or column")


def _ends(settings: dict[str, Any]) -> Iterator[Use]:
    """Yield the scenarios at the two ends of every assumption that is varied alone."""
    known = ["base", *settings["scenarios"]]
    for name, ends in settings["synthesis"]["one_way"].items():
        for end in ("low", "high"):
            yield Use(f"synthesis.one_way.{name}.{end}", ends[end], known, "scenario")


def _delta_arms(settings: dict[str, Any]) -> Iterator[Use]:
    """Yield every arm that a delta for missing data names."""
    known = declared(settings, "arm")
    places = ["", *(f"analyses.{name}." for name in settings["analyses"])]
    for place in (f"{of}decision.missing_not_at_random" for of in places):
        section = section_at(settings, place)
        deltas = {f"{place}.scenarios.{name}": one
                  for name, one in (section.get("scenarios") or {}).items()}  # fmt: skip
        deltas[f"{place}.prior"] = section.get("prior") or {}
        for at, delta in deltas.items():
            for name, value in delta.items():
                for arm in value if isinstance(value, dict) else ():
                    yield Use(f"{at}.{name}.{arm}", arm, known, "arm")
