"""Section ``audit``: how the books are checked."""

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


class AuditSettings(Section):
    """How the books are checked."""

    tolerance: float = setting(
        0.005,
        "Largest difference between two sums of money that counts as none.",
        unit="currency",
        ge=0,
        le=0.01,
    )
    workbook: WorkbookSettings = setting({}, "The spreadsheet that a reviewer opens first.")
    deviations: dict[str, str] = setting(
        {},
        "Why a setting or file differs from the locked plan, by its name, such as "
        "costs.discount_rate or analysis_plan.",
    )
    differences: dict[str, str] = setting(
        {},
        "Why a quantity of the second program differs, by its name in certificate.csv, such as "
        "score, or with what it is of, such as 'cost: visit / new_service'. A difference without "
        "a reason stops a release.",
    )
