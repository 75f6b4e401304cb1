"""The models of endpoints, and the methods behind associations, with families and equations."""

from collections.abc import Iterable, Mapping
from typing import Any

from trialbalance.report.facts.facts import Facts
from trialbalance.report.text.markup import bullets, prose, section, table
from trialbalance.report.text.numbers import (
    BLANK,
    counted,
    general,
    listed,
    missing,
    number,
    sentence_case,
)
from trialbalance.report.text.pandoc import plain_equation

# Family and equation of each kind of endpoint, as model.endpoints declares them.
FAMILIES = {
    "binary": ("yes or no", r"y \sim \mathrm{Binomial}(n, p), \mathrm{logit}\,p = \eta"),
    "count": (
        "count over time at risk t, negative binomial",
        r"y \sim \mathrm{NegBinomial}(\mu, \mu + c^2 \mu^2), \log \mu = \log t + \eta",
    ),
    "time_to_event": (
        "time to the first event, hazard constant within intervals j",
        r"h(j) = \exp(\lambda(j) + \eta)",
    ),
    "proportion": (
        "proportion by group, beta-binomial",
        r"y \sim \mathrm{BetaBinomial}(n, \mu, \rho)",
    ),
}
# Priors of endpoint models by the kinds that use them; slopes are used where there are covariates.
PRIORS = {
    "level_scale": ("binary", "count", "time_to_event", "proportion"),
    "arm_scale": ("binary", "count", "time_to_event"),
    "interval_scale": ("time_to_event",),
    "count_cv": ("count",),
    "group_share": ("proportion",),
}
# Methods of associations in the order in which they are told, and their equations.
METHODS = {
    "described": ("Mean, or share with Wilson's interval, of those seen in each group", ""),
    "bounds": ("Mean of the whole group if all those lost had the lowest, or highest, value", ""),
    "bias_sensitivity": (
        "Mean moved by a supposed bias of those seen; no contrast is drawn from it",
        "",
    ),
    "crude": ("Difference of the means of those seen, nothing adjusted for", ""),
    "g_computation": (
        "Outcome model m of each group (linear; logistic for yes or no), averaged over everybody",
        r"\bar y = \sum m(x) / n",
    ),
    "doubly_robust": (
        "Outcome model m, and weights by the chances π of the group and r of being seen (I is 1 "
        "for those of the group who were seen)",
        r"\bar y = \sum (m(x) + I (y - m(x)) / (\pi(x)\,r(x))) / n",
    ),
    "clone_censor_weight": (
        "Emulated trial: everybody cloned into both strategies when first eligible, censored on "
        "departing from one, weighted by the hazard h of starting",
        r"w = 1 / \prod (1 - h(x))",
    ),
    "time_varying_exposure": (
        "Pooled Poisson regression of short steps of time at risk t on exposure E as it stood a "
        "lag before, quarter of follow-up q and covariates x",
        r"\log \mathrm{E}(y) = \log t + \alpha(q) + \beta E + \gamma x",
    ),
}


def endpoint_models(facts: Facts) -> str:
    """Return what was fitted to each endpoint: family, equation, covariates, people and priors.

    Parameters
    ----------
    facts : Facts
        The study.

    Returns
    -------
    str
        A part of section Methods; nothing where no endpoint was modelled.
    """
    effects, declared = facts.table("endpoint_effects"), facts.part("model").get("endpoints") or {}
    models = {name: one for name, one in declared.items() if effects is not None
              and name in set(effects["endpoint"])}  # fmt: skip
    if not models:
        return ""
    rows = []
    for name, model in models.items():
        own = effects[effects["endpoint"] == name]
        whole = own[own["comparator"].isna() & own["group"].isna()].drop_duplicates("arm")
        adjusted = [facts.label(one, "covariate").lower() for one in model.get("covariates") or ()]
        rows.append(
            [
                model.get("label") or facts.label(name, "endpoint"),
                sentence_case(model["kind"]).lower(),
                facts.label(model.get("population", ""), "population"),
                number(whole["n"].sum()) if len(whole) else number(own["n"].max()),
                listed(adjusted) or "nothing",
            ]
        )
    text = table(
        ["Endpoint", "Kind", "Population", "People with it known", "Adjusted for"],
        rows,
        "Models of endpoints",
        "endpoint-models",
        (0, 1, 2, 4),
        source=facts.source("endpoint_effects"),
    )
    kinds = list(dict.fromkeys(model["kind"] for model in models.values()))
    lines = [*family_lines(models, kinds), *_how(facts, models, kinds), *prior_lines(facts, models)]
    return section(3, "The models of endpoints", "endpoint-fits", text, bullets(lines))


def family_lines(models: Mapping[str, Any], kinds: Iterable[str]) -> list[str]:
    """Return the family and equation of each kind, with its intervals of time."""
    told = []
    for kind in kinds:
        words, equation = FAMILIES[kind]
        cuts = {one.get("intervals") for one in models.values() if one["kind"] == kind}
        more = ""
        if kind == "time_to_event":
            more = f"; follow-up is cut into {listed([general(cut) for cut in sorted(cuts)], 'or')}"
        told.append(f"{words[:1].upper()}{words[1:]}: {plain_equation(equation)}{more}.")
    return told


