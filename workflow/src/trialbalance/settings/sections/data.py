"""Section ``data``: what was recorded, in which files, and who counts in which population."""

from datetime import date
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from trialbalance.contracts.catalogue import handed_over
from trialbalance.settings.section import Refused, Section, setting
from trialbalance.settings.sections.study import Name

Door = Literal["export", "records", "scored", "totals", "draws"]


class Simulator(Section):
    """A simulator that draws the records instead of reading them."""

    kind: Name = setting(..., "Which simulator draws the records.")
    parameters: str = setting(
        "simulator.yaml", "File of its parameters, in the study's folder.", min_length=1
    )
    seed: int = setting(1, "Root of its random streams.", ge=0, le=2_147_483_647)


class Covariate(Section):
    """A column of the participants beyond the fixed ones."""

    type: Literal["number", "boolean", "category"] = setting(..., "What the column holds.")
    levels: list[str] = setting(
        [], "Values a category may take, as words; empty when any word is allowed."
    )
    minimum: float | None = setting(None, "Lowest possible number; silent when there is none.")
    maximum: float | None = setting(None, "Highest possible number; silent when there is none.")
    label: str = setting("", "Name of the covariate in the report.")
    unit: str = setting("", "Unit of a number, such as years.")

    @field_validator("levels", mode="before")
    @classmethod
    def _words(cls, value):
        """Refuse levels that YAML or a table would read as numbers or truth values."""
        for level in value if isinstance(value, list) else []:
            text = str(level).strip().lower()
            if isinstance(level, bool) or text in ("true", "false"):
                raise Refused(f"the level {text}", "words; use type: boolean")
            if text.replace(".", "", 1).lstrip("-").isdigit():
                raise Refused(f"the level {text}", f"words, such as band_{text}")
        return value

    @model_validator(mode="after")
    def _agree(self):
        """Check that levels and bounds belong to the type."""
        if self.levels and self.type != "category":
            raise ValueError("levels: allowed for type: category only")
        if self.type != "number" and (self.minimum is not None or self.maximum is not None):
            raise ValueError("minimum and maximum: allowed for type: number only")
        if None not in (self.minimum, self.maximum) and self.minimum > self.maximum:
            raise Refused(f"{self.minimum:g}, above the maximum", at="minimum")
        return self


class Population(Section):
    """A set of participants with a name; a member is whoever no rule leaves out."""

    description: str = setting("", "Who is in it, in the words of the report.")
    excludes: list[Literal["excluded", "died"]] = setting(
        [],
        "Who is left out: excluded = those with a reason in column exclusion; died = those who "
        "died within the horizon.",
        reference="decision 001",
    )
    column: Name | None = setting(
        None, "True-or-false column of the participants that marks members, beside the rules."
    )


class Questionnaire(Section):
    """Which answers a questionnaire can hold."""

    items: list[str] = setting([], "Item names; empty when any name is allowed.")
    levels: int = setting(
        ..., "Highest level of an item, such as 3 for EQ-5D-3L; the lowest is 1.", ge=2, le=1000
    )


POPULATIONS: dict[str, dict[str, Any]] = {
    "randomised": {"description": "All participants randomised."},
    "intention_to_treat": {
        "description": "All participants randomised, less those excluded after randomisation; "
        "deaths included.",
        "excludes": ["excluded"],
    },
}


class DataSettings(Section):
    """What was recorded, where it stands, and who counts in which population."""

    door: Door = setting(
        "records",
        "What the study hands over: export (files as a trial unit has them, which mapping.yaml "
        "turns into records), records (resource use and questionnaires), scored (measures "
        "and costs by visit and period), totals (cost and effect a participant) or draws (of "
        "cost and effect by arm).",
    )
    mapping: str | None = setting(
        None,
        "File in the study's folder that says how exports become records, mapping.yaml at door "
        "export; the stages after the import see door records.",
    )
    files: dict[str, str] = setting(
        {}, "Table → CSV or Parquet file, relative to the study's folder; see the data dictionary."
    )
    files_elsewhere: bool = setting(
        False,
        "Whether files that any setting names may stand outside the study's folder, or be links to "
        "others; else such a path is refused, and nothing of what is in it is shown.",
    )
    simulator: Simulator | None = setting(
        None, "Simulator that draws the records; silent when they are read from files."
    )
    covariates: dict[Name, Covariate] = setting(
        {}, "Further columns of the participants (or totals), by name."
    )
    populations: dict[Name, Population] = Field(
        default_factory=lambda: {k: Population(**v) for k, v in POPULATIONS.items()},
        description="Populations by name, the widest first.",
        min_length=1,
    )
    questionnaires: dict[Name, Questionnaire] = setting(
        {}, "Questionnaires by name, so that impossible answers are refused when read."
    )
    zero_rule: list[Name] = setting(
        ["records", "interview"],
        "Sources and items of which no row means that nothing was used; of any other, no row for "
        "somebody who was seen means asked and not answered. A row with a blank quantity always "
        "does. How many zeros stand by this rule is counted in table item_answers.",
        reference="decision 043",
    )
    follow_up_end: date | None = setting(
        None,
        "Date on which follow-up ended for everyone by the calendar, whether or not the horizon "
        "was reached; column follow_up_end of the participants goes before it, person by person.",
        reference="decision 025",
    )

    @model_validator(mode="before")
    @classmethod
    def _records_by_import(cls, value: Any) -> Any:
        """Take door export as door records whose tables a mapping makes."""
        if isinstance(value, dict) and value.get("door") == "export":
            return {"mapping": "mapping.yaml", **value, "door": "records"}
        return value

    @model_validator(mode="after")
    def _agree(self):
        """Check that the files fit the door, and populations the columns."""
        possible = handed_over(self.door)
        if self.mapping is not None:
            if self.files or self.simulator is not None or self.door != "records":
                found = "beside files, a simulator or another door"
                raise Refused(found, "with door: export and nothing of these", at="mapping")
            possible = {}
        if unknown := [name for name in self.files if name not in possible]:
            raise Refused(
                f"{', '.join(unknown)}; allowed at door {self.door}: {', '.join(possible)}",
                at="files",
            )
        if self.simulator is not None:
            if self.files or self.door != "records":
                raise Refused(
                    "beside files or another door",
                    "with door: records and no files",
                    at="simulator",
                )
        elif missing := [
            name for name, must in possible.items() if must and name not in self.files
        ]:
            raise Refused(f"no {', '.join(missing)}; door {self.door} needs it", at="files")
        if self.door == "draws":
            self._draws_agree()
        if taken := sorted(set(self.covariates) & set(self.populations)):
            raise Refused(f"{', '.join(taken)}, which is also a population", at="covariates")
        return self

    def _draws_agree(self):
        """Check that draws come in one way: a tidy file, or costs and effects apart."""
        given = {"draws_given", "costs_drawn", "effects_drawn"} & set(self.files)
        if given not in ({"draws_given"}, {"costs_drawn", "effects_drawn"}):
            raise Refused(
                ", ".join(sorted(given)) or "no draws",
                "draws_given, or costs_drawn with effects_drawn",
                at="files",
            )
