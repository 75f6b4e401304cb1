"""Settings of the frequentist cross-check, part of section ``model``."""

from trialbalance.settings.sections.section import Section, setting

_BRAND = "Brand 2019, doi 10.1002/sim.7956"


class CrossCheckSettings(Section):
    """How the frequentist cross-check of target full is computed."""

    resamples: int = setting(
        1000, "Resamples of the trial, each imputed once.", unit="resamples", ge=200,
        reference=_BRAND,
    )  # fmt: skip
    donors: int = setting(
        5,
        "Participants of the same arm with the nearest predictions, among whom the value of an "
        "unobserved visit or period is drawn; twice as many must have been observed.",
        unit="participants",
        ge=3,
        le=50,
    )