def _how(facts: Facts, models: Mapping[str, Any], kinds: list[str]) -> list[str]:
    """Return what the linear predictor holds, who counts, and how effects come about."""
    slopes = any(model.get("covariates") or model.get("exposure") for model in models.values())
    lines = []
    if kinds != ["proportion"]:
        covariates = " and slopes on the covariates, each centred" if slopes else ""
        lines.append(
            f"η is the level of the arm{covariates}; the arms stand around a common level, so that "
            "neither is the reference. Endpoints share no parameter."
        )
        lines.append(
            "Whose endpoint is not known stays out of its model, missing at random given arm and "
            "covariates; time at risk ends with death or the end of follow-up. Risks, rates and "
            "times are averages over the covariates of the whole population, arm by arm, and "
            "effects are their differences and ratios."
        )
    for model in models.values():
        if (benchmark := model.get("benchmark")) and not missing(benchmark.get("value")):
            lines.append(
                prose(
                    "{label} is set beside {value}: {source}. The published value is taken as "
                    "exact.",
                    label=model.get("label"),
                    value=general(benchmark["value"]),
                    source=str(benchmark.get("source")).rstrip("."),
                )
            )
    return lines


def prior_lines(facts: Facts, models: Mapping[str, Any]) -> list[str]:
    """Return the priors that the endpoints' models use, and no others."""
    priors = facts.part("model").get("endpoint_priors") or {}
    meanings = facts.context.get("setting_descriptions") or {}
    kinds = {model["kind"] for model in models.values()}
    used = [name for name, own in PRIORS.items() if kinds & set(own)]
    if any(model.get("covariates") for model in models.values()):
        used.append("slope")
    told = {
        name: (meanings.get(_setting(name)) or sentence_case(name)).rstrip(".") for name in used
    }
    return [f"{words}: {priors[name]:g}." for name, words in told.items() if name in priors]


def _setting(name: str) -> str:
    """Return the dotted name of a prior's setting."""
    return f"model.endpoint_priors.{name}"


def association_methods(facts: Facts) -> str:
    """Return by which methods people were set beside each other whom nobody randomised.

    Parameters
    ----------
    facts : Facts
        The study.

    Returns
    -------
    str
        A part of section Methods: one row a question with its method, people and covariates, and
        each method with its equation; nothing where no such method was used.
    """
    frame = facts.table("associations")
    frame = None if frame is None else frame[frame["method"].isin(METHODS)]
    if frame is None or frame.empty:
        return ""
    section_of = facts.part("model").get("observational") or {}
    rows = []
    for (name, method), own in frame.groupby(["name", "method"], sort=False):
        adjusted = [value for value in own["adjusted_for"].dropna().unique() if value]
        rows.append(
            [
                _title(facts, section_of, str(name)),
                sentence_case(str(method)),
                number(own["n"].max()),
                listed(_words(facts, adjusted)) or BLANK,
            ]
        )
    text = table(
        ["Question", "Method", "People, at most", "Adjusted for"],
        rows,
        "Methods for people whom nobody randomised",
        "association-methods",
        (0, 1, 3),
        source=facts.source("associations"),
    )
    used = set(frame["method"])
    told = [_method(name) for name in METHODS if name in used]
    return section(
        3, "The methods behind associations", "association-fits", text,
        bullets([*told, *_settings(section_of, used)]),
    )  # fmt: skip


def _title(facts: Facts, declared: Mapping[str, Any], name: str) -> str:
    """Return what a question is about, as the study labels it."""
    for part in ("outcomes", "exposures", "emulations"):
        label = ((declared.get(part) or {}).get(name) or {}).get("label")
        if label:
            return str(label)
    return facts.label(name, "outcome", "endpoint")


def _words(facts: Facts, adjusted: list[str]) -> list[str]:
    """Return covariates as people read them."""
    names = [one.strip() for text in adjusted for one in str(text).split(",")]
    return [facts.label(one, "covariate").lower() for one in dict.fromkeys(names)]


def _method(name: str) -> str:
    """Return one method with its equation."""
    words, equation = METHODS[name]
    shown = f": {plain_equation(equation)}" if equation else ""
    return f"{sentence_case(name)}. {words}{shown}."


def _settings(declared: Mapping[str, Any], used: set[str]) -> list[str]:
    """Return how intervals were made and where weights were cut, where a method needs them."""
    lines = []
    if used & {"crude", "g_computation", "clone_censor_weight"} and declared.get("resamples"):
        many = counted(int(declared["resamples"]), "bootstrap sample")
        lines.append(f"Intervals of differences hold the middle of {many} of people.")
    if used & {"doubly_robust", "clone_censor_weight"} and declared.get("truncation"):
        lines.append(f"Weights above their quantile {declared['truncation']:g} are cut to it.")
    return lines
