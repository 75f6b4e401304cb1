"""Blocks of ``mapping.yaml``: how rows of raw exports become rows of the tables of a study."""

from typing import Literal

from pydantic import Field, model_validator

from trialbalance.settings.mapping.codes import Marks, Words
from trialbalance.settings.mapping.sources import Constant, Export, Source
from trialbalance.settings.section import Refused, Section, setting
from trialbalance.settings.sections.study import Name


class Block(Section):
    """Rows of an export that become rows of a table."""

    export: Name = setting("main", "Export that holds the rows.")
    rows: Marks = setting(
        {},
        "Column -> values of the rows that count, such as an event of REDCap; {} stands for the "
        "mark, '' for a blank.",
    )


class Participants(Block):
    """One row of the export for each participant."""

    columns: dict[Name, Source] = setting(
        ..., "Column of table participants, covariates among them -> where it comes from."
    )

    @model_validator(mode="after")
    def _complete(self):
        """Check that what every trial has is there."""
        lacking = [n for n in ("arm", "randomisation_date") if n not in self.columns]
        if lacking:
            raise Refused(f"no {', '.join(lacking)}", "a source for each", at="columns")
        if "participant_id" in self.columns:
            raise Refused("participant_id", "the column named as id of the export", at="columns")
        return self


class Visits(Block):
    """The visits of each participant."""

    at: Marks = setting(..., "Visit -> its mark in names of columns or in rows.", min_length=1)
    date: Source | None = setting(None, "Date of the visit.")
    status: Source | None = setting(
        None, "What became of it: attended, missed, dead or withdrawn, by recode."
    )
    attended: Words = setting(
        [],
        "Columns of which one is filled in where the visit was attended; {} is the mark. A box of "
        "REDCap that is not ticked, and a form at 0 (_complete), are not filled in.",
    )

    @model_validator(mode="after")
    def _told(self):
        """Check that something tells whether a visit was attended."""
        if self.date is None and self.status is None and not self.attended:
            raise Refused("no date, status or attended", "one or more of them")
        return self


class Responses(Block):
    """Answers to a questionnaire, an item a column or an answer a row."""

    at: Marks = setting(..., "Visit -> its mark in names of columns or in rows.", min_length=1)
    instrument: Name = setting(..., "Questionnaire, as under data.questionnaires.")
    items: dict[str, Source] = setting({}, "Item -> column of its level.")
    item: Source | None = setting(None, "Column that names the item, where an answer has a row.")
    level: Source | None = setting(None, "Column of the level, where an answer has a row.")

    @model_validator(mode="after")
    def _one_shape(self):
        """Check that the block is of one of its two shapes."""
        told = [one is not None for one in (self.item, self.level)]
        if any(told) == bool(self.items) or any(told) != all(told):
            raise Refused("items beside item and level, or neither", "items, or item and level")
        return self


class MeasuresGiven(Block):
    """Scores of measures that are already worked out, such as utilities."""

    at: Marks = setting(..., "Visit -> its mark in names of columns or in rows.", min_length=1)
    measures: dict[Name, Source] = setting(
        {}, "Measure, as under outcomes.measures_given -> column of its score."
    )
    measure: Source | None = setting(
        None, "Column that names the measure, where a score has a row."
    )
    value: Source | None = setting(None, "Column of the score, where a score has a row.")

    @model_validator(mode="after")
    def _one_shape(self):
        """Check that the block is of one of its two shapes."""
        told = [one is not None for one in (self.measure, self.value)]
        if any(told) == bool(self.measures) or any(told) != all(told):
            raise Refused(
                "measures beside measure and value, or neither", "measures, or measure and value"
            )
        return self


