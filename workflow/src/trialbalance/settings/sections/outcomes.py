"""Section ``outcomes``: how questionnaires and events are scored and added up over time."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from trialbalance.settings.section import Refused, Section, setting
from trialbalance.settings.sections.study import Name

Range = Annotated[list[float], Field(min_length=2, max_length=2)]


def _rising(name: str, pair: list[float] | None) -> None:
    """Refuse a range whose end is not above its start."""
    if pair is not None and not pair[0] < pair[1]:
        raise Refused(f"{pair}", "the lower number first", at=name)


class ValueSetInstrument(Section):
    """A questionnaire whose answers are valued as a whole profile, such as EQ-5D."""

    kind: Literal["value_set"] = setting(..., "Scored by a value set.")
    value_set: str = setting(
        ...,
        "Name of the value set: a table in the resources, or a file of the study.",
        pattern=r"^[A-Za-z0-9_]+$",
    )
    measure: Name = setting(..., "Name of the scored measure.")
    items: list[str] = setting(
        [],
        "Item names in the order of the value set's dimensions, or of the digits of its profiles; "
        "empty when the value set names them so itself.",
    )
    levels: dict[str, int] = setting(
        {},
        "Highest level of each dimension, where they differ, as those of SF-6D do; without it, a "
        "dimension that stops short of the others is refused.",
    )
    sex: str = setting(
        "sex", "Column of the participants' sex, for a value set that differs by sex."
    )
    age: str = setting(
        "age", "Column of their age at entry in years, for a value set that differs by age."
    )
    sha256: str | None = setting(
        None,
        "Digest of the value set's file; any other file of that name is refused. The report names "
        "the digest of the file used in any case.",
        reference="decision 041",
        pattern=r"^[0-9a-f]{64}$",
    )
    citation: str = setting(
        "", "Where the value set is published; one that ships here is cited without it."
    )
    standing: str = setting(
        "",
        "Whether payers have adopted the value set, in words, such as proposed, not adopted; one "
        "that ships here brings its own.",
        reference="decision 042",
    )
    visits: list[Name] = setting(
        [],
        "Visits at which it was planned; empty when it was planned at every visit. What was not "
        "planned is not missing.",
        reference="decision 043",
    )
    label: str = setting("", "Name of the questionnaire in the report.")


class MissingItems(Section):
    """What happens when single items of a questionnaire were left blank."""

    up_to: int = setting(
        0, "Largest number of blank items replaced by the mean of the answered; 0 = none.", ge=0
    )


class SumScoreInstrument(Section):
    """A questionnaire whose items are added up with equal weights."""

    kind: Literal["sum_score"] = setting(..., "Scored by the sum of its items.")
    questionnaire: str = setting(
        "",
        "Questionnaire in the responses of which this is one scale; empty when the answers carry "
        "this instrument's own name.",
    )
    measure: Name = setting(..., "Name of the scored measure.")
    items: list[str] = setting(..., "Item names, each rated from 1 to `levels`.", min_length=1)
    levels: int = setting(..., "Highest level of an item; the lowest is 1.", ge=2, le=100)
    reversed: list[str] = setting(
        [], "Items on which a high level is bad; they are turned before adding up."
    )
    scale: Range = setting(
        [0.0, 1.0], "Measure at the lowest and at the highest possible sum; 0 to 1 for life years."
    )
    missing_items: MissingItems = setting({}, "What happens to single blank items.")
    visits: list[Name] = setting(
        [],
        "Visits at which it was planned; empty when it was planned at every visit. What was not "
        "planned is not missing.",
        reference="decision 043",
    )
    label: str = setting("", "Name of the questionnaire in the report.")

    @model_validator(mode="after")
    def _agree(self):
        """Check that reversed items exist, that no item is named twice and that the scale rises."""
        if unknown := [item for item in self.reversed if item not in self.items]:
            raise Refused(", ".join(unknown), "names among items", at="reversed")
        if len(set(self.items)) < len(self.items):
            raise Refused("a name twice", "each item once", at="items")
        if self.missing_items.up_to >= len(self.items):
            raise Refused(
                f"{self.missing_items.up_to}",
                f"fewer than the {len(self.items)} items",
                at="missing_items.up_to",
            )
        _rising("scale", self.scale)
        return self


class UnscoredInstrument(Section):
    """A questionnaire whose completion is counted and whose answers are not scored."""

    kind: Literal["unscored"] = setting(..., "Counted, not scored.")
    visits: list[Name] = setting(
        [],
        "Visits at which it was planned; empty when it was planned at every visit. What was not "
        "planned is not missing.",
        reference="decision 043",
    )
    label: str = setting("", "Name of the questionnaire in the report.")


Instrument = Annotated[
    ValueSetInstrument | SumScoreInstrument | UnscoredInstrument, Field(discriminator="kind")
]


class GivenMeasure(Section):
    """A measure that the study hands over already scored."""

    ceiling: float | None = setting(
        None,
        "Value that only the best profile can have, if there is one; silent when the profile is "
        "unknown, and then nobody is said to be at the ceiling.",
    )
    range: Range | None = setting(None, "Lowest and highest value the measure can take.")
    visits: list[Name] = setting(
        [],
        "Visits at which it was planned; empty when it was planned at every visit. What was not "
        "planned is not missing.",
        reference="decision 043",
    )
    label: str = setting("", "Name of the measure in the report.")

    @model_validator(mode="after")
    def _agree(self):
        """Check that the range rises."""
        _rising("range", self.range)
        return self


class AreaEffect(Section):
    """An outcome that is the area under a measure's curve over the horizon, in years."""

    kind: Literal["area_under_curve"] = setting(..., "Area under the curve of a measure.")
    measure: Name = setting(..., "Measure whose curve is taken; death counts as 0 on its scale.")
    label: str = setting("", "Name of the outcome in the report.")
    unit: str = setting("years", "Unit of the outcome in the report, such as QALYs.")
    range: Range | None = setting(
        None, "Lowest and highest value one participant can have; others are an error."
    )

    @model_validator(mode="after")
    def _agree(self):
        """Check that the range rises."""
        _rising("range", self.range)
        return self


