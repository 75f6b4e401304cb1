"""Settings ``decision.missing_not_at_random``: what if the unobserved differ from the observed."""

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, field_validator, model_validator

from trialbalance.settings.section import Refused, Section, setting
from trialbalance.settings.sections.study import Name

_LEURENT = "Leurent 2018, doi 10.1007/s40273-018-0650-5"
_MASON = "Mason 2018, doi 10.1002/hec.3793"
_MOST_STEPS = 101


def _number_or_map(value: Any) -> Any:
    """Refuse what is neither, in one sentence: a union would say it twice."""
    numbers = value.values() if isinstance(value, dict) else [value]
    if any(isinstance(one, bool) or not isinstance(one, int | float) for one in numbers):
        raise Refused(f"{value!r}", "a number, or a map of arms to numbers")
    return value


ByArm = Annotated[float | dict[Name, float], BeforeValidator(_number_or_map)]


class DeltaSettings(Section):
    """One scenario of people whose data are missing: how they differ from what was fitted."""

    effect: ByArm = setting(
        0.0,
        "What is added to the mean effect over the horizon of people alive but unobserved: one "
        "number for every arm, or a map of arms to numbers; an arm not named keeps 0.",
        unit="unit of the effect",
        reference=_LEURENT,
    )
    cost_percent: ByArm = setting(
        0.0,
        "By how much the unobserved part of cost is higher, written like effect; -10 is a tenth "
        "lower.",
        unit="percent",
        reference="decision 010",
    )
    jump_to_reference: list[Literal["effect", "cost"]] = setting(
        [],
        "Outcomes for which the unobserved people of every arm have the mean of the comparator, "
        "given their own covariates; deltas come on top.",
        reference="Leurent 2020, doi 10.1002/hec.3963",
    )

    at_ceiling: ByArm | None = setting(
        None,
        "Share of the unobserved people who are at the ceiling, of those for whom it is possible, "
        "written like effect; an arm not named, and none, keep what the model says. Deltas come "
        "on top.",
        unit="proportion",
        reference="Gabrio 2019, doi 10.1002/sim.8045",
    )

    @model_validator(mode="after")
    def _possible(self) -> Self:
        _refuse_below(self.cost_percent, -100, "cost_percent", "percent from -100")
        shares = self.at_ceiling if isinstance(self.at_ceiling, dict) else {"": self.at_ceiling}
        for share in shares.values():
            if share is not None and not 0 <= share <= 1:
                raise Refused(f"{share:g}", "a share from 0 to 1", at="at_ceiling")
        if self.at_ceiling is not None and "effect" in self.jump_to_reference:
            raise Refused("beside jump_to_reference of the effect", "one of them", at="at_ceiling")
        return self


class MapSettings(Section):
    """The two-dimensional map: each arm against the comparator, each with its own delta."""

    effect_range: list[float] = setting(
        [-0.2, 0.2], "Lowest and highest delta on the effect.", unit="unit of the effect",
        min_length=2, max_length=2,
    )  # fmt: skip
    effect_step: float = setting(
        0.02, "Distance between deltas on the effect.", unit="unit of the effect", gt=0
    )
    cost_percent_range: list[float] = setting(
        [-30.0, 60.0], "Lowest and highest delta on cost.", unit="percent",
        min_length=2, max_length=2,
    )  # fmt: skip
    cost_percent_step: float = setting(
        5.0, "Distance between deltas on cost.", unit="percent", gt=0
    )

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        for word, step in (("effect_range", self.effect_step),
                           ("cost_percent_range", self.cost_percent_step)):  # fmt: skip
            low, high = getattr(self, word)
            if not low < high:
                raise Refused(f"{low:g} to {high:g}", "the lower end first", at=word)
            if (high - low) / step >= _MOST_STEPS:
                steps = f"{(high - low) / step:.0f} steps"
                raise Refused(steps, f"up to {_MOST_STEPS - 1}", at=word)
        _refuse_below(self.cost_percent_range[0], -100, "cost_percent_range", "percent from -100")
        return self


