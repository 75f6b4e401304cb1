"""Names that outcomes and the parts of the stage model use and other sections declare."""

from collections.abc import Iterator
from typing import Any

# A setting, the name it holds, the names declared, and what they are.
Use = tuple[str, str, list[str], str]


def names_used(settings: dict[str, Any]) -> Iterator[Use]:
    """Yield every name that an outcome or a part of the stage model uses.

    Parameters
    ----------
    settings : dict
        Settled settings of one scenario.

    Yields
    ------
    tuple
        Dotted setting, name, declared names, and what they are.

    Examples
    --------
    >>> settings = {"data": {"covariates": {"sex": {}}, "populations": {"all": {}}},
    ...     "outcomes": None, "costs": None, "model": {"observational": {"outcomes": {},
    ...     "exposures": {}, "emulations": {}}, "endpoints": {"x": {"endpoint": "sex",
    ...     "kind": "binary", "population": "all", "covariates": [], "groups": None}}}}
    >>> [name for _, name, known, _ in names_used(settings)]
    ['all', 'sex']
    """
    for name, one in (settings["outcomes"] or {}).get("effects", {}).items():
        if one.get("among"):
            known = list(settings["data"]["populations"])
            yield f"outcomes.effects.{name}.among", one["among"], known, "population"
    for word in ("instruments", "measures_given"):
        for name, one in (settings["outcomes"] or {}).get(word, {}).items():
            known = list(settings["study"]["visits"])
            for visit in one.get("visits") or ():
                yield f"outcomes.{word}.{name}.visits", visit, known, "visit"
    yield from _endpoints(settings)
    chosen = settings["model"]["observational"]
    place = "model.observational"
    if any(chosen[word] for word in ("outcomes", "exposures", "emulations")):
        yield from _people(settings, place, chosen)
    events = list((settings["outcomes"] or {}).get("endpoints", {}))
    for kind in ("exposures", "emulations"):
        for name, one in chosen[kind].items():
            yield f"{place}.{kind}.{name}.endpoint", one["endpoint"], events, "endpoint"
    section, columns = settings["outcomes"] or {}, list(settings["data"]["covariates"])
    outcomes = [*section.get("effects", {}), *events, *columns]
    tools = [*section.get("instruments", {}).values()]
    measures = [one["measure"] for one in tools if "measure" in one]
    measures += section.get("measures_given", {})
    if chosen.get("by"):
        yield f"{place}.by", chosen["by"], columns, "covariate"
    perspectives = list((settings["costs"] or {}).get("perspectives", {}))
    for name, one in chosen["outcomes"].items():
        where = f"{place}.outcomes.{name}"
        if one["outcome"]:
            known = measures if one["visit"] else outcomes
            yield f"{where}.outcome", one["outcome"], known, "outcome"
        if one["visit"]:
            yield f"{where}.visit", one["visit"], list(settings["study"]["visits"]), "visit"
        if one["perspective"]:
            yield f"{where}.perspective", one["perspective"], perspectives, "perspective"


def _endpoints(settings: dict[str, Any]) -> Iterator[Use]:
    """Yield the names that models of endpoints use."""
    events = list((settings["outcomes"] or {}).get("endpoints", {}))
    columns = list(settings["data"]["covariates"])
    for name, one in settings["model"]["endpoints"].items():
        place = f"model.endpoints.{name}"
        yield from _people(settings, place, one)
        known = events + (columns if one["kind"] in ("binary", "proportion") else [])
        yield f"{place}.endpoint", one["endpoint"], known, "endpoint"
        if one["groups"]:
            yield f"{place}.groups", one["groups"], ["arm", "site", *columns], "column"


def _people(settings: dict[str, Any], place: str, one: dict[str, Any]) -> Iterator[Use]:
    """Yield the population and the covariates of a model."""
    columns = ["site", *settings["data"]["covariates"]]
    # An arm explains what groups do only where the groups are not the arms.
    columns += ["arm"] if one.get("by") else []
    yield (
        f"{place}.population",
        one["population"],
        list(settings["data"]["populations"]),
        ("population"),
    )
    for column in one["covariates"]:
        yield f"{place}.covariates", column, columns, "covariate"
