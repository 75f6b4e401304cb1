"""Settings of the distributional view: the groups of a population and the dislike of inequality."""

from typing import Literal, Self

from pydantic import model_validator

from trialbalance.settings.section import Section, setting
from trialbalance.settings.study import Name


class GroupSettings(Section):
    """One group of the population."""

    share: float = setting(..., "Share of the group in the population.", gt=0, le=1)
    baseline_health: float = setting(
        ...,
        "Health that a member has without the decision, such as quality-adjusted life expectancy.",
        unit="units of the outcome",
        gt=0,
    )
    label: str = setting("", "Name of the group in the report.")


class DistributionSettings(Section):
    """Who gains and who loses, and what that is worth to someone who dislikes inequality."""

    groups: dict[Name, GroupSettings] = setting(
        ..., "Groups by name, as in the draws by group; their shares add up to 1.", min_length=2
    )
    inequality_aversion: list[float] = setting(
        [0.0, 1.0, 5.0, 10.0],
        "Values of Atkinson's inequality aversion to show: 0 counts all health alike, a large "
        "value the worst off only. None of them is a recommendation.",
        reference="Atkinson 1970, doi 10.1016/0022-0531(70)90039-6",
        min_length=1,
    )
    opportunity_cost: Literal["shared", "own"] = setting(
        "shared",
        "Who forgoes the health that the cost would have bought: everyone alike, or the group "
        "whose cost it is.",
    )

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        total = sum(group.share for group in self.groups.values())
        if abs(total - 1) > 0.001:
            raise ValueError(f"groups have shares that add up to {total:g}; allowed: 1")
        if any(value < 0 for value in self.inequality_aversion):
            raise ValueError("inequality_aversion has a value below 0; write 0 or more")
        return self
