"""What was fitted, analysis by analysis: from table ``fitted_cells`` and the settings."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from trialbalance.report.facts.facts import Facts
from trialbalance.report.sections.methods.fitted import (
    cell_words,
    distribution_lines,
    joint_line,
    level_line,
    missing_lines,
    spread_line,
)
from trialbalance.report.text.markup import blocks, bullets, prose, section, table
from trialbalance.report.text.numbers import BLANK, general, missing, number

STANDARDISED = {
    "population": "Means by arm are averages over the whole population analysed, on the natural "
    "scale: what differs between the arms before they begin is levelled out.",
    "own_arm": "Means by arm are averages over the arm's own participants, on the natural scale.",
}
# Settings of priors, and the columns of the table that say whether they are in use.
PRIORS = ("level", "event", "slope", "spread", "cluster")


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


def model_lines(facts: Facts, analysis: str) -> list[str]:
    """Return what was fitted to one analysis, sentence by sentence.

    Parameters
    ----------
    facts : Facts
        The study.
    analysis : str
        Name of the analysis.

    Returns
    -------
    list of str
        Sentences; none where it is not known what was fitted.
    """
    frame, model = facts.table("fitted_cells", analysis), settled(facts, analysis, "model")
    if frame is None:
        return []
    # The restricted edition holds cells as they come; what is whole in it has its type again.
    frame = frame.infer_objects()
    lines = [
        joint_line(facts, analysis, frame),
        *distribution_lines(facts, analysis, frame),
        level_line(facts, frame, model),
        spread_line(frame),
        _never_at_ceiling(frame, model),
        *missing_lines(facts, analysis, frame),
        STANDARDISED.get(model.get("standardisation", ""), STANDARDISED["population"]),
        _sampler(model),
    ]
    return [line for line in lines if line]


def _never_at_ceiling(frame: pd.DataFrame, model: Mapping[str, Any]) -> str:
    """Return who cannot be at the ceiling, where a total may be at one."""
    own = frame[(frame["kind"] == "effect") & frame["spikes"].notna()]
    effect = model.get("effect") or {}
    if own.empty or not effect.get("ceiling_needs_baseline"):
        return ""
    return "Whoever began below the ceiling cannot have the ceiling as a total."


def _sampler(model: Mapping[str, Any]) -> str:
    """Return how the model was fitted."""
    if not model.get("chains"):
        return ""
    return (
        f"Fitted by Hamiltonian Monte Carlo (NUTS): {general(model['chains'])} chains of "
        f"{general(model.get('draws'))} draws after {general(model.get('tune'))} of tuning."
    )


def model_section(facts: Facts) -> str:
    """Return what was fitted and its priors, once for analyses that share every word of it."""
    told: dict[tuple[str, ...], list[str]] = {}
    for name in facts.analyses:
        if lines := model_lines(facts, name):
            own = facts.table("fitted_cells", name).to_csv()
            told.setdefault((*lines, own), []).append(name)
    parts = []
    for place, ((*lines, _), names) in enumerate(told.items()):
        titles = [facts.title(name) for name in names]
        head = prose("{names}:", names="; ".join(titles)) if len(told) > 1 else ""
        tables = cell_table(facts, names[0]), prior_table(facts, names[0], place == 0)
        parts.append(blocks(head, bullets(lines), *tables))
    return section(3, "The models fitted", "models", *parts)


def cell_table(facts: Facts, analysis: str) -> str:
    """Return the quantities of a model in its order: what each follows, and who was seen."""
    frame = facts.table("fitted_cells", analysis)
    place = {cell: number(k) for k, cell in enumerate(frame["cell"], start=1)}
    rows = []
    for _, row in frame.iterrows():
        apart = set(_names(row["follows_by_arm"]))
        follows = [place[one] + ("*" if one in apart else "") for one in _names(row["follows"])]
        seen = f"{number(row['observed'])}/{number(row['possible'])}"
        rows.append(
            [
                place[row["cell"]],
                cell_words(facts, analysis, row),
                facts.label(row["family"]).lower(),
                ", ".join(follows) or BLANK,
                BLANK if missing(row["observed"]) else seen,
            ]
        )
    apart = frame["follows_by_arm"].notna().any()
    return table(
        ["No.", "Quantity", "Distribution", "Follows no.", "Seen of those possible"],
        rows,
        "What was fitted, in the order of the model",
        f"fitted-{analysis}",
        (1, 2, 3),
        "An asterisk marks a slope of its own in each arm." if apart else "",
        source=facts.source("fitted_cells", analysis),
    )


def _names(cell: object) -> list[str]:
    """Return the names in a cell that lists them."""
    return [] if missing(cell) else str(cell).split("; ")


def prior_table(facts: Facts, analysis: str, first: bool) -> str:
    """Return the priors that a model uses, the same in every arm; the first such table or not."""
    meanings = facts.context.get("setting_descriptions") or {}
    rows = [
        [facts.label(key), value, meanings.get(f"model.priors.{key}", "")]
        for key, value in priors_in_use(facts.table("fitted_cells", analysis)).items()
    ]
    header = ["Prior", "Value", "Meaning"]
    if not any(row[2] for row in rows):
        header, rows = header[:2], [row[:2] for row in rows]
    return table(
        header,
        rows,
        "Priors in use: the same for every arm, on outcomes in units in which people vary by "
        "about 1",
        "priors" if first else f"priors-{analysis}",
        (0, 1, 2),
        source=facts.source("fitted_cells", analysis),
    )


def priors_in_use(frame: pd.DataFrame) -> dict[str, str]:
    """Return the priors that a model uses, by the name of their setting.

    Parameters
    ----------
    frame : pandas.DataFrame
        Table fitted_cells of an analysis.

    Returns
    -------
    dict of str to str
        Scale by setting of ``model.priors``; no entry for one that nothing uses.

    Examples
    --------
    >>> priors_in_use(pd.DataFrame({"family": ["normal"], "prior_level": [1.5],
    ...     "prior_spike": [None], "prior_slope": [None], "prior_spread": ["half-normal 1.5"],
    ...     "prior_cluster": [None]}))
    {'level': 'normal, SD 1.5', 'spread': 'half-normal 1.5'}
    """
    event = frame["family"] == "bernoulli"
    found = {
        "level": frame.loc[~event, "prior_level"],
        "event": pd.concat([frame.loc[event, "prior_level"], frame["prior_spike"].dropna()]),
        "slope": frame["prior_slope"],
        "spread": frame["prior_spread"],
        "cluster": frame["prior_cluster"],
    }
    told = {}
    for name in PRIORS:
        values = list(dict.fromkeys(value for value in found[name] if not missing(value)))
        kind = "half-normal, scale" if name == "cluster" else "normal, SD"
        words = [value if isinstance(value, str) else f"{kind} {value:g}" for value in values]
        if words:
            told[name] = "; ".join(words)
    return told
