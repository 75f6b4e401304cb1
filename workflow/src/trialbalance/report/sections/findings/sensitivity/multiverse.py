"""Every defensible analysis: how many prefer which option, and what moves the answer."""

import pandas as pd

from trialbalance.report.facts.defensible import (
    added_words,
    choice_label,
    option_label,
    share_words,
    weight_words,
)
from trialbalance.report.facts.facts import Facts
from trialbalance.report.facts.number_links import traced
from trialbalance.report.facts.pictures import drawn_as, pictures
from trialbalance.report.sections.findings.sensitivity.multiverse_proof import (
    algebra_words,
    proof_table,
    refit_words,
)
from trialbalance.report.text.markup import bullets, joined, prose, section, table
from trialbalance.report.text.numbers import BLANK, counted, general, missing, number

WAYS = {
    "exact": "by exact algebra on the draws of the plan's fit",
    "refitted": "on a fit of their own",
    "approximate": "with prices of items that share a source changed apart, so that the difference "
    "in cost may lie up to the stated error from a refit",
}


def multiverse(facts: Facts) -> str:
    """Return the multiverse in words, picture and tables; nothing where it was not worked out."""
    if facts.table("multiverse") is None:
        return ""
    caution = (
        "These are counts of analyses, not a probability: analyses share data and may share a "
        "mistake."
    )
    names = drawn_as(facts, "specification_")
    return section(
        2,
        "Every defensible analysis",
        "multiverse",
        joined([share_words(facts), weight_words(facts), added_words(facts), caution]),
        pictures(facts, *names, kind="figures .whole"),
        bullets(ways_words(facts)),
        option_table(facts),
        choice_table(facts),
        proof_table(facts),
        excluded_words(facts),
    )


def ways_words(facts: Facts) -> list[str]:
    """Return how the analyses were got, and how far those put to the proof lie from the table."""
    frame = facts.table("multiverse")
    cells = frame.drop_duplicates("cell")
    told = [f"{number(count)} {WAYS[way]}." for way, count in cells["way"].value_counts().items()]
    if (worst := frame["error"].max()) > 0:
        near = frame[frame["net_benefit"].abs() <= frame["error"]]["cell"].nunique()
        told.append(
            f"The largest error so stated is {facts.cash(worst)} per person; in {number(near)} "
            "analyses net benefit is no further from zero than the error that they state."
        )
    return [*told, *algebra_words(facts), *refit_words(facts), fit_words(frame)]


def fit_words(frame: pd.DataFrame) -> str:
    """Return on how many fits the analyses rest, and how many of those failed a check.

    Examples
    --------
    >>> fit_words(pd.DataFrame({"fit": ["a/x", "b/x"], "failed_checks": [0, 2]}))
    'They rest on 2 fits, of which 1 failed a check: b/x.'
    """
    fits = frame.drop_duplicates("fit")
    failed = fits.loc[fits["failed_checks"].fillna(0) > 0, "fit"].tolist()
    start = f"They rest on {counted(len(fits), 'fit')}"
    if not failed:
        return (
            f"{start}; none failed a check." if fits["failed_checks"].notna().any() else f"{start}."
        )
    return f"{start}, of which {number(len(failed))} failed a check: {', '.join(failed)}."


def option_table(facts: Facts) -> str:
    """Return the share of analyses in which each option of the study is preferred, by choice."""
    frame, rows = facts.table("multiverse_options"), []
    if frame is None:
        return ""
    for (choice, option), part in frame.dropna(subset=["choice"]).groupby(
        ["choice", "option"], sort=False
    ):
        first, own = part.iloc[0], part.set_index("arm")
        label = option_label(facts, choice, option) + (" (plan)" if first["plan"] else "")
        late = "" if missing(first["after_lock"]) or not first["after_lock"] else " (after lock)"
        shares = [_share(facts, own.loc[arm]) for arm in facts.arms]
        cells = traced(facts, number(first["cells"]), first, "cells")
        rows.append(
            [
                choice_label(facts, choice),
                label + late,
                cells,
                *shares,
                general(first["defensible"]),
            ]
        )
    header = ["Choice", "Option", "Analyses", *map(facts.arm, facts.arms), "Why it is defensible"]
    return table(
        header,
        rows,
        "Share of analyses in which each option is preferred",
        "multiverse-options",
        (0, 1, len(header) - 1),
        source=facts.source("multiverse_options"),
    )


def _share(facts: Facts, row: pd.Series) -> str:
    """Return a share of analyses as a percentage, blank where no analysis takes the option."""
    if missing(row["share"]):
        return BLANK
    return traced(facts, f"{number(100 * row['share'], 1)} %", row, "share")


def choice_table(facts: Facts) -> str:
    """Return what share of the variance over analyses each choice moves."""
    frame, rows = facts.table("multiverse_choices"), []
    if frame is None:
        return ""
    for _, row in frame.iterrows():
        last = "Choices together" if missing(row["choice"]) else choice_label(facts, row["choice"])
        cells = [
            BLANK
            if missing(row[name])
            else traced(facts, f"{number(100 * row[name], 1)} %", row, name)
            for name in ("variance_share", "turning_share")
        ]
        rows.append([facts.arm(row["arm"]), last, *cells])
    return table(
        ["Option", "Choice", "Of the variance of net benefit", "Of what turns the preference"],
        rows,
        "What moves the answer over all analyses",
        "multiverse-choices",
        (0, 1),
        source=facts.source("multiverse_choices"),
    )


def excluded_words(facts: Facts) -> str:
    """Return which combinations were left out, and why."""
    section_ = facts.part("multiverse")
    names = {
        option: option_label(facts, choice, option)
        for choice, one in section_["choices"].items()
        for option in one["options"]
    }
    return bullets(
        prose(
            "Left out: {which}. {why}",
            which=" with ".join(names[option] for option in one["options"]),
            why=one["reason"],
        )
        for one in section_["excluded"]
    )