class ResourceUse(Block):
    """Counts of a thing used, over periods or on dates."""

    item: Constant = setting(..., "Item; or a column that names it, with its recode.")
    at: Marks = setting({}, "Period -> its mark in names of columns or in rows.")
    used: Source | None = setting(
        None, "Question before the count, 'used it?'; yes and no, or 1 and 0, by recode if not."
    )
    quantity: Source | None = setting(None, "How much: a number.")
    product: list[Source] = setting(
        [], "Numbers to be multiplied, such as dose, frequency and duration, in place of quantity."
    )
    date: Source | None = setting(None, "Date of use, where it is not counted over a period.")
    recall_years: float | None = setting(
        None, "Span that the question asks about; held against periods and costs.", unit="years",
        gt=0,
    )  # fmt: skip
    asked_at: dict[Name, Name] = setting(
        {}, "Period -> visit that asks about it; silent for the visit at the period's end."
    )
    if_they_disagree: Literal["stop", "quantity", "used", "not_answered"] = setting(
        "stop", "What counts where 'used it?' says no and the count is above 0."
    )
    no_row: Literal["not_answered", "none"] = setting(
        "not_answered",
        "What it means that somebody has no row here: the count was not answered; or none, in a "
        "file that lists only what was used, which data.zero_rule then reads.",
    )
    zeros: Literal["rows", "left_out"] = setting(
        "rows", "Whether an answer of 0 is a row, or left to data.zero_rule; both are counted."
    )
    record_id: Source | None = setting(None, "Column that names the record; silent to make one.")

    @model_validator(mode="after")
    def _told(self):
        """Check that there is one count, and one time."""
        if (self.quantity is not None) == bool(self.product):
            raise Refused("quantity and product, or neither", "one of quantity and product")
        if bool(self.at) == (self.date is not None):
            raise Refused("periods (at) and date, or neither", "one of at and date")
        return self


class Episodes(Block):
    """Spells with a start and an end."""

    at: Marks = setting({}, "Places in the names of columns, such as [1, 2, 3] for adm_{}.")
    type: Literal["occupancy", "legal_status"] = setting("occupancy", "Kind of spell.")
    item: Constant = setting(..., "Item; or a column that names it, with its recode.")
    start: Source = setting(..., "First day.")
    end: Source | None = setting(None, "Last day; blank while the spell lasts.")
    nights: Source | None = setting(None, "Number of nights, in place of the last day.")
    record_id: Source | None = setting(None, "Column that names the record; silent to make one.")

    @model_validator(mode="after")
    def _one_end(self):
        """Check that the end is told in one way."""
        if (self.end is None) == (self.nights is None):
            raise Refused("end and nights, or neither", "one of end and nights")
        return self


class LegalEvents(Block):
    """Recorded events in law."""

    at: Marks = setting({}, "Places in the names of columns, such as [1, 2, 3] for order_{}.")
    event: Constant = setting(..., "Event; or a column that names it, with its recode.")
    date: Source = setting(..., "Date.")
    time: Source | None = setting(None, "Time with its zone.")
    finding: Source | None = setting(None, "What was found: yes or no, by recode.")
    record_id: Source | None = setting(None, "Column that names the record; silent to make one.")


class Mapping(Section):
    """Raw exports, and the tables that are made of them."""

    exports: dict[Name, Export] = Field(
        description="Exports by name; main where a block names none.", min_length=1
    )
    participants: Participants = setting(..., "Where participants come from.")
    visits: list[Visits] = setting([], "Where visits come from.")
    responses: list[Responses] = setting([], "Where answers to questionnaires come from.")
    measures_given: list[MeasuresGiven] = setting([], "Where scores already worked out come from.")
    resource_use: list[ResourceUse] = setting(
        [],
        "Where counts of use come from; amounts of money too, as the quantity of an item whose "
        "source under costs.items is given.",
    )
    episodes: list[Episodes] = setting([], "Where stays and other spells come from.")
    legal_events: list[LegalEvents] = setting([], "Where events in law come from.")

    @model_validator(mode="after")
    def _exports_are_known(self):
        """Check that every export that is used is named."""
        for table in Mapping.model_fields.keys() - {"exports", "participants"}:
            for place, block in enumerate(getattr(self, table)):
                self._known(block.export, f"{table}.{place}.export")
        self._known(self.participants.export, "participants.export")
        for name, source in self.participants.columns.items():
            self._known(source.export, f"participants.columns.{name}.export")
        return self

    def _known(self, export: str | None, at: str) -> None:
        """Refuse an export that is not among those named."""
        if export is not None and export not in self.exports:
            raise Refused(export, ", ".join(self.exports), at=at)
