"""Settings ``decision.price_scenarios``: named sets of other unit costs."""

from typing import Any, Literal, Self

from pydantic import Field, model_validator

from trialbalance.contracts.problems import Finding
from trialbalance.contracts.spelling import did_you_mean
from trialbalance.settings.sections.section import Section, setting
from trialbalance.settings.sections.study import Name

_WAYS = ("unit_costs", "range_end", "price_year", "price_index")


class PriceScenarioSettings(Section):
    """Other unit costs for what was used, in one of four ways."""

    title: str = setting(..., "Title of the scenario in the report.", min_length=1)
    unit_costs: dict[Name, float] = setting(
        {},
        "Unit costs instead, by item, from another source; an item not named keeps its own.",
        unit="currency per unit, at the study's price year",
    )
    range_end: Literal["low", "high"] | None = setting(
        None, "Puts every unit cost that has a range at that end of it."
    )
    price_year: str | None = Field(
        None,
        description="Values everything at the prices of this year, by the study's price index.",
        pattern=r"^[0-9]{4}(/[0-9]{2})?$",
    )

    price_index: str | None = setting(
        None,
        "Brings every price to the study's price year by this index instead of that of the base "
        "case: a csv file of the study, or the name of one in workflow/licensed/price_indices.",
        reference="decision 040",
    )

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        given = [word for word in _WAYS if getattr(self, word)]
        if len(given) != 1:
            raise ValueError(f"{' and '.join(given) or 'no price'} given; give one of "
                             f"{', '.join(_WAYS)}")  # fmt: skip
        if any(value < 0 for value in self.unit_costs.values()):
            raise ValueError("unit_costs has a value below 0; write 0 or more")
        return self


def price_findings(
    settings: dict[str, Any], file: str, lines: dict[str, int]
) -> list[Finding]:  # fmt: skip
    """Find price scenarios at a door without prices, with unknown items or without an index.

    Parameters
    ----------
    settings : dict
        Settled settings of one scenario.
    file : str
        The study file, as messages name it.
    lines : dict
        Dotted setting -> line.

    Returns
    -------
    list of Finding
        One a scenario or item.

    Examples
    --------
    >>> price_findings({"decision": {"price_scenarios": {}}, "analyses": {}}, "study.yaml", {})
    []
    """
    places = {"decision.price_scenarios": settings["decision"].get("price_scenarios") or {}}
    for name, analysis in settings["analyses"].items():
        own = (analysis.get("decision") or {}).get("price_scenarios") or {}
        places[f"analyses.{name}.decision.price_scenarios"] = own
    return [
        Finding(file, lines.get(f"{at}.{name}", lines.get(at)), f"{at}.{name}", *sentence)
        for at, plans in places.items()
        for name, chosen in plans.items()
        for sentence in _wrong(chosen, settings)
    ]


def _wrong(chosen: dict[str, Any], settings: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Return what is found, allowed and to be done about one price scenario."""
    door, costs = settings["data"]["door"], settings["costs"] or {}
    if door not in ("records", "scored"):
        allowed = "none, since nothing handed over there has prices"
        return [(f"prices, and data.door {door}", allowed, "remove it")]
    if chosen.get("price_year") and not costs.get("price_index"):
        remedy = "name one, or write unit_costs"
        return [("a price year, and no price index", "costs.price_index", remedy)]
    if chosen.get("price_index") and not costs.get("price_index"):
        remedy = "name the index of the base case there first"
        return [("another price index, and none in the base case", "costs.price_index", remedy)]
    items, found = list(costs.get("items", {})), []
    for item in chosen.get("unit_costs") or {}:
        if item not in items:
            remedy = did_you_mean(item, items, "use a declared item")
            found.append((item, ", ".join(items), remedy))
    return found
