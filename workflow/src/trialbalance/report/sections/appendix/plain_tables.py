"""Tables printed as they are written: one line here for each, shown only where a study has it."""

from typing import NamedTuple

import pandas as pd
from trialbalance.report.facts.cases import title
from trialbalance.report.facts.facts import Facts
from trialbalance.report.facts.formatted_tables import with_intervals
from trialbalance.report.facts.pictures import drawn_as, pictures
from trialbalance.report.sections.appendix.books import as_given
from trialbalance.report.text.markup import box, escape, prose, section
from trialbalance.report.text.numbers import number

MOST = 140
OBSERVED = (
    "Means of those seen, and least squares on arm and covariates: what the workbook of the audit "
    "works out with live formulas. No interval is given; the model's results are above."
)


class Further(NamedTuple):
    """A table printed as it is: section, name, heading, words, columns, start of figures' names.

    ``blank`` names a column: only the rows that leave it blank are printed.
    """

    after: str
    table: str
    heading: str
    words: str = ""
    columns: tuple[str, ...] = ()
    drawn: str = ""
    blank: str = ""


FURTHER = (
    Further(
        "results",
        "observed_case",
        "Before any model",
        OBSERVED,
        (
            *("analysis", "arm", "n", "cost_n", "cost", "cost_difference", "cost_adjusted"),
            *("effect_n", "effect", "effect_difference", "effect_adjusted"),
        ),
    ),
    Further(
        "results",
        "subgroups",
        "Subgroups",
        "At the primary threshold. Read with care: each group is small.",
        ("subgroup", "arm", "cost", "effect", "net_benefit", "probability_positive"),
    ),
    Further(
        "results",
        "distribution",
        "Who gains and who loses, by group",
        "Exploratory: shares, gains and weights of groups are assumptions of the study.",
        (
            *("quantity", "group", "share", "inequality_aversion", "arm", "comparator"),
            *("net_health_benefit", "probability_positive", "note"),
        ),
    ),
    Further(
        "outcomes",
        "visit_means",
        "Modelled means by visit",
        "Means over everybody, those not seen included, as the model has them.",
        ("arm", "name", "moment", "observed", "mean"),
        "modelled_",
    ),
    Further(
        "outcomes",
        "endpoint_effects",
        "Clinical endpoints, modelled",
        "The last column says in which words a line may be told.",
        (
            *("endpoint", "estimate", "arm", "comparator", "group", "median", "n", "events"),
            *("person_years", "wording"),
        ),
    ),
    Further(
        "outcomes",
        "associations",
        "What goes with what",
        "Nobody was randomised to what is looked at here: a line told as associated with is no "
        "effect. Lines that suppose a bias stand in the file.",
        (
            *("name", "method", "estimate", "arm", "comparator", "value", "n"),
            *("effective_n", "adjusted_for", "wording", "note"),
        ),
        blank="bias",
    ),
    Further(
        "outcomes",
        "lost_map",
        "What those lost could make of it",
        "Means of whole groups under what is supposed of those lost. Described, not an effect.",
    ),
    Further("outcomes", "covariate_balance", "Balance between those compared"),
    Further(
        "outcomes",
        "overlap",
        "Overlap between those compared",
        "People by tenths of the chance of being in an arm.",
    ),
    Further("law", "courses", "Courses under the law"),
    Further(
        "completeness",
        "visit_patterns",
        "Patterns of attended visits",
        columns=("measure", "arm", "seen", "missing", "participants"),
    ),
    Further(
        "completeness",
        "missingness_predictors",
        "What goes with being missing",
        "Odds ratios of having no total, with 95% intervals.",
    ),
    Further(
        "completeness",
        "censored_means",
        "If follow-up was cut short",
        "Means of those seen, and weighted for follow-up that the end of the study cut short.",
    ),
    Further(
        "scenarios",
        "forest",
        "Every case in one place",
        "At the primary threshold: scenarios fitted anew, other prices, missing data, subgroups.",
        (
            *("analysis", "kind", "case", "arm", "cost", "effect", "net_benefit"),
            *("probability_positive", "other_decision", "method"),
        ),
    ),
    Further(
        "scenarios",
        "missing_scenarios",
        "If those not seen did worse or better",
        "At the primary threshold. The amounts by which they differ are assumed.",
        ("scenario", "arm", "cost", "effect", "net_benefit", "probability_positive", "preferred"),
    ),
    Further(
        "scenarios",
        "tipping_values",
        "How much worse before the answer changes",
        "",
        ("component", "arm", "share", "preferred", "becomes", "words"),
    ),
    Further(
        "scenarios",
        "tipping_points",
        "Map of what could turn the answer",
        "At the primary threshold: what those not seen might differ by, in one arm and the other.",
        (),
        "tipping_",
    ),
    Further(
        "scenarios",
        "selection_scenarios",
        "If being missing depends on the outcome itself",
        "",
        ("case", "arm", "cost", "effect", "net_benefit", "probability_positive", "preferred"),
    ),
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
        "tornado_",
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
    Further(
        "checks",
        "crosscheck",
        "The same by another school",
        "",
        (
            *("quantity", "threshold", "arm", "road", "participants", "estimate"),
            *("standard_error", "difference_in_se", "verdict", "sentence"),
        ),
    ),
    Further(
        "checks",
        "ladder",
        "Other families of model",
        "",
        (
            *("rung", "effect_family", "cost_family", "arm", "cost", "effect", "predictive_p"),
            *("elpd_difference", "elpd_difference_error", "failed", "note"),
        ),
    ),
    Further("checks", "prior_sensitivity", "Other priors"),
    Further("checks", "endpoint_checks", "Checks of the endpoint models"),
    Further("about", "deviations", "Plan lock"),
    Further("about", "blinding", "What is blind"),
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
        shown = [_shown(facts, entry, names) for names in _sharing(facts, entry)]
        if any(shown):
            ident = entry.heading.lower().replace(" ", "-").replace(",", "")
            figures = pictures(facts, *(drawn_as(facts, entry.drawn) if entry.drawn else ()))
            parts.append(section(3, entry.heading, ident, escape(entry.words), figures, *shown))
    return "\n\n".join(parts)


def _sharing(facts: Facts, entry: Further) -> list[list[str | None]]:
    """Return the study as a whole and its analyses, those with the same table together."""
    groups: list[list[str | None]] = []
    for name in (None, *facts.analyses):
        frame = facts.table(entry.table, name)
        if frame is None:
            continue
        frame = _told(frame)
        same = [one for one in groups if _told(facts.table(entry.table, one[0])).equals(frame)]
        if same:
            same[0].append(name)
        else:
            groups.append([name])
    return groups


def _told(frame: pd.DataFrame) -> pd.DataFrame:
    """Return what a table tells people, without its marks for programs."""
    return frame.drop(columns=[name for name in ("synthetic", "figure") if name in frame])


def _shown(facts: Facts, entry: Further, names: list[str | None]) -> str:
    """Return one table, or where it stands when it is too long to print."""
    analysis = names[0]
    frame = _at_primary(facts, facts.table(entry.table, analysis), analysis)
    frame = frame[frame[entry.blank].isna()] if entry.blank in frame else frame
    frame, numbers = with_intervals(facts, entry.table, _without_blanks(frame))
    frame = frame[[name for name in entry.columns or frame.columns if name in frame]]
    if len(frame) > MOST:
        place = facts.source(entry.table, analysis)
        return box("note", prose("{n} rows: see {file}.", n=number(len(frame)), file=place))
    titles = [title(facts, name) for name in names if name is not None]
    caption = ": ".join([entry.heading, *(["; ".join(titles)] if titles else [])])
    return as_given(facts, entry.table, caption, frame, numbers, analysis)


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
