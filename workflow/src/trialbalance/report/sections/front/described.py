"""Page one of a study that is described: who, what was seen, what it cost, and how far to trust."""

import pandas as pd

from trialbalance.data.checks.unlikely import COPIES, FAR_AMOUNTS, FAR_DATES
from trialbalance.report.facts.cost_sums import ILLUSTRATIVE
from trialbalance.report.facts.facts import Facts
from trialbalance.report.sections.findings.consequences import sizes_of, told, written
from trialbalance.report.sections.findings.law import law_words
from trialbalance.report.sections.findings.sensitivity.prices import assumed_words
from trialbalance.report.sections.front.differences import years_words
from trialbalance.report.sections.front.endpoints import endpoint_lines
from trialbalance.report.sections.front.headlines import headline_box
from trialbalance.report.text.markup import Markdown, bullets, joined, prose, section, table
from trialbalance.report.text.numbers import BLANK, counted, listed, missing, number, percent

# What page one calls the notes of these checks: one, and several.
ODD = {
    COPIES: ("record that repeats another", "records that repeat others"),
    FAR_DATES: ("date years from its plan", "dates years from their plan"),
    FAR_AMOUNTS: ("amount hundreds of times the usual", "amounts hundreds of times the usual"),
}


def people(facts: Facts, frame: pd.DataFrame) -> str:
    """Return who was studied, arm by arm, and who was looked for in vain."""
    sizes = sizes_of(frame).drop("", errors="ignore")
    have = [arm for arm in facts.arms if sizes.get(arm, 0)]
    empty = [facts.arm(arm) for arm in facts.arms if arm in sizes and not sizes[arm]]
    named = [f"{facts.arm(arm)} ({number(sizes[arm])})" for arm in have]
    total = counted(int(sizes.sum()), "person", "people")
    nobody = (
        prose("No participants were recruited in: {arms}.", arms=listed(empty)) if empty else ""
    )
    return joined([prose("{total} in all: {arms}.", total=total, arms=listed(named)), nobody])


def seen_table(facts: Facts, frame: pd.DataFrame, kinds: tuple[str, ...], ident: str) -> str:
    """Return quantities of some kinds by group, side by side; of measures at the last visit.

    Parameters
    ----------
    facts : Facts
        The study.
    frame : pandas.DataFrame
        What ``told`` returns.
    kinds : tuple of str
        Kinds of quantities.
    ident : str
        Identifier of the table.

    Returns
    -------
    str
        A table with one column a group that has people.
    """
    own = frame[frame["by"].isna() & frame["kind"].isin(kinds)]
    visits = list(facts.part("study").get("visits") or {})
    last = (
        own[own["kind"] == "measure"]
        .groupby("quantity")["at"]
        .agg(lambda at: max(at, key=lambda visit: visits.index(visit) if visit in visits else -1))
    )
    keep = (own["kind"] != "measure") | (own["at"] == own["quantity"].map(last))
    own = own[keep & ((own["kind"] != "characteristic") | own["share"])]
    arms = [arm for arm in facts.arms if (own.loc[own["arm"] == arm, "observed"] > 0).any()]
    rows = []
    for words, part in own.groupby("words", sort=False):
        cells = {row["arm"]: row for _, row in part.iterrows()}
        first = part.iloc[0]
        flag = "" if missing(first["status"]) else f" ({ILLUSTRATIVE})"
        rows.append([f"{words}{flag}", *[_shown(facts, cells.get(arm)) for arm in arms]])
    return table(
        ["Share, or mean", *map(facts.arm, arms)],
        rows,
        HEADS[kinds[0]],
        f"brief-{ident}",
        (0,),
    )


HEADS = {
    "characteristic": "Who they were, by group",
    "outcome": "What was seen, by group",
    "cost": "Mean cost per person, by group",
    "days under a status": "Mean days under each status of the law, by group",
}


