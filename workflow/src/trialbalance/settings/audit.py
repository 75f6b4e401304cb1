"""Section ``audit``: how the books are checked."""

from trialbalance.settings.section import Section, setting
from trialbalance.settings.workbook import WorkbookSettings


class AuditSettings(Section):
    """How the books are checked."""

    tolerance: float = setting(
        0.005,
        "Largest difference between two sums of pounds that counts as none.",
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