class DeltaPriorSettings(Section):
    """A prior on the deltas, for one averaged answer; elicited, or else assumed and said so."""

    effect_mean: ByArm = setting(
        0.0, "Mean of the delta on the effect.", unit="unit of the effect", reference=_MASON
    )
    effect_sd: ByArm = setting(0.0, "SD of the delta on the effect.", unit="unit of the effect")
    cost_percent_mean: ByArm = setting(0.0, "Mean of the delta on cost.", unit="percent")
    cost_percent_sd: ByArm = setting(0.0, "SD of the delta on cost.", unit="percent")
    correlation: float = setting(
        0.0,
        "Correlation of the deltas of any two arms: near 1 where people go missing for the same "
        "reasons in every arm.",
        ge=0,
        le=1,
        reference=_MASON,
    )

    @model_validator(mode="after")
    def _spread(self) -> Self:
        for name in ("effect_sd", "cost_percent_sd"):
            _refuse_below(getattr(self, name), 0, name, "0 or more")
        return self


def _refuse_below(value: ByArm, least: float, name: str, allowed: str) -> None:
    for number in value.values() if isinstance(value, dict) else [value]:
        if number < least:
            raise Refused(f"{number:g}", allowed, at=name)


def _shipped() -> dict[str, DeltaSettings]:
    """Return the scenarios of a study that asks for them and names none."""
    lower = {f"effect_lower_0_{cents:02d}": DeltaSettings(effect=-cents / 100)
             for cents in (2, 4, 6, 8, 10)}  # fmt: skip
    higher = {f"cost_higher_{percent}": DeltaSettings(cost_percent=percent)
              for percent in (10, 20, 30)}  # fmt: skip
    jump = {"jump_to_reference": DeltaSettings(jump_to_reference=["effect", "cost"])}
    return lower | higher | jump


class MissingSettings(Section):
    """How the answer changes if people whose data are missing differ from those observed."""

    scenarios: dict[Name, DeltaSettings] = setting(
        {},
        "Scenarios by name; when none is named: the effect lower by 0.02 to 0.10, cost higher by "
        "10 to 30 percent, and jump to reference, alike in every arm.",
    )
    map: MapSettings = setting(MapSettings(), "The two-dimensional map of deltas by arm.")
    prior: DeltaPriorSettings | None = setting(
        None, "A prior on the deltas, which gives one averaged answer and the worth of knowing it."
    )
    cost_follows_effect: bool = setting(
        False,
        "Whether a delta on the effect moves the cost of people who lack both, along the fitted "
        "slope of cost on effect.",
    )

    @field_validator("scenarios")
    @classmethod
    def _some(cls, value: dict[str, DeltaSettings]) -> dict[str, DeltaSettings]:
        return value or _shipped()


class SelectionSettings(Section):
    """A selection model: being unobserved depends on the outcome itself; it is refitted."""

    effect_scale: float = setting(
        0.0,
        "SD of the normal prior of the selection slope of the effect, for a case prior; 0 for "
        "none. Where outcomes are not normal the data then move the slope for that reason alone: "
        "look at selection_parameters before reading it.",
        unit="log-odds of being unobserved per SD of the effect",
        ge=0,
        reference="missingHE; standardised here (decision 021)",
    )
    cost_scale: float = setting(
        0.0,
        "The same of cost, in the same case prior.",
        unit="log-odds of being unobserved per SD of the cost that somebody lacks",
        ge=0,
    )
    effect_fixed: list[float] = setting(
        [-1.0, -0.5, 0.5, 1.0],
        "Selection slopes of the effect, each fitted as a case of its own; below 0 people with a "
        "better outcome are seen more often.",
        unit="log-odds per SD",
    )
    cost_fixed: list[float] = setting(
        [-0.5, 0.5], "Selection slopes of cost, each a case of its own.", unit="log-odds per SD"
    )
