"""Section ``study``: what every stage may read."""

from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from trialbalance.contracts.spelling import folded
from trialbalance.settings.section import Refused, Section, setting

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,40}$")]
Span = Annotated[list[float], Field(min_length=2, max_length=2)]


class Arm(Section):
    """One arm of the trial."""

    label: str = setting(..., "Name of the arm in the report.", min_length=1, max_length=120)


class StudySettings(Section):
    """Facts of the trial that every stage may read."""

    title: str = setting(..., "Title of the study, as the report prints it.", min_length=1)
    synthetic: bool = setting(
        ..., "Whether the records were simulated; said in every table, figure and report."
    )
    seed: int = setting(
        20260101, "Root of all random streams of the study.", ge=0, le=2_147_483_647
    )
    currency: str = setting(
        "GBP", "Currency of all prices, as an ISO 4217 code.", pattern=r"^[A-Z]{3}$"
    )
    arms: dict[Name, Arm] = setting(
        ..., "Arms in the order of tables and figures; any number from one.", min_length=1
    )
    comparator: Name = setting(..., "Arm against which the others are set.")
    horizon_years: float = setting(
        ...,
        "Time from randomisation over which costs and effects are counted.",
        unit="years",
        gt=0,
        le=100,
    )
    visits: dict[Name, float] = setting(
        {},
        "Planned time of each visit from randomisation; the earliest is the baseline.",
        unit="years",
    )
    periods: dict[Name, Span] = setting(
        {},
        "Start and end of each period of recall; a period that ends at or before 0 is baseline.",
        unit="years",
    )

    blind: bool = setting(
        False,
        "Whether arms carry neutral labels in every output, permuted by a key beside this file.",
    )
    reveals: list[Name] = setting(
        [],
        "Items whose use gives an arm away; while blind they, and report.intervention_items, are "
        "pooled over the arms.",
    )

    @model_validator(mode="after")
    def _agree(self):
        """Check that the parts of the section fit one another."""
        if self.comparator not in self.arms:
            raise Refused(self.comparator, ", ".join(self.arms), at="comparator")
        labels = [folded(arm.label) for arm in self.arms.values()]
        for name, label in zip(self.arms, labels, strict=True):
            first = list(self.arms)[labels.index(label)]
            if first != name:
                raise Refused(
                    f"the label of arm {first} again, {self.arms[name].label}",
                    "a label for each arm, since tables and figures show nothing else",
                    at=f"arms.{name}.label",
                )
        if len(set(self.visits.values())) < len(self.visits):
            raise Refused("two visits at the same time", "each at its own", at="visits")
        for name, (start, end) in self.periods.items():
            if not start < end:
                raise Refused("an end that is not after the start", at=f"periods.{name}")
        return self
