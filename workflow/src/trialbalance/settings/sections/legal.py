"""Section ``legal``: under which law orders are made, and what its events take."""

from typing import Annotated

from pydantic import Field, model_validator

from trialbalance.settings.section import Refused, Section, setting
from trialbalance.settings.sections.study import Name

Quantity = Annotated[float, Field(gt=0)]


class LegalSettings(Section):
    """Under which law orders are made, and what its events take."""

    rule_set: str = setting(
        ...,
        "Name of the rule set: one that ships in workflow/resources/legal, or a YAML file of the "
        "study.",
        pattern=r"^[A-Za-z0-9_]+$",
    )
    inpatient_items: list[str] = setting(
        [], "Items of the occupancy episodes that count as a stay in hospital."
    )
    ask_at: list[Name] = setting(
        ["order_made"], "Events on whose day it is asked whether each criterion was met."
    )
    history_years: float | None = setting(
        None,
        "How far back stays and orders before the index date were recorded; beyond it too few are "
        "not evidenced instead of not met. Silent = without limit.",
        unit="years",
        ge=0,
    )
    resource_use: dict[Name, dict[str, Quantity]] = setting(
        {}, "What an event takes: event → item of section costs → quantity.", unit="units of item"
    )

    @model_validator(mode="after")
    def _agree(self):
        """Check that no event is asked at twice."""
        if len(set(self.ask_at)) < len(self.ask_at):
            raise Refused("an event twice", "each event once", at="ask_at")
        return self
