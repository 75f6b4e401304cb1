"""Part ``workbook`` of section ``audit``: the spreadsheet that a reviewer opens first."""

from trialbalance.settings.section import Section, setting


class WorkbookSettings(Section):
    """The spreadsheet that a reviewer opens first."""

    ledger_lines: int = setting(
        200_000,
        "Most ledger lines in the workbook; past it a random sample of participants is shown line "
        "by line and the costs of the others are pasted.",
        unit="lines",
        ge=1,
        le=1_000_000,
    )
