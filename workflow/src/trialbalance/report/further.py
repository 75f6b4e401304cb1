"""Tables printed as they are written: one line here for each, shown only where a study has it."""

from typing import NamedTuple

import pandas as pd

from trialbalance.report.accounts import as_given
from trialbalance.report.facts import Facts
from trialbalance.report.markup import escape, prose, section
from trialbalance.report.scenarios import title
from trialbalance.report.words import number

MOST = 80


class Further(NamedTuple):
    """A table printed as it is: the section it closes, its name, heading, and what it tells."""

    after: str
    table: str
    heading: str
    words: str = ""
    columns: tuple[str, ...] = ()


FURTHER = (
    Further("results", "subgroups", "Subgroups", "Read with care: each group is small."),
    Further(
        "results",
        "distribution",
        "Who gains and who loses, by group",
        "Exploratory: shares, gains and weights of groups are assumptions of the study.",
        (
            *("quantity", "group", "share", "inequality_aversion", "arm", "comparator"),
            *("net_health_benefit", "lower", "upper", "probability_positive", "note"),
        ),
    ),
    Further("outcomes", "visit_means", "Modelled means by visit"),
    Further("outcomes", "endpoint_effects", "Clinical endpoints, modelled"),
    Further("outcomes", "associations", "Associations with exposure"),
    Further("outcomes", "overlap", "Overlap between those compared"),
    Further("outcomes", "covariate_balance", "Balance between those compared"),
    Further("completeness", "visit_patterns", "Patterns of attended visits"),
    Further("completeness", "missingness_predictors", "What goes with being missing"),
    Further("scenarios", "missing_scenarios", "If those not seen did worse or better"),
    Further("scenarios", "tipping_values", "How much worse before the answer changes"),
    Further("scenarios", "tipping_points", "Map of tipping points"),
    Further("scenarios", "selection_scenarios", "Models of being missing"),
    Further(
        "scenarios",
        "sensitivity",
        "One assumption at a time",
        "At the primary threshold, each assumption at the low and at the high end of its range; "
        "the widest swing of net benefit first.",
        (
            *("analysis", "arm", "parameter", "low_value", "high_value", "net_benefit_low"),
            *("net_benefit_high", "swing", "changes_sign", "method"),
        ),
    ),
    Further(
        "scenarios",
        "two_way",
        "Two assumptions at a time",
        "At the primary threshold.",
        (
            *("analysis", "arm", "parameter_x", "value_x", "parameter_y", "value_y"),
            *("net_benefit", "method"),
        ),
    ),
    Further("checks", "crosscheck", "The same by another school"),
    Further("checks", "ladder", "Other families of model"),
    Further("checks", "prior_sensitivity", "Other priors"),
    Further("checks", "endpoint_checks", "Checks of the endpoint models"),
    Further("about", "deviations", "Plan lock"),
)


def further(facts: Facts, after: str) -> str:
    """Return the further tables that close a section.

    Parameters
    ----------
    facts : Facts
        The study.
    after : str
        Identifier of the section.

    Returns
    -------
    str
        One part a table, study-wide or one an analysis; nothing where no table exists.
    """
    parts = []
    for entry in [entry for entry in FURTHER if entry.after == after]:
        shown = [
            _shown(facts, entry, None),
            *(_shown(facts, entry, name) for name in facts.analyses),
        ]
        if any(shown):
            ident = entry.heading.lower().replace(" ", "-").replace(",", "")
            parts.append(section(3, entry.heading, ident, escape(entry.words), *shown))
    return "\n\n".join(parts)


def _shown(facts: Facts, entry: Further, analysis: str | None) -> str:
    """Return one table, or where it stands when it is too long to print."""
    frame = facts.table(entry.table, analysis)
    if frame is None:
        return ""
    frame = _at_primary(facts, frame, analysis)
    frame = frame[[name for name in entry.columns or frame.columns if name in frame]]
    if len(frame) > MOST:
        return prose(
            "{n} rows: see {file}.", n=number(len(frame)), file=facts.source(entry.table, analysis)
        )
    caption = entry.heading if analysis is None else f"{entry.heading}: {title(facts, analysis)}"
    return as_given(facts, entry.table, caption, _without_blanks(frame), analysis=analysis)


def _at_primary(facts: Facts, frame: pd.DataFrame, analysis: str | None) -> pd.DataFrame:
    """Return the rows at the primary threshold of their analysis, all where there is none."""
    if "threshold" not in frame or (analysis is None and "analysis" not in frame):
        return frame
    names = frame["analysis"] if analysis is None else [analysis] * len(frame)
    keep = [
        name not in facts.analyses or facts.thresholds(name).primary in (None, threshold)
        for name, threshold in zip(names, frame["threshold"], strict=True)
    ]
    return frame[keep]


def _without_blanks(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table without columns that say nothing: empty, or the same throughout."""
    frame = frame.dropna(axis=1, how="all")
    same = [name for name in ("scenario", "analysis") if len(set(frame.get(name, ()))) == 1]
    return frame.drop(columns=same)
