"""The answer in one sentence: what is clear, and which option is likelier the better value."""

import pandas as pd

from trialbalance.report.facts.facts import Facts
from trialbalance.report.sections.appendix.checks import failed_checks
from trialbalance.report.sections.front.differences import clear_side, years_words
from trialbalance.report.sections.front.verdict import best_arm, chance_of, chance_told
from trialbalance.report.text.markup import Markdown, joined, prose
from trialbalance.report.text.numbers import listed, number, with_article

MORE = {"cost": "costs more", "effect": "gains more"}
LESS = {"cost": "costs less", "effect": "gains less"}
UNSAFE = " A model check of this analysis failed: do not rely on it."


def clear(row: pd.Series, part: str) -> int:
    """Return the sign of a difference whose interval lies on one side of nought, else 0."""
    return clear_side(row[f"{part}_lower"], row[f"{part}_upper"])


def differences_words(facts: Facts, analysis: str) -> str:
    """Return which differences are clear, in a few words."""
    many = facts.words(analysis)["many"]
    rows = facts.table("incremental", analysis).dropna(subset=["cost", "effect"])
    if facts.many:
        return counted_differences(facts, rows, many)
    told, unclear = [], []
    parts = ["cost"] if facts.costs_only(analysis) else ["cost", "effect"]
    for _, row in rows.iterrows():
        signs = {part: clear(row, part) for part in parts}
        said = [(MORE if sign > 0 else LESS)[part] for part, sign in signs.items() if sign]
        if not said:
            unclear.append(facts.arm(row["arm"]))
            continue
        rest = [part for part, sign in signs.items() if not sign]
        what = {"cost": "in cost", "effect": f"in {many}"}
        end = f", with no clear difference {what[rest[0]]}" if rest else ""
        told.append(f"{facts.arm(row['arm'])} {' and '.join(said)}{end}")
    if unclear and not told:
        return f"No clear difference in {listed(['cost', many][: len(parts)], 'or')}"
    if unclear:
        told.append(f"no clear difference for {listed(unclear)}")
    return "; ".join(told)


def counted_differences(facts: Facts, rows: pd.DataFrame, many: str) -> str:
    """Return how many of many options clearly cost or gain more or less than the comparator."""
    signs = {part: [clear(row, part) for _, row in rows.iterrows()] for part in ("cost", "effect")}
    told = [
        f"{number(count)} clearly {verb if count == 1 else verb.replace('s ', ' ', 1)}"
        for part in signs
        for sign, words in ((1, MORE), (-1, LESS))
        if (count := signs[part].count(sign)) and (verb := words[part])
    ]
    against = f"{number(len(rows))} options set against {facts.arm(facts.comparator)}"
    if not told:
        return f"None of {against} differs clearly in cost or {many}"
    return f"Of {against}, {listed(told)}"


def value_words(facts: Facts, analysis: str) -> str:
    """Return which option is likelier the better value, or why nothing is said of it."""
    marks, words = facts.thresholds(analysis), facts.words(analysis)
    if not facts.compares:
        return "nobody was randomised, so these are associations and no verdict is given"
    if facts.costs_only(analysis):
        return "costs alone are compared, so no verdict on value is given"
    if marks.primary is None:
        return f"no threshold is accepted for {with_article(words['one'])}, so no verdict is given"
    best = best_arm(facts, analysis, marks.primary)
    share = None if best is None else chance_of(facts, analysis, best, marks.primary)
    if share is None:
        return ""
    at = f"at {facts.threshold(marks.primary)} {with_article(words['one'])}"
    told, pair = chance_told(facts, analysis, best, marks.primary), len(facts.arms) < 3
    if pair and 34 <= round(100 * share) < 67:
        text = "{at}, which is the better value is not settled ({told} for {best})"
    elif pair and share >= 0.5:
        text = "{at}, {best} is likelier ({told}) to be the better value"
    else:
        text = "{at}, the best value on average is {best} ({told} chance of being the {most})"
    most = "better" if pair else "best"
    return prose(text, at=at, best=facts.arm(best), told=told, most=most)


def lead(facts: Facts, analysis: str) -> str:
    """Return the answer of an analysis in one sentence, from its chances and intervals.

    Parameters
    ----------
    facts : Facts
        The study.
    analysis : str
        Name of the analysis.

    Returns
    -------
    str
        The one verdict that page one, the abstract and the page of all studies print.
    """
    years = facts.part("study").get("horizon_years")
    gap = differences_words(facts, analysis)
    over = "" if years is None or not gap else f"over {length(years)}"
    # An outcome whose name says when it is looked at says how long it was followed, too.
    over = "" if over and gap.endswith(f" at {length(years)}") else over
    value = value_words(facts, analysis)
    ends = [joined([gap, over]), value]
    said = "; ".join(one for one in ends if one)
    if not said:
        return ""
    failed = analysis in {entry.get("analysis") for entry in failed_checks(facts)}
    return Markdown(f"{said[:1].upper()}{said[1:]}.{UNSAFE if failed else ''}")


def length(years: float) -> str:
    """Return a horizon in months where it is up to two years.

    Examples
    --------
    >>> length(1.0), length(3.0)
    ('12 months', '3 years')
    """
    months = round(12 * years)
    return f"{months} months" if 1 < months <= 24 and abs(12 * years - months) < 1e-9 else (
        years_words(years)
    )  # fmt: skip
