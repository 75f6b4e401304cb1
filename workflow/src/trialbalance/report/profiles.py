"""Answers behind the utilities: how many people report any problem, by dimension, visit and arm."""

import pandas as pd

from trialbalance.report.facts import Facts
from trialbalance.report.markup import section, table
from trialbalance.report.spending import limited
from trialbalance.report.words import BLANK, number, percent


def profile_tables(facts: Facts) -> str:
    """Return, for each instrument with a value set, the share of people with any problem."""
    frame = facts.table("responses")
    tools = facts.part("outcomes").get("instruments") or {}
    if frame is None:
        return ""
    people = facts.table("participants")
    arms = people.set_index("participant_id")["arm"]
    frame = limited(facts, frame.assign(arm=frame["participant_id"].map(arms)))
    tables = [
        profile_table(facts, frame[frame["instrument"] == name], name)
        for name, tool in tools.items()
        if tool.get("kind") == "value_set"
    ]
    return section(3, "Answers by dimension", "profiles", *tables)


def profile_table(facts: Facts, answers: pd.DataFrame, instrument: str) -> str:
    """Return the share above the best level, by dimension, visit and arm."""
    answers = answers.dropna(subset=["level"])
    visits = [v for v in facts.part("study").get("visits") or {} if v in set(answers["visit"])]
    rows = []
    for item in dict.fromkeys(answers["item"]):
        for visit in visits:
            own = answers[(answers["item"] == item) & (answers["visit"] == visit)]
            cells = [_problem(own[own["arm"] == arm]["level"]) for arm in facts.arms]
            rows.append([facts.label(item), facts.label(visit), *cells])
    title = facts.label(instrument)
    return table(
        ["Dimension", "Visit", *[facts.arm(arm) for arm in facts.arms]],
        rows,
        f"{title}: people with any problem",
        f"profile-{instrument}",
        (0, 1),
        "People above the best level, of those who answered.",
        source=facts.source("responses"),
    )


def _problem(levels: pd.Series) -> str:
    """Return how many answers lie above the best level."""
    if not len(levels):
        return BLANK
    n = int((levels > 1).sum())
    return f"{number(n)}/{number(len(levels))} ({percent(n / len(levels))})"
