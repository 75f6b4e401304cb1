"""Names that the parts of the stage model use and other sections declare."""

from collections.abc import Iterator
from typing import Any

# A setting, the name it holds, the names declared, and what they are.
Use = tuple[str, str, list[str], str]


def names_used(settings: dict[str, Any]) -> Iterator[Use]:
    """Yield every name that a part of the stage model uses.

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
    yield from _endpoints(settings)
    chosen = settings["model"]["observational"]
    place = "model.observational"
    if any(chosen[word] for word in ("outcomes", "exposures", "emulations")):
        yield from _people(settings, place, chosen)
    events = list((settings["outcomes"] or {}).get("endpoints", {}))
    for kind in ("exposures", "emulations"):
        for name, one in chosen[kind].items():
            yield f"{place}.{kind}.{name}.endpoint", one["endpoint"], events, "endpoint"
    effects = list((settings["outcomes"] or {}).get("effects", {}))
    outcomes = [*effects, *events, *settings["data"]["covariates"]]
    perspectives = list((settings["costs"] or {}).get("perspectives", {}))
    for name, one in chosen["outcomes"].items():
        where = f"{place}.outcomes.{name}"
        if one["outcome"]:
            yield f"{where}.outcome", one["outcome"], outcomes, "outcome"
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
    yield (
        f"{place}.population",
        one["population"],
        list(settings["data"]["populations"]),
        ("population"),
    )
    for column in one["covariates"]:
        yield f"{place}.covariates", column, columns, "covariate"