class EventEffect(Section):
    """An outcome that is 1 or 0: an endpoint happened, or was avoided."""

    kind: Literal["event"] = setting(..., "An endpoint that happens or does not.")
    endpoint: Name = setting(..., "Endpoint counted.")
    count: Literal["occurred", "avoided"] = setting(
        "occurred", "Whether 1 means that it occurred or that it was avoided."
    )
    label: str = setting("", "Name of the outcome in the report.")
    unit: str = setting("participants", "Unit of the outcome in the report.")


class FreeTimeEffect(Section):
    """An outcome that is time: discounted years alive and free of an endpoint's events."""

    kind: Literal["free_time"] = setting(..., "Years alive and free of an endpoint's events.")
    endpoint: Name = setting(
        ...,
        "Endpoint whose events are taken out: nights in a bed leave years in the community, gaps "
        "leave years in contact.",
    )
    among: Name | None = setting(
        None,
        "Population whose time is known; that of the others is blank. Silent = everyone's.",
    )
    label: str = setting("", "Name of the outcome in the report.")
    unit: str = setting("years", "Unit of the outcome in the report.")


Effect = Annotated[AreaEffect | EventEffect | FreeTimeEffect, Field(discriminator="kind")]


class AdmissionEndpoint(Section):
    """The first stay that begins after the stay open at randomisation has ended."""

    kind: Literal["admission"] = setting(..., "A new stay in a bed.")
    items: list[str] = setting(
        ..., "Items of the occupancy episodes that count as a bed.", min_length=1
    )
    days_out: float = setting(
        0,
        "A stay counts when it begins more than this many days after the index stay ended; "
        "until then it is the same stay.",
        unit="days",
        ge=0,
        le=365,
    )
    label: str = setting("", "Name of the endpoint in the report.")


class NightsEndpoint(Section):
    """Nights in a bed between randomisation and the end of follow-up, the index stay included."""

    kind: Literal["nights"] = setting(..., "Nights in a bed.")
    items: list[str] = setting(
        ..., "Items of the occupancy episodes that count as a bed.", min_length=1
    )
    label: str = setting("", "Name of the endpoint in the report.")


class GapEndpoint(Section):
    """A time without contact: discontinuity of care, or disengagement when nobody returns."""

    kind: Literal["gap"] = setting(..., "A time without contact.")
    items: list[str] = setting(
        ..., "Items of dated resource use that count as contact.", min_length=1
    )
    beds: list[str] = setting([], "Items of occupancy episodes; a night in one is contact.")
    days: float = setting(
        ..., "Shortest time without contact that counts.", unit="days", gt=0, le=3660
    )
    returned: Literal["any", "never"] = setting(
        "any", "Whether every gap counts, or only one from which nobody returned by the end."
    )
    label: str = setting("", "Name of the endpoint in the report.")


Endpoint = Annotated[AdmissionEndpoint | NightsEndpoint | GapEndpoint, Field(discriminator="kind")]


class OutcomesSettings(Section):
    """How questionnaires and events become measures, outcomes and endpoints."""

    instruments: dict[str, Instrument] = setting({}, "Questionnaires by name, as in the responses.")
    measures_given: dict[Name, GivenMeasure] = setting(
        {}, "Measures that the study hands over already scored, by name."
    )
    effects: dict[Name, Effect] = setting({}, "Outcomes that an analysis may count, by name.")
    endpoints: dict[Name, Endpoint] = setting(
        {}, "Clinical endpoints by name; each is also an outcome of 0 or 1 under its own name."
    )
    populations: list[Name] = setting(
        ["intention_to_treat"], "Populations for which endpoints are tabulated."
    )
    discount_rate: float = setting(
        0.035,
        "Yearly discount rate of effects; the rate of costs stands in section costs.",
        unit="per year",
        reference="NICE PMG36",
        ge=0,
        le=0.2,
    )
    discounting: Literal["yearly", "continuous"] = setting(
        "yearly", "Whether effects are discounted by completed year or continuously."
    )
    visit_times: Literal["nominal", "actual"] = setting(
        "nominal", "Whether a visit counts at its planned time or at the date it was held."
    )
    death: Literal["hold_then_zero", "linear"] = setting(
        "hold_then_zero",
        "Before a death the last value holds until the date of death, or falls to 0 in a line.",
    )

    @model_validator(mode="after")
    def _agree(self):
        """Check that every measure and endpoint named is declared, and declared once."""
        measures = [one.measure for one in self.instruments.values() if hasattr(one, "measure")]
        measures += list(self.measures_given)
        if twice := sorted({name for name in measures if measures.count(name) > 1}):
            raise Refused(f"measure {', '.join(twice)} twice", "each measure once")
        for name, effect in self.effects.items():
            if effect.kind == "area_under_curve" and effect.measure not in measures:
                raise Refused(
                    effect.measure,
                    ", ".join(measures) or "none declared",
                    at=f"effects.{name}.measure",
                )
            if effect.kind != "area_under_curve" and effect.endpoint not in self.endpoints:
                raise Refused(
                    effect.endpoint,
                    ", ".join(self.endpoints) or "none declared",
                    at=f"effects.{name}.endpoint",
                )
            if name in self.endpoints:
                raise Refused(
                    "the name of an endpoint, which is an outcome already",
                    "another name",
                    at=f"effects.{name}",
                )
        return self
