"""Who took part: characteristics at the start by arm, without tests of balance."""

import pandas as pd

from trialbalance.report.facts.cost_sums import ILLUSTRATIVE, counted_people
from trialbalance.report.facts.facts import Facts
from trialbalance.report.text.markup import section, table
from trialbalance.report.text.numbers import BLANK, counted, number, percent


def baseline_table(facts: Facts) -> str:
    """Return characteristics at the start by arm, of the population of the primary analysis."""
    people = facts.table("participants")
    declared = facts.part("data").get("covariates") or {}
    if people is None:
        return ""
    people = people[people["participant_id"].isin(counted_people(facts)["participant_id"])]
    rows = []
    for name in [name for name in declared if name in people]:
        meta = declared[name] or {}
        title = str(meta.get("label") or facts.label(name, "covariate"))
        title += f" ({ILLUSTRATIVE})" if facts.assumed(name) else ""
        rows += _lines(facts, people, name, title, str(meta.get("type")))
    sizes = [f"{facts.arm(arm)} ({_count(people, arm)})" for arm in facts.arms]
    return table(
        ["Characteristic", *sizes],
        rows,
        "Characteristics at the start, by arm" if facts.compares else "Who they were, by group",
        "baseline",
        (0,),
        "Mean (SD), or people (share of those with a value).",
        source=facts.source("participants"),
    )


def _count(people: pd.DataFrame, arm: str) -> str:
    """Return how many people an arm has."""
    return counted(int((people["arm"] == arm).sum()), "person", "people")


def _lines(facts: Facts, people: pd.DataFrame, name: str, title: str, kind: str) -> list[list[str]]:
    """Return one line for a number, or one a level, and how many have no value."""
    rows, groups = [], {arm: people[people["arm"] == arm][name] for arm in facts.arms}
    if kind == "number":
        rows.append([title, *[_mean(values) for values in groups.values()]])
    else:
        levels = sorted({str(value) for value in people[name].dropna()})
        if kind == "boolean":
            levels = ["True"]
        for level in levels:
            words = title if kind == "boolean" else f"{title}: {facts.label(level).lower()}"
            rows.append([words, *[_share(values, level) for values in groups.values()]])
    gone = [int(values.isna().sum()) for values in groups.values()]
    if any(gone):
        rows.append([f"{title}: not recorded", *map(number, gone)])
    return rows


def _mean(values: pd.Series) -> str:
    """Return a mean with its standard deviation."""
    seen = pd.to_numeric(values, errors="coerce").dropna()
    return f"{number(seen.mean(), 1)} ({number(seen.std(), 1)})" if len(seen) > 1 else BLANK


def _share(values: pd.Series, level: str) -> str:
    """Return how many people have a level, and their share of those with a value."""
    seen = values.dropna().astype(str)
    if not len(seen):
        return BLANK
    n = int((seen == level).sum())
    return f"{number(n)} ({percent(n / len(seen))})"


def baseline(facts: Facts) -> str:
    """Return the part on who took part."""
    return section(3, "Who took part", "baseline", baseline_table(facts))
