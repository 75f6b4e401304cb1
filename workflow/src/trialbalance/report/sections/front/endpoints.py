"""Clinical endpoints on page one: counts by arm, the relative measure, and what was published."""

import pandas as pd

from trialbalance.report.facts.facts import Facts
from trialbalance.report.facts.number_links import traced
from trialbalance.report.sections.front.differences import clear_side
from trialbalance.report.text.markup import Markdown, joined, prose
from trialbalance.report.text.numbers import listed, missing, number, span

RATIOS = {
    "relative_risk": "relative risk",
    "rate_ratio": "rate ratio",
    "hazard_ratio": "hazard ratio",
}


def primary_endpoint(facts: Facts) -> str:
    """Return the first endpoint of the study in its primary population: counts and risk ratio.

    Parameters
    ----------
    facts : Facts
        The study.

    Returns
    -------
    str
        One paragraph with the crude relative risk, the modelled one where there is one, and the
        published one with its interval beside it; nothing where arms may not be compared.
    """
    frame = facts.table("endpoints")
    if frame is None or not facts.compares:
        return ""
    if "population" in frame and facts.population in set(frame["population"]):
        frame = frame[frame["population"] == facts.population]
    declared = list(facts.part("outcomes").get("endpoints") or {})
    names = [name for name in declared if name in set(frame["endpoint"])]
    first = (names or list(frame["endpoint"]))[0]
    rows = {row["arm"]: row for _, row in frame[frame["endpoint"] == first].iterrows()}
    order = [arm for arm in [*facts.others, facts.comparator] if arm in rows]
    counts = [
        prose("{n} of {all} with {arm}", n=traced(facts, number(rows[arm]["events"]), rows[arm],
              "events"), all=traced(facts, number(rows[arm]["participants"]), rows[arm],
              "participants"), arm=facts.arm(arm))
        for arm in order
    ]  # fmt: skip
    ratios = [words for arm in order if (words := _crude(facts, rows[arm]))]
    said = Markdown(listed(ratios, "and")) if ratios else ""
    told = prose("**{what}:** {counts}", what=facts.event(first), counts=Markdown(listed(counts)))
    inner = joined([prose("; {ratios}", ratios=said) if said else ""])
    return joined([Markdown(f"{told}{inner}."), published_ratio(facts, first)])


def _crude(facts: Facts, row: pd.Series) -> str:
    """Return the crude relative risk of an arm with its interval; nothing for the comparator."""
    if row["arm"] == facts.comparator or missing(row.get("relative_risk")):
        return ""
    ends = [number(row[f"relative_risk_{end}"], 2) for end in ("lower", "upper")]
    whose = f" with {facts.arm(row['arm'])}" if len(facts.others) > 1 else ""
    return prose(
        "relative risk{whose} {value} (95% interval {ends})",
        whose=Markdown(f" {whose.strip()}") if whose else "",
        value=traced(facts, number(row["relative_risk"], 2), row, "relative_risk"),
        ends=span(*ends),
    )


def published_ratio(facts: Facts, endpoint: str) -> str:
    """Return the published relative risk of an endpoint, with its interval where that was given."""
    for entry in (facts.settings.get("published") or {}).values():
        measure = entry.get("measure") or {}
        exact = (entry.get("tolerance") or {}).get("kind") != "direction"
        if measure.get("endpoint") == endpoint and measure.get("compare") == "ratio" and exact:
            ends = entry.get("interval")
            reach = f" ({span(*[f'{end:g}' for end in ends])})" if ends else ""
            return prose(
                "Published: {value}{reach}, {source}.",
                value=number(entry["value"], 1),
                reach=Markdown(reach.replace("(", "\\(").replace(")", "\\)")),
                source=str(entry.get("source") or "").rstrip("."),
            )
    return ""


def endpoint_lines(facts: Facts) -> list[tuple[bool, str]]:
    """Return each endpoint compared as randomised in words, and whether it is clear.

    Returns
    -------
    list of tuple
        Whether the ratio is clear, and the words; one a ratio of the whole population.
    """
    frame = facts.table("endpoint_effects")
    if frame is None or not facts.compares:
        return []
    rows = frame[frame["estimate"].isin(list(RATIOS)) & frame["group"].isna()]
    rows = rows[rows["wording"] == "compared as randomised"]
    found = []
    for _, row in rows.iterrows():
        apart = clear_side(row["lower"], row["upper"], around=1.0)
        text = (
            "**{what}:** {kind} {value} ({level} interval {ends}) with {arm} against {other}{end}."
        )
        end = (
            "; an interval that excludes 1 among several endpoints may be chance"
            if apart and len(rows) > 1
            else ""
            if apart
            else ": no clear difference"
        )
        words = prose(
            text,
            what=facts.label(row["endpoint"], "endpoint"),
            kind=RATIOS[row["estimate"]],
            value=traced(facts, number(row["median"], 2), row, "median"),
            level=facts.interval,
            ends=span(number(row["lower"], 2), number(row["upper"], 2)),
            arm=facts.arm(row["arm"]),
            other=facts.arm(row["comparator"]),
            end=Markdown(end),
        )
        found.append((bool(apart), words))
    return found
