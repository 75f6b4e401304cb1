"""Section ``decision``: thresholds, intervals and what more information could be worth."""

from typing import Any, Literal, Self

from pydantic import field_validator, model_validator

from trialbalance.settings.checks.price_scenarios import PriceScenarioSettings
from trialbalance.settings.section import Section, setting
from trialbalance.settings.sections.modelling.missing_not_at_random import MissingSettings
from trialbalance.settings.sections.study import Name


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


# NICE's marked values: its former standard range and the one in force since March 2026.
_NICE = "NICE, Changes to NICE's cost-effectiveness thresholds, 2026 (decisions 019 and 020)"
_NICE_PAYER = "National Institute for Health and Care Excellence, for the NHS"
_QALY_THRESHOLDS = [20000.0, 25000.0, 30000.0, 35000.0]
_MOST_THRESHOLDS = 20001


class ThresholdSettings(Section):
    """What one unit of an outcome may cost."""

    marked: list[float] = setting(
        [],
        "Thresholds that stand in every table and are marked in every figure.",
        unit="currency per unit of the outcome",
        reference=_NICE,
    )
    primary: float | None = setting(
        None,
        "Threshold of the verdict, one of those marked; blank for an outcome that has none.",
        unit="currency per unit of the outcome",
        ge=0,
    )
    range: list[float] = setting(
        [0.0, 100000.0],
        "Lowest and highest threshold of the curves.",
        unit="currency per unit of the outcome",
        min_length=2,
        max_length=2,
    )
    step: float = setting(
        200.0, "Distance between thresholds.", unit="currency per unit of the outcome", gt=0
    )
    exploratory: bool = setting(
        False,
        "Whether no threshold is accepted for the outcome: curves are labelled so, and neither a "
        "verdict nor a population value is given.",
        reference="decision 019",
    )
    unit: str | None = setting(None, "Unit of a threshold in words, such as GBP per QALY.")
    payer: str | None = setting(
        None,
        "Who pays that much for a unit, in words; thresholds belong to a currency and a payer. "
        "Silent, those of NICE are named as such and others as thresholds of the study's own.",
        reference="decision 042",
    )

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        low, high = self.range
        wrong = []
        if not 0 <= low < high:
            wrong.append(f"range goes from {low:g} to {high:g}; write the lower end, from 0, first")
        elif (high - low) / self.step > _MOST_THRESHOLDS:
            wrong.append(f"step {self.step:g} makes over 20,000 thresholds; write a longer step")
        if any(value < 0 for value in self.marked):
            wrong.append("marked has a threshold below 0; thresholds are 0 or more")
        if self.primary is not None and self.primary not in self.marked:
            wrong.append(f"primary {self.primary:g} is not marked; add it to marked")
        if self.exploratory and (self.marked or self.primary is not None):
            wrong.append(
                "exploratory is true, so no threshold is accepted: leave marked and primary out, "
                "or write exploratory: false beside them"
            )
        if wrong:
            raise ValueError("; ".join(wrong))
        return self


class PopulationSettings(Section):
    """For whom the decision is taken."""

    incidence: float | None = setting(
        None,
        "People a year for whom the decision is taken; without it no population value is given.",
        unit="people per year",
        gt=0,
    )
    years: float = setting(
        10.0,
        "Years for which the decision stands before something else replaces it.",
        unit="years",
        gt=0,
        le=100,
    )
    discount_rate: float = setting(
        0.035, "Yearly rate for people treated later.", unit="per year", ge=0, le=0.2
    )
    uptake: float = setting(
        1.0, "Share of those people whom the decision reaches.", unit="proportion", gt=0, le=1
    )


class SamplingSettings(Section):
    """A new trial of two arms whose worth is asked for."""

    sizes: list[int] = setting(
        [50, 100, 200, 400, 800, 1600],
        "Participants per arm at which the new trial is valued.",
        unit="participants per arm",
        min_length=1,
    )
    arms: list[str] = setting(
        [], "The two arms of the new trial; those of the study when it has two.", max_length=2
    )
    dropout: float = setting(
        0.0, "Share of participants without an outcome.", unit="proportion", ge=0, lt=1
    )
    fixed_cost: float = setting(0.0, "Cost of the trial whatever its size.", unit="currency", ge=0)
    cost_per_participant: float = setting(
        0.0, "Cost of the trial for each participant.", unit="currency per participant", ge=0
    )
    recruited_per_year: float | None = setting(
        None,
        "Participants recruited a year, both arms; with none the recruitment takes no time.",
        unit="participants per year",
        gt=0,
    )
    years_after_recruitment: float = setting(
        0.0, "Years from the last recruit to a changed decision.", unit="years", ge=0
    )

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if any(size < 2 for size in self.sizes):
            raise ValueError("sizes has fewer than 2 participants per arm; write 2 or more")
        if len(self.arms) == 1 or len(set(self.arms)) != len(self.arms):
            raise ValueError("arms of a new trial are two different arms; name two or none")
        return self


def _qaly() -> dict[str, Any]:
    return {
        "marked": list(_QALY_THRESHOLDS),
        "primary": 25000.0,
        "unit": "currency per QALY",
        "payer": _NICE_PAYER,
    }


class DecisionSettings(Section):
    """Thresholds, intervals and what more information could be worth."""

    thresholds: dict[str, ThresholdSettings] = setting(
        {"qaly": _qaly()},
        "Thresholds by outcome. For QALYs the primary one is 25,000, which stands in NICE's former "
        "range and is the lower end of the present one, so the verdict holds under both. An "
        "outcome that is not named is explored over the range 0 to 100,000, without a verdict.",
        reference=_NICE,
    )
    interval: float = setting(
        0.95, "Probability inside printed intervals.", unit="proportion", gt=0, lt=1
    )
    population: PopulationSettings = setting({}, "For whom the decision is taken.")
    parameter_groups: dict[str, list[str]] = setting(
        {},
        "Groups of parameters whose partial information is valued: group → columns of the "
        "parameter draws. The arms' mean costs and effects are valued without being named.",
    )
    price_scenarios: dict[str, PriceScenarioSettings] = setting(
        {},
        "Scenarios of other prices, recomputed without a refit from what each item cost.",
        reference="decisions 013 and 030",
    )
    distribution: DistributionSettings | None = setting(
        None, "Groups of the population for the distributional view; blank for none."
    )
    sampling: SamplingSettings | None = setting(
        None, "A new trial whose worth is asked for; blank for none."
    )
    missing_not_at_random: MissingSettings | None = setting(
        None,
        "How the answer changes if people whose data are missing differ from those observed; "
        "none asks nothing, an empty map asks for the scenarios and the map that ship here.",
    )

    @field_validator("thresholds", mode="before")
    @classmethod
    def _qaly_stays(cls, value: Any) -> Any:
        # A study that declares thresholds for another outcome keeps those for QALYs, and one
        # that changes only the step keeps the marked values.
        if not isinstance(value, dict) or not isinstance(value.get("qaly", {}), dict):
            return value
        given = value.get("qaly", {})
        if given.get("exploratory"):
            return value
        merged = {**_qaly(), **given}
        if "payer" not in given and given.get("primary", 25000.0) not in _QALY_THRESHOLDS:
            # A verdict at a threshold of the study's own is none of NICE's.
            merged["payer"] = None
        # All four standard values are in every table of QALYs, whatever else is marked.
        if isinstance(merged["marked"], list):
            marked = merged["marked"]
            merged["marked"] = marked + [one for one in _QALY_THRESHOLDS if one not in marked]
        return {**value, "qaly": merged}
