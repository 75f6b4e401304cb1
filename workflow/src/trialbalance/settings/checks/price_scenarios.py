"""Settings ``decision.price_scenarios``: named sets of other unit costs."""

from typing import Any, Literal, Self

from pydantic import Field, model_validator

from trialbalance.contracts.problems import Finding
from trialbalance.contracts.spelling import did_you_mean
from trialbalance.settings.checks.checked import Checked
from trialbalance.settings.section import Section, setting
from trialbalance.settings.sections.study import Name

_WAYS = ("unit_costs", "range_end", "price_year", "price_index")


class UnitCostSettings(Section):
    """Other unit costs for what was used, in one of two ways."""

    unit_costs: dict[Name, float] = setting(
        {},
        "Unit costs instead, by item, from another source; an item not named keeps its own.",
        unit="currency per unit, at the study's price year",
    )
    range_end: Literal["low", "high"] | None = setting(
        None, "Puts every unit cost that has a range at that end of it."
    )

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        ways = [word for word in _WAYS if word in type(self).model_fields]
        given = [word for word in ways if getattr(self, word)]
        if len(given) != 1:
            raise ValueError(f"{' and '.join(given) or 'no price'} given; give one of "
                             f"{', '.join(ways)}")  # fmt: skip
        if any(value < 0 for value in self.unit_costs.values()):
            raise ValueError("unit_costs has a value below 0; write 0 or more")
        return self


class PriceSettings(UnitCostSettings):
    """Other unit costs for what was used, in one of three ways."""

    price_year: str | None = Field(
        None,
        description="Values everything at the prices of this year, by the study's price index.",
        pattern=r"^[0-9]{4}(/[0-9]{2})?$",
    )


class PriceScenarioSettings(PriceSettings):
    """Other unit costs under a name, in one of four ways."""

    title: str = setting(..., "Title of the scenario in the report.", min_length=1)
    price_index: str | None = setting(
        None,
        "Brings every price to the study's price year by this index instead of that of the base "
        "case: a csv file of the study, or the name of one in workflow/licensed/price_indices.",
        reference="decision 040",
    )


def price_findings(checked: Checked) -> list[Finding]:
    """Find price scenarios at a door without prices, with unknown items or without an index.

    Parameters
    ----------
    checked : Checked
        Settings of one scenario.

    Returns
    -------
    list of Finding
        One a scenario or item.

    Examples
    --------
    >>> from pathlib import Path
    >>> settings = {"data": {"door": "totals"}, "costs": None, "analyses": {}, "decision":
    ...     {"price_scenarios": {"cheap": {"unit_costs": {"bed": 300.0}}}}}
    >>> price_findings(Checked(settings, Path("study.yaml"), {}))[0].found
    'prices, and data.door totals'
    """
    settings = checked.settings
    places = {"decision.price_scenarios": settings["decision"].get("price_scenarios") or {}}
    for name, analysis in settings["analyses"].items():
        own = (analysis.get("decision") or {}).get("price_scenarios") or {}
        places[f"analyses.{name}.decision.price_scenarios"] = own
    return _other_prices(checked) + [
        checked.finding(f"{at}.{name}", *sentence, around=(at,))
        for at, plans in places.items()
        for name, chosen in plans.items()
        for sentence in wrong_prices(chosen, settings)
    ]


def _other_prices(checked: Checked) -> list[Finding]:
    """Find other prices in the base case, whose prices stand in their file, or unknown items."""
    at = checked.place("costs.other_prices")
    chosen = (checked.settings["costs"] or {}).get("other_prices")
    # Of scenarios that a multiverse makes no line says anything: its own options are judged.
    if chosen is None or at not in checked.lines:
        return []
    told = wrong_prices(chosen, checked.settings)
    if checked.scenario == "base":
        remedy = "write them into the file of unit costs, or move them into a scenario"
        told = [("other prices, and the base case", "those of a scenario", remedy), *told]
    return [checked.finding(at, *sentence) for sentence in told]


def wrong_prices(chosen: dict[str, Any], settings: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Return what is found, allowed and to be done about one set of prices.

    Parameters
    ----------
    chosen : dict
        Settled `PriceSettings`.
    settings : dict
        Settled settings of one scenario.

    Returns
    -------
    list of tuple of str
        None where the study can value what was used at these prices.

    Examples
    --------
    >>> wrong_prices({"range_end": "low"}, {"data": {"door": "draws"}, "costs": None})[0][0]
    'prices, and data.door draws'
    """
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
