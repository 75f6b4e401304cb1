"""Settings of the longitudinal form of the model, in section ``model``."""

from trialbalance.settings.sections.section import Section, setting


class LongitudinalPriors(Section):
    """Scales of priors that only the longitudinal form has; levels and spreads are shared."""

    participant: float = setting(
        1.0,
        "Gamma and lognormal costs, and what falls short of the ceiling: scale of the prior of "
        "the loading; the participant's effect moves the mean by a factor between "
        "1 - tanh(loading) and 1 + tanh(loading).",
        gt=0,
    )
    correlation: float = setting(
        0.7,
        "Prior SD of the correlation of a participant's two effects, on the scale of its inverse "
        "hyperbolic tangent.",
        gt=0,
    )
    zero_loading: float = setting(
        1.0,
        "Scale of the half-normal prior by which the participant's effect makes a zero cost in the "
        "most complete source group, or being at the ceiling, less likely.",
        unit="log-odds per SD of the effect",
        gt=0,
    )
    hazard: float = setting(
        1.5, "Prior SD of the arms' common log death rate around the crude rate.", gt=0
    )
    hazard_arm: float = setting(
        0.7, "Prior SD of the log death rate of an arm, and of an interval.", gt=0
    )
    hazard_loading: float = setting(
        0.7, "Prior SD of the participant's effect on the log death rate.", gt=0
    )


class LongitudinalSettings(Section):
    """What the longitudinal form needs beside families, covariates and priors."""

    ceiling: float = setting(
        1.0,
        "Best value of the measure at a visit; family decrement_gamma models what falls short of "
        "it.",
        unit="scale of the measure",
    )
    priors: LongitudinalPriors = setting(LongitudinalPriors(), "Scales of priors of this form.")
