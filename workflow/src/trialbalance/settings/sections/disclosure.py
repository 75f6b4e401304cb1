"""Section ``disclosure``: what may leave, and what is held back."""

from trialbalance.settings.section import Section, setting

ACRO = "Defaults of the ACRO library, https://github.com/AI-SDC/ACRO"


class DisclosureSettings(Section):
    """What may leave, and what is held back."""

    exempt_simulated: bool = setting(
        True,
        "Whether a study that says synthetic: true is released whole and marked exempt; no person "
        "stands behind its numbers.",
    )
    threshold: int = setting(
        10,
        "Fewest participants behind a number; a count below it, but 0, is held back.",
        unit="participants",
        reference=ACRO,
        ge=2,
        le=100,
    )
    rounding: int = setting(
        5, "Base to which counts are rounded.", unit="participants", reference=ACRO, ge=2, le=100
    )
    figures: int = setting(
        4, "Significant figures of every number that is no count, price or threshold.", ge=2, le=6
    )
    recorded_figures: int = setting(
        3, "Significant figures of means and sums made of what was recorded.", ge=2, le=6
    )
    dominant: int = setting(
        2, "How many of the largest participants the dominance rule adds up.", reference=ACRO, ge=1
    )
    dominant_share: float = setting(
        0.9,
        "Share of a sum from which on its largest participants dominate it.",
        reference=ACRO,
        gt=0,
        le=1,
    )
    p_ratio: float = setting(
        0.1,
        "Least that all but the two largest participants of a sum add up to, as a share of the "
        "largest; also how closely a number held back may be worked out from those published.",
        reference=ACRO,
        ge=0,
        le=1,
    )
    exceptions: dict[str, str] = setting(
        {},
        "Cells that are released all the same, as suppressed.csv names them, each with its reason.",
    )
    prefer: list[str] = setting(
        [],
        "Analyses, or scenario/analysis, in the order in which they matter. Of two whose "
        "participants or costs differ by so few that one gives these away beside the other, the "
        "first here is released and the other is not; unnamed ones follow in the study's order.",
    )
    withdrawn_releases: list[int] = setting(
        [],
        "Numbers of earlier releases, as audit/release_history lists them, that never left the "
        "house; a later release is not held against them.",
    )
