"""Section ``audit``: how the books are checked."""

from trialbalance.settings.section import Section, setting


class AuditSettings(Section):
    """How the books are checked."""

    tolerance: float = setting(
        0.005,
        "Largest difference between two sums of pounds that counts as none.",
        unit="currency",
        ge=0,
        le=0.01,
    )
