"""Section ``synthesis``: which single assumptions are varied, alone and two at a time."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from trialbalance.settings.section import Section, setting
from trialbalance.settings.sections.study import Name

Pair = Annotated[list[Name], Field(min_length=2, max_length=2)]


class OneWaySettings(Section):
    """One assumption at its two ends, each a scenario that is run in full."""

    low: Name = setting(..., "Scenario at the low end.")
    high: Name = setting(..., "Scenario at the high end.")
    label: str = setting("", "Name of the assumption in the report.")
    low_value: float | None = setting(
        None, "Value at the low end, where the assumption is a number."
    )
    high_value: float | None = setting(None, "Value at the high end.")

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if self.low == self.high:
            raise ValueError(f"low and high are both {self.low}; name two scenarios")
        return self


class SynthesisSettings(Section):
    """How far the answer moves with single assumptions."""

    one_way: dict[Name, OneWaySettings] = setting(
        {},
        "One-way sensitivity beside the unit costs that have a range: assumption → the scenarios "
        "at its two ends, such as discount rates or horizons; `base` may be one of them.",
    )
    two_way: list[Pair] = setting(
        [],
        "Pairs of items whose unit costs are varied together over their ranges.",
    )

    @model_validator(mode="after")
    def _pairs_differ(self) -> Self:
        if same := [pair[0] for pair in self.two_way if pair[0] == pair[1]]:
            raise ValueError(f"two_way has {same[0]} with itself; name two items")
        return self
