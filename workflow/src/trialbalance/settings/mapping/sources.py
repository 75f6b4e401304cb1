"""Where a mapping reads: the exports, and the column or word that a value comes from."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, model_validator

from trialbalance.settings.mapping.codes import Codes, Factor, Formats, Recoded, Word, as_word
from trialbalance.settings.section import Refused, Section, setting
from trialbalance.settings.sections.study import Name


class Export(Section):
    """A raw export: its file, and what must be known to read it."""

    file: str = setting(
        ...,
        "File in the study's folder: CSV, text, Excel, Stata, SPSS, SAS, SAS transport or Parquet.",
        min_length=1,
    )
    id: str = setting(..., "Column that names the participant, by which exports are joined.")
    dictionary: str | None = setting(
        None, "REDCap data dictionary (CSV), for labels and codes of the columns."
    )
    sheet: str | None = setting(None, "Sheet of a workbook; silent for the first.")
    header_row: int | None = setting(
        None, "Row with the names of the columns, in a workbook or text; silent to find it.", ge=1
    )
    delimiter: Literal[",", ";", "|", "tab"] | None = setting(
        None, "What separates the columns of a text; silent to find it."
    )
    encoding: str | None = setting(None, "Encoding of a text, such as cp1252; silent to find it.")
    decimal: Literal[".", ","] | None = setting(
        None, "Decimal sign of numbers in a text; silent to find it."
    )
    missing: Codes = setting(
        {},
        "Code -> not_answered or not_asked, in every column; codes that the file itself marks as "
        "missing must be named here or at their column.",
    )
    unmatched: Literal["stop", "set_aside"] = setting(
        "stop", "What happens to rows whose identifier no participant has."
    )


class Source(Section):
    """Where a value comes from: a column, or the same word for all."""

    column: str | None = setting(
        None, "Column of the export; {} stands for the mark of a visit, period or place."
    )
    value: Word | None = setting(None, "The same word for all, in place of a column.")
    export: Name | None = setting(
        None, "Other export that holds the column, joined by identifier; for participants only."
    )
    recode: Recoded = setting(
        {}, "Code or label -> word; once there is any, a code without one stops the import."
    )
    dates: Formats = setting(
        [], "Formats of the dates, such as %d/%m/%Y; silent for dates written 2021-03-31."
    )
    times: Factor = setting(
        1.0, "Factor that brings a number into the unit of the item; may be a ratio, 1/60.", gt=0
    )
    missing: Codes = setting({}, "Code -> not_answered or not_asked, in this column.")

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        """Take a bare word as the name of a column."""
        return {"column": as_word(value)} if isinstance(value, str | int | float) else value

    @model_validator(mode="after")
    def _agree(self):
        """Check that exactly one of column and value is there."""
        if (self.column is None) == (self.value is None):
            found = "neither a column nor a value" if self.column is None else "column and value"
            raise Refused(found, "one of column and value")
        return self


def _constant(value: Any) -> Any:
    """Take a bare word as the same word for all."""
    return {"value": as_word(value)} if isinstance(value, str | int) else value


Constant = Annotated[Source, BeforeValidator(_constant)]