def _shown(facts: Facts, row: pd.Series | None) -> str:
    """Return the share or mean of one group."""
    if row is None or not row["observed"]:
        return BLANK
    return percent(row["mean"]) if row["share"] else written(facts, row)


def lost(facts: Facts, frame: pd.DataFrame) -> str:
    """Return the largest share of people without an answer that was due."""
    own = frame[(frame["kind"] == "measure") & frame["by"].isna() & frame["arm"].isna()]
    own = own[own["participants"] > 0]
    if own.empty:
        return ""
    share = 1 - own["observed"] / own["participants"]
    worst = own.loc[share.idxmax()]
    return prose(
        "**Missing data:** {share} of people have no answer to {what}. Means are of those seen; "
        "nobody's answer is filled in.",
        share=percent(share.max()),
        what=worst["words"],
    )


def odd_records(facts: Facts) -> str:
    """Return how many records are possible and hardly true, by kind; no person is named."""
    checks = facts.table("data_checks")
    if checks is None:
        return ""
    notes = checks[(checks["severity"] == "note") & checks["check"].isin(ODD)]
    counts = (notes["further"].fillna(0).astype(int) + 1).groupby(notes["check"]).sum()
    words = [counted(int(count), *ODD[check]) for check, count in counts.items()]
    if not words:
        return ""
    return prose(
        "**Odd records:** {w}. They count as they stand; table data_checks names each first one.",
        w=listed(words),
    )


def trusted(facts: Facts, frame: pd.DataFrame, books: str, again: str = "") -> str:
    """Return how far the description can be trusted, as a list."""
    words = "simulated, not observed." if facts.synthetic else "records of the study."
    rows = frame[frame["status"].notna() & ~frame["kind"].str.startswith("cost for each")]
    flagged = list(dict.fromkeys(rows[rows["by"].isna()]["words"]))
    lines = [
        prose("**Data:** {w}", w=words),
        odd_records(facts),
        lost(facts, frame),
        prose("**Illustrative, assumed**, for no source reports them: {x}.", x="; ".join(flagged))
        if flagged
        else "",
    ]
    lines += [assumed_words(facts), again, books]
    if years := facts.part("study").get("horizon_years"):
        lines.append(
            Markdown(
                prose(
                    "**Reach:** {n} of follow-up; nothing beyond is in it. ", n=years_words(years)
                )
                + "There is more that [the description does not cover](#limits)."
            )
        )
    return bullets(lines)


def compared_words(facts: Facts) -> str:
    """Return the endpoints compared as randomised, the clear ones first; nothing elsewhere."""
    if not facts.compares:
        return ""
    lines = [words for _, words in sorted(endpoint_lines(facts), key=lambda one: not one[0])]
    return section(3, "What the randomised comparison shows", "brief-compare", bullets(lines))


def described_parts(facts: Facts, books: str, again: str = "") -> list[str]:
    """Return the parts of page one of a study that is described."""
    frame = told(facts)
    if frame.empty:
        return []
    caution = (
        "This report describes. It does not say that one group did better because of its treatment "
        "or setting, and gives no verdict on value for money."
    )
    return [
        headline_box(facts),
        compared_words(facts),
        section(
            3,
            "Who was studied",
            "brief-compared",
            people(facts, frame),
            seen_table(facts, frame, ("characteristic",), "who"),
        ),
        section(
            3,
            "What was seen",
            "brief-gain",
            seen_table(facts, frame, ("outcome", "measure"), "seen"),
        ),
        section(3, "What it cost", "brief-cost", seen_table(facts, frame, ("cost",), "cost")),
        section(
            3,
            "How the law was kept",
            "brief-law",
            law_words(facts),
            seen_table(facts, frame, ("days under a status",), "law"),
        ),
        section(3, "What this does not tell", "brief-change", caution),
        section(3, "How far to trust this", "brief-trust", trusted(facts, frame, books, again)),
    ]
