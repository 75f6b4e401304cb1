"""How much was seen: questionnaires returned, patterns of missing totals, shares observed."""

import pandas as pd

from trialbalance.report.facts.cost_sums import PATTERNS, missing_patterns
from trialbalance.report.facts.facts import Facts
from trialbalance.report.facts.pictures import pictures
from trialbalance.report.text.markup import blocks, section, side_by_side, table
from trialbalance.report.text.numbers import BLANK, number, percent

# What a line of completeness may be about.
SEEN = ("source_group", "measure", "outcome", "covariate", "instrument")


def questionnaire_table(facts: Facts) -> str:
    """Return questionnaires due, returned and scored by instrument, visit and arm."""
    frame = facts.table("questionnaires")
    if frame is None:
        return ""
    visits = list(facts.part("study").get("visits") or dict.fromkeys(frame["visit"]))
    rows = []
    for instrument, part in frame.groupby("instrument", sort=True):
        # An instrument that nobody returned at a visit was not asked there.
        asked = set(part.loc[part["returned"] > 0, "visit"])
        for visit in [name for name in visits if name in asked]:
            line = [facts.label(instrument, "instrument"), facts.label(visit, "visit")]
            for arm in facts.arms:
                own = part[(part["visit"] == visit) & (part["arm"] == arm)]
                line += side_by_side(len(facts.arms), _returned(own))
            rows.append(line)
    header = ["Instrument", "Visit"]
    for arm in facts.arms:
        header += side_by_side(len(facts.arms), [f"{facts.arm(arm)}: due", "returned", "scored"])
    return table(
        header,
        rows,
        "Questionnaires due (people alive), returned and scored",
        "questionnaires",
        (0, 1),
        source=facts.source("questionnaires"),
    )


def _returned(own: pd.DataFrame) -> list[str]:
    """Return expected, returned and scored counts of one cell."""
    if own.empty or not own["expected"].iloc[0]:
        return ["0", BLANK, BLANK]
    row = own.iloc[0]
    return [
        number(row["expected"]),
        *[
            f"{number(row[column])} ({percent(row[column] / row['expected'])})"
            for column in ("returned", "scored")
        ],
    ]


def pattern_table(facts: Facts, analysis: str) -> str:
    """Return the pattern of missing totals of one analysis."""
    frame, rows = missing_patterns(facts, analysis), []
    if frame is None or frame.empty:
        return ""
    sizes = frame.groupby("arm")["participants"].sum()
    for flags, part in frame.groupby([c for c, _ in PATTERNS], sort=True):
        line = ["seen" if bool(flag) else "missing" for flag in flags]
        for arm in facts.arms:
            n = part.loc[part["arm"] == arm, "participants"].sum()
            line.append(f"{number(n)} ({percent(n / sizes[arm])})" if sizes.get(arm) else BLANK)
        rows.append(line)
    return table(
        ["Cost", "Effect", *[facts.arm(arm) for arm in facts.arms]],
        rows[::-1],
        f"Who has cost and effect: {facts.title(analysis)}",
        f"patterns-{analysis}",
        (0, 1),
        source=facts.source("missing_patterns", analysis),
    )


def seen_table(facts: Facts, analysis: str) -> str:
    """Return how much of each thing that an analysis uses was observed, by arm."""
    frame = facts.table("missingness", analysis)
    if frame is None:
        return ""
    rows = []
    # Within a line of the study, visits and periods come in the order of time.
    times = [
        *(facts.part("study").get("visits") or {}),
        *(facts.part("study").get("periods") or {}),
    ]
    when = frame["moment"].map({moment: number for number, moment in enumerate(times)}).fillna(-1)
    frame = frame.assign(when=when).sort_values(["kind", "name", "when"], kind="stable")
    for (kind, name, moment), part in frame.groupby(["kind", "name", "moment"], sort=False):
        line = [
            f"{facts.label(name, *SEEN)} ({facts.label(kind).lower()})"
            if kind not in (name, "both")
            else facts.label(name, *SEEN),
            facts.label(moment, "visit", "period").lower(),
        ]
        cells = {row["arm"]: row for _, row in part.iterrows()}
        for arm in facts.arms:
            row = cells.get(arm)
            line.append(
                BLANK
                if row is None or not row["expected"]
                else f"{number(row['observed'])}/{number(row['expected'])} "
                f"({percent(row['observed'] / row['expected'])})"
            )
        rows.append(line)
    return table(
        ["What", "When", *[facts.arm(arm) for arm in facts.arms]],
        rows,
        f"Observed of those expected: {facts.title(analysis)}",
        f"seen-{analysis}",
        (0, 1),
        "People who died are not missing.",
        source=facts.source("missingness", analysis),
    )


def completeness(facts: Facts) -> str:
    """Return the section on how much was seen."""
    return section(
        2,
        "How complete the data are",
        "completeness",
        pictures(facts, "seen", kind="figures .single"),
        questionnaire_table(facts),
        *[blocks(pattern_table(facts, name), seen_table(facts, name)) for name in facts.analyses],
    )


def missing_share(facts: Facts, analysis: str) -> float | None:
    """Return the share of people without their cost or their effect, or None where unknown."""
    frame = missing_patterns(facts, analysis)
    if frame is None or not frame["participants"].sum():
        return None
    whole = frame["cost_observed"].astype(bool) & frame["effect_observed"].astype(bool)
    return 1 - float(frame.loc[whole, "participants"].sum() / frame["participants"].sum())
