"""What would change our mind, and whether more research is worth it, in plain words."""

from collections.abc import Mapping

import pandas as pd

from trialbalance.report.facts.defensible import share_words
from trialbalance.report.facts.facts import Facts, near
from trialbalance.report.sections.findings.sensitivity.scenarios import survival_words
from trialbalance.report.sections.findings.sensitivity.switching import (
    EVEN,
    change_needed,
    preferred_words,
)
from trialbalance.report.sections.front.differences import years_words
from trialbalance.report.text.markup import Markdown, joined, prose
from trialbalance.report.text.numbering import by_number
from trialbalance.report.text.numbers import BLANK, listed, missing, number

# Of many options, how many page one names as nearest to the comparator in value.
NEAREST = 3


def change_words(facts: Facts, analysis: str) -> str:
    """Return what would have to be otherwise for another choice, where thresholds are accepted."""
    primary, frame = facts.thresholds(analysis).primary, facts.table("switching", analysis)
    if primary is None:
        return ""
    rows = near(frame, primary) if frame is not None else pd.DataFrame()
    if facts.many and len(rows):
        # Of many options those that are nearest to being of equal value.
        least = rows["cost_change"].abs().nsmallest(NEAREST).index
        rows = rows.loc[[place for place in rows.index if place in least]]
    told = share_words(facts) if facts.part("multiverse") else ""
    parts = [preferred_words(facts, analysis), *equal_value_words(facts, analysis, rows, primary)]
    return joined([*parts, survival_words(facts, analysis), told])


def equal_value_words(
    facts: Facts, analysis: str, rows: pd.DataFrame, threshold: float
) -> list[str]:
    """Return what the options would have to cost to equal the comparator, in one sentence."""
    dear, even, never = [], [], []
    for _, row in rows.iterrows():
        change, arm = change_needed(facts, analysis, row), facts.arm(row["arm"])
        if row["arm"] not in facts.others or change == BLANK:
            continue
        if change == EVEN:
            even.append(arm)
        elif "worth it" in change:
            never.append(prose("{arm} is {change}.", arm=arm, change=change))
        else:
            dear.append(f"{arm} {change}")
    against, at = facts.arm(facts.comparator), facts.threshold(threshold)
    near_it = ", of the options nearest to it" if facts.many else ""
    told = []
    if dear:
        told.append(
            prose("At {at}, {options} to equal {against} in value{near}, with all else the same"
                  "{place}.", at=at, options=listed(dear), against=against, near=near_it,
                  place=Markdown(by_number(f"table-switching-{analysis}")))
        )  # fmt: skip
    if even:
        verb = "breaks" if len(even) == 1 else "break"
        told.append(prose("At {at}, {arms} {verb} even with {against}.", at=at, arms=listed(even),
                          verb=verb, against=against))  # fmt: skip
    return [*told, *never]


def research_words(facts: Facts, analysis: str) -> str:
    """Return the most that better evidence could be worth, and what a new study would bring."""
    primary, frame = facts.thresholds(analysis).primary, facts.table("information", analysis)
    if primary is None or frame is None:
        return ""
    rows = near(frame, primary)
    whole = rows[rows["quantity"] == "evpi"].dropna(subset=["per_person"])
    if whole.empty:
        return ""
    row = whole.iloc[0]
    if facts.cash(row["per_person"]) == facts.cash(0):
        return prose(
            "At {threshold} the same option is the best in practically every draw: better evidence "
            "on what is uncertain here would not change the choice.",
            threshold=facts.threshold(primary),
        )
    most = prose(
        "Even the right choice on average can be wrong. If one {one} is worth {threshold}, never "
        "being wrong would be worth about {amount} per person. No study can be worth more "
        "than that{place}.",
        place=Markdown(by_number(f"table-information-all-{analysis}")),
        one=facts.words(analysis)["one"],
        threshold=facts.threshold(primary),
        amount=facts.cash_about(row["per_person"], row.get("standard_error")),
    )
    everyone = ""
    if not missing(row.get("population")):
        everyone = prose(
            "For {people} that comes to about {amount}.",
            people=affected_words(facts, analysis) or "all the people whom the choice affects",
            amount=facts.cash_about(row["population"], _error_of_all(row)),
        )
    return joined([most, everyone, _study_words(facts, rows, not everyone)])


def affected_words(facts: Facts, analysis: str) -> str:
    """Return how many people the choice affects and for how long, as the settings say."""
    own = (facts.settings["analyses"][analysis].get("decision") or {}).get("population")
    given = own or facts.part("decision").get("population") or {}
    if not isinstance(given, Mapping) or not given.get("incidence") or not given.get("years"):
        return ""
    people, years = number(given["incidence"]), years_words(float(given["years"]))
    return f"the {people} people a year whom the choice affects, over {years}"


def _error_of_all(row: pd.Series) -> float | None:
    """Return the Monte Carlo error of a value for the population, from that for one person."""
    if missing(row.get("standard_error")) or not row["per_person"]:
        return None
    return abs(row["standard_error"] * row["population"] / row["per_person"])


def _study_words(facts: Facts, rows: pd.DataFrame, nobody_counted: bool) -> str:
    """Return what the best of the new studies looked at would bring, or what is not known."""
    worth = rows[rows["quantity"].astype(str).str.startswith("enbs:")].dropna(subset=["population"])
    if len(worth):
        best = worth.loc[worth["population"].idxmax()]
        people = str(best["quantity"]).partition(":")[2]
        if best["population"] <= 0:
            return "None of the new studies looked at would be worth what it costs."
        return prose(
            "The best new study looked at has {people} people in each arm; it would be worth "
            "about {amount} more than it costs.",
            people=people,
            amount=facts.cash_about(best["population"], _error_of_all(rows.iloc[0])),
        )
    if nobody_counted:
        return (
            "Whether a new study is worth it depends on what it costs and on how many people the "
            "choice affects, which is not known here."
        )
    return "Whether a new study is worth it depends on what it costs."
