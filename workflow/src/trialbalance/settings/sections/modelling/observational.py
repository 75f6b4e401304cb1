"""Part ``observational`` of the stage model: comparisons of people whom nobody randomised."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from trialbalance.settings.section import Refused, Section, setting
from trialbalance.settings.sections.modelling.endpoints import TimeVaryingExposure
from trialbalance.settings.sections.study import Name

Range = Annotated[list[float], Field(min_length=2, max_length=2)]


class AssociationOutcome(Section):
    """One outcome by arm."""

    outcome: Name | None = setting(
        None,
        "Outcome or endpoint of section outcomes, or a true-or-false or number column of the "
        "participants.",
    )
    perspective: Name | None = setting(
        None, "Perspective whose cost a participant is the outcome, in place of an outcome."
    )
    visit: Name | None = setting(
        None, "Visit of a measure; the outcome is then that measure at that visit."
    )
    kind: Literal["mean", "binary"] = setting(
        "mean", "A number, with a linear outcome model, or yes or no, with a logistic one."
    )
    range: Range | None = setting(
        None, "Lowest and highest possible value; bounds of those without follow-up need it."
    )
    bias: list[float] = setting(
        [], "Biases of a described mean that are tried, in the outcome's unit; 0 is always one."
    )
    lost: list[float] = setting(
        [],
        "Means that are tried for those lost, each arm's against the comparator's: a map of what "
        "being lost could mean. For yes or no 0 is the corner at which everybody lost is a no.",
        reference="decision 027",
    )
    illustrative: bool = setting(
        False, "Whether no source reports it; its lines then say illustrative, assumed.",
        reference="decision 036",
    )  # fmt: skip
    label: str = setting("", "Name of the outcome in the report.")

    @model_validator(mode="after")
    def _agree(self):
        """Check that there is one source, and that a range rises."""
        if (self.outcome is None) == (self.perspective is None):
            raise Refused("outcome and perspective, or neither", "one of the two")
        if self.visit is not None and self.outcome is None:
            raise Refused("a visit", "beside an outcome, a measure", at="visit")
        if self.range is not None and not self.range[0] < self.range[1]:
            raise Refused(f"{self.range}", "the lower number first", at="range")
        return self


class OverlapSettings(Section):
    """When arms are alike enough to be compared at all."""

    smallest_effective_share: float = setting(
        0.1,
        "Smallest effective sample size of a weighted arm, as a share of the arm; below it no "
        "contrast is printed.",
        unit="proportion",
        ge=0,
        lt=1,
    )
    smallest_common_share: float = setting(
        0.5,
        "Smallest share of two arms' participants with a chance of at least 5 % of either; below "
        "it no contrast is printed.",
        unit="proportion",
        ge=0,
        lt=1,
        reference="Crump 2009, doi 10.1093/biomet/asn055",
    )
    largest_difference: float = setting(
        0.1,
        "Standardised mean difference after weighting that is told when passed.",
        unit="SD",
        gt=0,
        reference="Austin 2009, doi 10.1002/sim.3697",
    )


class Emulation(Section):
    """A target trial of starting something within a grace period against not starting in it."""

    items: list[str] = setting(
        ..., "Items of the legal-status episodes whose first start counts.", min_length=1
    )
    endpoint: Name = setting(..., "Endpoint of section outcomes whose risk is compared.")
    grace_days: float = setting(
        ..., "Time after the index date, first eligibility, within which to start.", unit="days",
        gt=0,
    )  # fmt: skip
    step_days: float = setting(
        7.0, "Length of the steps in which starting and events are followed.", unit="days", gt=0
    )
    asked_by: Name | None = setting(
        None, "Event by which section legal asks about the criteria, such as the day of screening."
    )
    criteria: list[Name] = setting(
        [],
        "Criteria of the law that make somebody eligible; the first day on which all are met is "
        "time zero. Silent = everybody from the index date.",
        reference="decision 026",
    )
    label: str = setting("", "Name of the comparison in the report.")

    @model_validator(mode="after")
    def _agree(self):
        """Check that criteria come with the event that asks about them."""
        if bool(self.criteria) != (self.asked_by is not None):
            raise Refused("asked_by or criteria alone", "both, or neither")
        return self


class ExposureAssociation(TimeVaryingExposure):
    """How the rate of an endpoint goes with an exposure that changes over time."""

    endpoint: Name = setting(
        ..., "Endpoint of section outcomes; its time at risk is where the exposure can act."
    )
    counted: Literal["events", "amount"] = setting(
        "events", "Whether events are counted, or their amount (nights of stays, days of gaps)."
    )
    recurrent: bool = setting(
        False,
        "Whether events after a participant's first count too; earlier ones are then adjusted for.",
    )
    recall: str = setting(
        "The order counts as it stood before the recall.",
        "How the status at recall to hospital is taken, in words for the report.",
        reference="decision 025",
    )
    label: str = setting("", "Name of the association in the report.")


class ObservationalSettings(Section):
    """Associations, with what they are adjusted for."""

    population: Name = setting("intention_to_treat", "Population analysed.")
    covariates: list[Name] = setting(
        [], "Columns of the participants that may be common causes; measured before the index date."
    )
    by: Name | None = setting(
        None,
        "Column of the participants, yes or no or in words, whose groups are compared in place of "
        "the arms; the first by alphabet, or no, is the comparator.",
    )
    outcomes: dict[Name, AssociationOutcome] = setting(
        {},
        "Outcomes by arm: compared where model.comparison is observational and the arms overlap, "
        "described with a bias sensitivity otherwise.",
        reference="decision 027",
    )
    overlap: OverlapSettings = setting({}, "When arms are alike enough to be compared.")
    exposures: dict[Name, ExposureAssociation] = setting(
        {}, "Associations with an exposure that changes over time, whoever was randomised to what."
    )
    emulations: dict[Name, Emulation] = setting(
        {}, "Target trials emulated by clone, censor and weight."
    )
    truncation: float = setting(
        0.99,
        "Quantile of an arm's weights above which they are cut; 1 cuts none.",
        unit="proportion",
        gt=0.5,
        le=1,
    )
    resamples: int = setting(
        400, "Bootstrap samples of participants behind the intervals.", ge=100, le=10000
    )
