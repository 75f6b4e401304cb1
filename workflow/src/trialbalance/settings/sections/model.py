"""Settings of the stage ``model``: families, covariates, priors, sampler and gates."""

from typing import Literal

from pydantic import model_validator

from trialbalance.settings.section import Refused, Section, setting
from trialbalance.settings.sections.modelling.endpoints import EndpointModel, EndpointPriors
from trialbalance.settings.sections.modelling.missing_not_at_random import SelectionSettings
from trialbalance.settings.sections.modelling.observational import ObservationalSettings
from trialbalance.settings.sections.study import Name

_MANCA = "Manca 2005, doi 10.1002/hec.944"
_VEHTARI_RHAT = "Vehtari 2021, doi 10.1214/20-BA1221"
_BRAND = "Brand 2019, doi 10.1002/sim.7956"
_VEHTARI_LOO = "Vehtari 2017, doi 10.1007/s11222-016-9696-4"


class EffectSettings(Section):
    """How the effect (QALYs, capability years, an event) is distributed."""

    family: Literal["normal", "beta", "decrement_gamma", "bernoulli"] = setting(
        "normal",
        "Distribution of the effect: normal; beta between lower and ceiling with a spike at the "
        "ceiling; decrement_gamma for a gamma loss below the ceiling, without a lower bound, with "
        "the same spike; bernoulli for an effect that is 0 or 1.",
    )
    covariates: list[str] | None = setting(
        None,
        "Covariates of the effect; null takes every covariate column of the dataset. A covariate "
        "named for effect or cost enters every part of the model.",
        reference=_MANCA,
    )
    lower: float | None = setting(
        None,
        "Smallest possible effect (value-set minimum times horizon); the beta family needs it.",
        unit="unit of the effect",
    )
    ceiling: float | None = setting(
        None,
        "Largest possible effect (the discounted horizon); null takes the horizon of a trial of "
        "at most one year.",
        unit="unit of the effect",
    )
    spike: Literal["auto", "yes", "no"] = setting(
        "auto", "Whether a share of people sits exactly at the ceiling; auto: when some do."
    )
    ceiling_needs_baseline: bool = setting(
        True,
        "Whether baseline below the ceiling makes the ceiling impossible (a ceiling needs every "
        "visit at the ceiling).",
    )


class CostSettings(Section):
    """How cost is distributed."""

    family: Literal["normal", "gamma", "lognormal"] = setting(
        "gamma",
        "Distribution of cost: gamma or, with a heavier tail, lognormal with a log link of the "
        "mean; or normal with an identity link.",
    )
    covariates: list[str] | None = setting(
        None, "Covariates of cost; null takes every covariate column of the dataset."
    )
    hurdle: Literal["auto", "yes", "no"] = setting(
        "auto",
        "Whether a share of people costs exactly zero; auto: gamma and lognormal, when some do.",
    )

    maximum: dict[str, float] = setting(
        {},
        "Largest possible cost of the source group that cannot pass one, such as nights in "
        "hospital over the horizon times their price; it is then a share of that maximum (a beta "
        "with a hurdle at zero), modelled first. Empty for none.",
        unit="currency",
    )


class PriorSettings(Section):
    """Scales of the priors; the same for every arm, in units in which people vary by about 1."""

    level: float = setting(
        1.5,
        "Prior SD of the level of an outcome in an arm around its pooled value: in residual SDs "
        "(normal), log-odds (beta) or logs (gamma, lognormal).",
        gt=0,
    )
    event: float = setting(
        1.5,
        "Prior SD of the level in an arm of what happens or does not: death, no cost at all, the "
        "ceiling.",
        unit="log-odds",
        gt=0,
    )
    slope: float = setting(
        1.0,
        "Prior SD of slopes on covariates and on other outcomes.",
        unit="per SD of the covariate or outcome",
        gt=0,
    )
    spread: float = setting(
        1.0,
        "What the scale of the priors of SDs, precisions and shapes is multiplied by; 1 is that of "
        "each family.",
        gt=0,
    )
    cluster: float = setting(
        0.5, "Scale of the half-normal prior of the SD between clusters.", unit="as level", gt=0
    )


class GateSettings(Section):
    """Limits beyond which a check fails."""

    r_hat: float = setting(1.01, "Largest allowed R-hat.", gt=1, reference=_VEHTARI_RHAT)
    ess: float = setting(
        400.0, "Smallest allowed effective number of draws.", unit="draws", gt=0,
        reference=_VEHTARI_RHAT,
    )  # fmt: skip
    divergences: int = setting(0, "Largest allowed number of divergences.", unit="draws", ge=0)
    bfmi: float = setting(
        0.3, "Smallest allowed Bayesian fraction of missing information.", gt=0, lt=1
    )
    pareto_k: float = setting(
        0.7,
        "Pareto k above which leave-one-out cross-validation says little about a participant.",
        gt=0,
        reference=_VEHTARI_LOO,
    )
    influence: float = setting(
        0.5,
        "Largest allowed move of the difference in cost or effect between two arms when one "
        "participant is left out.",
        unit="posterior SDs of the difference",
        gt=0,
        reference="Belsley 1980, doi 10.1002/0471725153; decision 051",
    )
    predictive_p: float = setting(
        0.01, "Smallest allowed two-sided posterior predictive p.", ge=0, lt=0.5
    )


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


