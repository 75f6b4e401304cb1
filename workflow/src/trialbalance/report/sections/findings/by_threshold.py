"""Net benefit and chance of being the best option at each threshold, by option."""

import pandas as pd

from trialbalance.report.facts.facts import Facts, near
from trialbalance.report.facts.number_links import traced, traced_span
from trialbalance.report.facts.rounding import drawn, drawn_ends
from trialbalance.report.text.markup import (
    table,
)
from trialbalance.report.text.numbers import (
    BLANK,
    missing,
)

ENDS = ["lower", "upper"]


def threshold_table(facts: Facts, analysis: str) -> str:
    """Return net benefit and chances of being the best option at each marked threshold."""
    marks = facts.thresholds(analysis)
    benefit, chances = facts.table("net_benefit", analysis), facts.table("acceptability", analysis)
    if benefit is None and chances is None:
        return ""
    if facts.many:
        return option_table(facts, analysis)
    rows = [
        [
            facts.threshold(threshold),
            *_gains(facts, analysis, benefit, threshold),
            *_chances(facts, analysis, chances, threshold),
        ]
        for threshold in facts.shown(analysis)
    ]
    header = ["Threshold"]
    for arm in facts.others:
        header += [f"Net benefit, {facts.arm(arm)}", f"{facts.interval} interval"]
    header += [f"Chance best: {facts.arm(arm)}" for arm in facts.arms]
    kind = "exploratory thresholds" if marks.exploratory else "each marked threshold"
    return table(
        header,
        rows,
        f"Incremental net benefit and chance of best value at {kind}",
        f"thresholds-{analysis}",
        (0,),
        f"Net benefit is against {facts.arm(facts.comparator)}, per person; above zero "
        "the option is worth its cost at that threshold.",
        source=facts.source("net_benefit", analysis),
    )


def _gains(facts: Facts, analysis: str, frame: pd.DataFrame | None, threshold: float) -> list[str]:
    """Return net benefit and its interval of every option but the comparator."""
    found = near(frame, threshold) if frame is not None else pd.DataFrame()
    gains = {row["arm"]: row for _, row in found.iterrows()}
    cells = []
    for arm in facts.others:
        row = gains.get(arm)
        if row is None or missing(row["net_benefit"]):
            cells += [BLANK, BLANK]
            continue
        cells += [
            traced(facts, drawn(facts, analysis, row, "net_benefit"), row, "net_benefit"),
            traced_span(facts, drawn_ends(facts, analysis, row), row, ENDS),
        ]
    return cells


def _chances(
    facts: Facts, analysis: str, frame: pd.DataFrame | None, threshold: float
) -> list[str]:
    """Return the chance of every option to be the best."""
    found = near(frame, threshold) if frame is not None else pd.DataFrame()
    shares = {
        row["arm"]: traced(facts, drawn(facts, analysis, row, "probability"), row, "probability")
        for _, row in found.iterrows()
    }
    return [shares.get(arm, BLANK) for arm in facts.arms]


def option_table(facts: Facts, analysis: str) -> str:
    """Return net benefit and chance of being best of many options, one row an option."""
    gains, shares = facts.table("net_benefit", analysis), facts.table("acceptability", analysis)
    rows = []
    for threshold in facts.shown(analysis):
        found = {
            kind: {row["arm"]: row for _, row in near(frame, threshold).iterrows()}
            for kind, frame in (("gain", gains), ("share", shares))
            if frame is not None
        }
        for arm in facts.arms:
            gain, share = (found.get(kind, {}).get(arm) for kind in ("gain", "share"))
            cells = [BLANK, BLANK]
            if gain is not None and not missing(gain["net_benefit"]):
                cells = [
                    traced(facts, drawn(facts, analysis, gain, "net_benefit"), gain, "net_benefit"),
                    traced_span(facts, drawn_ends(facts, analysis, gain), gain, ENDS),
                ]
            told = BLANK if share is None else drawn(facts, analysis, share, "probability")
            if share is not None:
                told = traced(facts, told, share, "probability")
            rows.append([facts.threshold(threshold), facts.arm(arm), *cells, told])
    return table(
        ["Threshold", "Option", "Net benefit", f"{facts.interval} interval", "Chance best"],
        rows,
        "Incremental net benefit and chance of best value, by threshold and option",
        f"thresholds-{analysis}",
        (0, 1),
        f"Net benefit is against {facts.arm(facts.comparator)}, per person.",
        source=facts.source("net_benefit", analysis),
    )
