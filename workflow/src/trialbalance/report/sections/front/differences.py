"""Differences in sentences: what it cost and what people gained, with what else fits the data."""

import pandas as pd

from trialbalance.report.facts.facts import Facts
from trialbalance.report.facts.number_links import traced
from trialbalance.report.facts.rounding import drawn
from trialbalance.report.text.markup import Markdown, joined, prose
from trialbalance.report.text.numbers import MINUS, counted, listed, missing, number


def years_words(years: float) -> str:
    """Return a length of time in words.

    Examples
    --------
    >>> years_words(1.0), years_words(2.5), years_words(0.5)
    ('one year', '2.5 years', '6 months')
    """
    if years == 1:
        return "one year"
    if years < 1 and abs(12 * years - round(12 * years)) < 1e-9:
        return counted(round(12 * years), "month")
    return f"{number(years, 2).rstrip('0').rstrip('.')} years"


def clear_side(lower: float, upper: float, around: float = 0.0) -> int:
    """Return on which side of no difference an interval lies.

    Parameters
    ----------
    lower, upper : float
        Bounds of the interval; blank where there is none.
    around : float
        What no difference is: 0 for a difference, 1 for a ratio.

    Returns
    -------
    int
        1 above, -1 below, and 0 where there is no clear difference.

    Examples
    --------
    >>> clear_side(0.1, 0.4), clear_side(0.1, 0.4, around=1.0), clear_side(-0.1, 0.4)
    (1, -1, 0)
    """
    if missing(lower) or missing(upper):
        return 0
    return 1 if lower > around else -1 if upper < around else 0


def gap_sentence(facts: Facts, row: pd.Series, part: str, texts: list[str], less: str) -> str:
    """Return a difference in words: clear, or no clear difference and what is plausible.

    Parameters
    ----------
    facts : Facts
        The study.
    row : pandas.Series
        One row of ``incremental``.
    part : {"cost", "effect"}
        What differs.
    texts : list of str
        Difference, lower and upper bound, formatted.
    less : str
        The word for a smaller amount: less or fewer.

    Returns
    -------
    str
        One sentence, escaped.
    """
    arm, other = facts.arm(row["arm"]), facts.arm(row["comparator"])

    def signed(text: str) -> str:
        return f"{text[1:]} {less}" if text.startswith(MINUS) else f"{text} more"

    columns = [part, f"{part}_lower", f"{part}_upper"]
    value, lower, upper = (
        traced(facts, signed(text), row, column)
        for text, column in zip(texts, columns, strict=True)
    )
    if clear_side(row[columns[1]], row[columns[2]]):
        return prose(
            "{arm} against {other}: {value} ({level} interval: {lower} to {upper}).",
            arm=arm,
            other=other,
            value=value,
            lower=lower,
            level=facts.interval,
            upper=upper,
        )
    return prose(
        "There is no clear difference between {arm} and {other}: the best estimate is {value} with "
        "{arm} ({level} interval: {lower} to {upper}).",
        arm=arm,
        other=other,
        value=value,
        lower=lower,
        upper=upper,
        level=facts.interval,
    )


def not_compared(facts: Facts, row: pd.Series) -> str:
    """Return why an option has no difference."""
    why = "no participants" if missing(row.get("position")) else row["position"]
    return prose("{arm} could not be compared: {why}.", arm=facts.arm(row["arm"]), why=why)


def each_arm(facts: Facts, analysis: str, arms: pd.DataFrame, part: str, unit: str) -> Markdown:
    """Return the mean of every arm in words, each with its figure."""
    told = [
        prose(
            "{what} with {arm}",
            what=joined([traced(facts, drawn(facts, analysis, row, part), row, part), unit]),
            arm=facts.arm(row["arm"]),
        )
        for _, row in arms.iterrows()
    ]
    return Markdown(listed(told))


def cost_sentences(facts: Facts, analysis: str) -> str:
    """Return what it cost, for one analysis; of many options only that the table has them."""
    if facts.many:
        return f"Mean cost per person of {number(len(facts.arms))} options: see the table."
    arms, parts = facts.table("arms", analysis), []
    if arms is not None:
        arms = arms[arms["cost"].notna()]
        parts.append(
            prose(
                "On average a person cost {costs}.",
                costs=each_arm(facts, analysis, arms, "cost", ""),
            )
        )
    for _, row in facts.table("incremental", analysis).iterrows():
        if missing(row["cost"]):
            parts.append(not_compared(facts, row))
            continue
        texts = [drawn(facts, analysis, row, c) for c in ("cost", "cost_lower", "cost_upper")]
        parts.append(gap_sentence(facts, row, "cost", texts, "less"))
    return joined(parts)


def effect_sentences(facts: Facts, analysis: str) -> str:
    """Return what people gained, for one analysis; of many options that the table has them."""
    arms, words, parts = facts.table("arms", analysis), facts.words(analysis), []
    if facts.many:
        count = number(len(facts.arms))
        return joined([f"Mean {words['mean']} of {count} options: see the table.", words["plain"]])
    if facts.costs_only(analysis):
        return ""
    share = words["mean"] != words["many"]
    if arms is not None:
        arms = arms[arms["effect"].notna()]
        means = each_arm(facts, analysis, arms, "effect", "" if share else words["many"])
        start = f"The {words['mean']} was" if share else "On average a person had"
        parts.append(prose("{start} {means}.", start=start, means=means))
    for _, row in facts.table("incremental", analysis).iterrows():
        if missing(row["effect"]):
            parts.append(not_compared(facts, row))
            continue
        texts = [drawn(facts, analysis, row, c) for c in ("effect", "effect_lower", "effect_upper")]
        parts.append(gap_sentence(facts, row, "effect", texts, "less" if share else "fewer"))
    return joined([*parts, words["plain"]])
