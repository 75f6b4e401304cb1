"""The statistical models in words, with their priors, from the settings of stage ``model``."""

from collections.abc import Mapping
from typing import Any

from trialbalance.report.facts.facts import Facts
from trialbalance.report.text.markup import bullets, prose, section, table
from trialbalance.report.text.numbers import general

EFFECTS = {
    "normal": "The effect follows a normal distribution.",
    "beta": "The effect follows a beta distribution between its lowest and highest possible "
    "value; people at the ceiling throughout have a share of their own.",
    "decrement_gamma": "What the effect falls short of its highest possible value follows a gamma "
    "distribution; people at the ceiling throughout have a share of their own.",
    "bernoulli": "The effect happens or does not; its chance is modelled on the log-odds.",
}
COSTS = {
    "normal": "Cost follows a normal distribution.",
    "lognormal": "Cost follows a lognormal distribution with a log link of its mean; people "
    "without any cost, where there are some, have a share of their own.",
    "gamma": "Cost follows a gamma distribution with a log link; people without any cost, where "
    "there are some, have a share of their own.",
}


def settled(facts: Facts, analysis: str, part: str) -> dict[str, Any]:
    """Return a settings section as an analysis uses it."""
    own = (facts.settings["analyses"][analysis].get(part)) or {}
    return merged(facts.part(part), own)


def merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Return settings with some replaced, maps merged key by key.

    Examples
    --------
    >>> merged({"a": {"b": 1, "c": 2}}, {"a": {"c": 3}})
    {'a': {'b': 1, 'c': 3}}
    """
    both = dict(below)
    for key, value in above.items():
        old = both.get(key)
        both[key] = (
            merged(old, value) if isinstance(value, Mapping) and isinstance(old, Mapping) else value
        )
    return both


def model_sentences(model: Mapping[str, Any]) -> list[str]:
    """Return one analysis' model, sentence by sentence.

    Parameters
    ----------
    model : mapping
        Settled section ``model``.

    Returns
    -------
    list of str
        Sentences; those without a setting are left out.
    """
    effect, cost = model.get("effect") or {}, model.get("cost") or {}
    lines = [EFFECTS.get(effect.get("family"), ""), COSTS.get(cost.get("family"), "")]
    if effect.get("family") == "beta" and effect.get("ceiling_needs_baseline"):
        lines.append("Whoever began below the ceiling cannot have the ceiling as a total.")
    lines += joined(model) if effect or cost else []
    if model.get("chains"):
        lines.append(
            f"Fitted by Hamiltonian Monte Carlo (NUTS): {general(model['chains'])} chains "
            f"of {general(model.get('draws'))} draws after {general(model.get('tune'))} "
            "of tuning."
        )
    return [line for line in lines if line]


def joined(model: Mapping[str, Any]) -> list[str]:
    """Return how values hang together, and what a mean by arm is made of.

    Examples
    --------
    >>> joined({"dependence": "none"})[0]
    'Cost and effect are modelled as independent.'
    """
    how = {
        "cost_given_effect": "Cost depends on the effect within each arm, so that the two stay "
        "joined.",
        "effect_given_cost": "The effect depends on cost within each arm, so that the two stay "
        "joined.",
        "none": "Cost and effect are modelled as independent.",
    }.get(model.get("dependence", ""), "")
    if model.get("cells") == "by_visit":
        how = (
            "Each utility at a visit, cost in a period and death in an interval is modelled given "
            "what was seen of the same person before it."
        )
    return [
        how,
        "Means by arm are averages over the whole population analysed, on the natural scale. What "
        "was seen of somebody stands as it was seen; the model fills what was not, moved by what "
        "it misses the mean of those seen by.",
        "Missing outcomes and covariates are dealt with inside the model, as missing at random.",
    ]


def model_section(facts: Facts) -> str:
    """Return the models and priors in words, once for analyses that share them."""
    if facts.part("data").get("door") == "draws" or not facts.settings.get("analyses"):
        return ""
    told: dict[tuple[str, ...], list[str]] = {}
    for name in facts.analyses:
        given = (facts.context.get("models") or {}).get(name)
        lines = [str(given)] if given else model_sentences(settled(facts, name, "model"))
        title = facts.title(name)
        told.setdefault(tuple(lines), []).append(title)
    parts = []
    for lines, titles in told.items():
        if not lines:
            continue
        if len(told) > 1:
            parts.append(prose("{names}:", names="; ".join(titles)))
        parts.append(bullets(lines))
    return section(3, "The models in words", "models", *parts, prior_table(facts))


def prior_table(facts: Facts) -> str:
    """Return the scales of the priors, the same in every arm."""
    priors = facts.context.get("priors") or facts.part("model").get("priors") or {}
    if not isinstance(priors, Mapping):
        return ""
    meanings = facts.context.get("setting_descriptions") or {}
    rows = [
        [facts.label(key), general(value), meanings.get(f"model.priors.{key}", "")]
        for key, value in priors.items()
    ]
    header = ["Prior", "Value", "Meaning"]
    if not any(row[2] for row in rows):
        header, rows = header[:2], [row[:2] for row in rows]
    return table(
        header,
        rows,
        "Priors: the same for every arm, on outcomes in units in which people vary by about 1",
        "priors",
        (0, 2),
        source=facts.source("settings"),
    )