class ModelSettings(Section):
    """What is believed about mean cost and effect, and how it is computed."""

    cells: Literal["by_visit", "totals"] | None = setting(
        None,
        "What is modelled: by_visit, the measure at each visit, the cost of each source group and "
        "period, and death in each interval, each given what was seen before, so that someone "
        "seen at one visit and not at the next still counts; or the totals of a participant. "
        "Silent: by_visit wherever there are visits and the outcome is an area under the curve of "
        "a measure, else totals. Lower and ceiling of the effect are shared out over the visits "
        "by their weights.",
        reference="Gabrio 2022, doi 10.1002/hec.4510; decision 016",
    )
    effect: EffectSettings = setting(EffectSettings(), "How the effect is distributed.")
    cost: CostSettings = setting(CostSettings(), "How cost is distributed.")
    dependence: Literal["cost_given_effect", "effect_given_cost", "none"] = setting(
        "cost_given_effect",
        "How cost and effect depend on each other, by arm, in a model of totals: cost given "
        "effect; effect given the first source group of cost, which needs no sampled values for "
        "missing effects and fits faster; or not at all. By visit, each value follows what came "
        "before it.",
    )
    common_to_arms: list[Literal["spread", "dependence"]] = setting(
        [],
        "What the arms have in common; by default each arm has its own spread (SD, precision, "
        "shape) and its own dependence between cost and effect. For a model of totals.",
    )
    clusters: str | None = setting(
        None,
        "Column of the participants whose values (sites, clusters) deviate at random from their "
        "arm in cost and effect together; null for none.",
        reference="Gomes 2012, doi 10.1177/0272989X11418372",
    )
    subgroups: list[str] = setting(
        [],
        "Columns of the participants by which the answer is also given, adjusted within each "
        "subgroup. Name them among the covariates too.",
    )
    standardisation: Literal["population", "own_arm"] = setting(
        "population",
        "Over whom the mean of an arm is averaged: everybody in the analysis population (what "
        "differs between the arms by chance is then balanced), or the arm's own participants.",
        reference="decision 001",
    )
    priors: PriorSettings = setting(PriorSettings(), "Scales of the priors.")
    draws: int = setting(1000, "Draws kept in each chain.", unit="draws", ge=100)
    tune: int = setting(500, "Tuning draws in each chain, thrown away.", unit="draws", ge=100)
    chains: int = setting(4, "Number of chains.", unit="chains", ge=2, le=16)
    repetition: int = setting(
        0,
        "Which of several independent runs of the sampler on the same data it is; another number "
        "draws anew, so that what differs is Monte Carlo error.",
        ge=0,
    )
    target_accept: float = setting(
        0.9, "Acceptance rate the sampler aims at; higher is slower and surer.", gt=0.5, lt=1
    )
    gates: GateSettings = setting(GateSettings(), "Limits beyond which a check fails.")
    cross_check: CrossCheckSettings = setting(
        CrossCheckSettings(), "How the frequentist cross-check of target full is computed."
    )
    selection: SelectionSettings | None = setting(
        None,
        "A selection model, refitted beside the main one in the target full; none for none. An "
        "empty map takes the cases that ship here. It is a model of totals, whatever cells says.",
    )
    on_failed_checks: Literal["report", "stop"] = setting(
        "report", "What a failed check does: stands at the head of the report, or stops the run."
    )
    endpoints: dict[Name, EndpointModel] = setting({}, "Clinical endpoints modelled, by name.")
    endpoint_priors: EndpointPriors = setting(EndpointPriors(), "Priors of endpoint models.")
    comparison: Literal["randomised", "observational", "described"] = setting(
        "randomised",
        "How arms may be compared: randomised; observational, every contrast an association; or "
        "described, no contrast at all, because by design the arms cannot overlap (people in "
        "prison and people who are not).",
        reference="decision 027",
    )
    observational: ObservationalSettings = setting(
        ObservationalSettings(), "Comparisons of people whom nobody randomised."
    )

    @model_validator(mode="after")
    def _agree(self):
        """Check that the family of the effect can be modelled at each visit."""
        if self.cells == "by_visit" and self.effect.family == "bernoulli":
            raise Refused(
                "bernoulli; allowed with cells by_visit: normal, beta, decrement_gamma; "
                "choose one of these or cells totals",
                at="effect.family",
            )
        return self
