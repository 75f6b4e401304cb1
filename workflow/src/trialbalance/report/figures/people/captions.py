"""What pictures of the records show, said first: a caption is a finding, then how to read it."""

import pandas as pd

from trialbalance.report.facts.cost_sums import digits
from trialbalance.report.facts.facts import Facts
from trialbalance.report.figures.people.composition import parts_of_cost
from trialbalance.report.figures.people.flow import flow_steps
from trialbalance.report.figures.people.questionnaires import seen_shares
from trialbalance.report.text.numbers import listed, number, percent


def flow_caption(facts: Facts) -> str:
    """Return how many people the flow begins and ends with."""
    counts = flow_steps(facts).groupby("step", sort=False)["people"].sum()
    first, last = (counts.index[place] for place in (0, -1))
    end = last.removeprefix("Of these, ")
    if len(counts) < 2:
        return f"Participant flow. {first}: {number(counts.iloc[0])}."
    return (
        f"Of {number(counts.iloc[0])} people ({first[:1].lower()}{first[1:]}), "
        f"{number(counts.iloc[-1])} are left: {end}. Participant flow by arm."
    )


def seen_caption(facts: Facts) -> str:
    """Return where most and where fewest of the questionnaires due could be scored."""
    data = seen_shares(facts)
    ends = [data.loc[data["share"].agg(end)] for end in ("idxmax", "idxmin")]
    most, least = (f"{percent(one['share'])} ({one['words']}, {one['name']})" for one in ends)
    found = f"between {least} and {most}" if ends[0]["share"] > ends[1]["share"] else most
    return f"Of the questionnaires due from people alive, {found} could be scored."


def course_caption(facts: Facts, measure: str, data: pd.DataFrame, of: str, dead: str = "") -> str:
    """Return the means at the last visit of a course, and whose they are.

    Parameters
    ----------
    facts : Facts
        The study.
    measure : str
        Name of the measure.
    data : pandas.DataFrame
        What ``course`` or ``modelled`` returns.
    of : str
        Whose means they are.
    dead : str
        Words on those who died.
    """
    name, last = facts.label(measure, "measure", "outcome"), data["visit"].iloc[-1]
    own, decimals = data[data["visit"] == last], digits(data["mean"])
    told = [
        f"{number(row['mean'], decimals)} with {row['name']}"
        for _, row in own.dropna(subset=["mean"]).iterrows()
    ]
    when = facts.label(last, "visit").lower()
    found = f"Mean {name} at {when}: {listed(told)}. " if told else ""
    return f"{found}{name} over time, means of {of} with 95% intervals{dead}."


def composition_caption(facts: Facts, perspective: str) -> str:
    """Return which part of the cost is the largest, and how large in each arm."""
    data = parts_of_cost(facts, perspective)
    sums = data.groupby("part")["mean"].sum()
    whole = data.groupby("name", sort=False)["mean"].sum()
    top = sums.idxmax()
    own = data[data["part"] == top].set_index("name")["mean"]
    told = [
        f"{percent(own[name] / whole[name])} with {name}"
        for name in map(facts.arm, facts.arms)
        if name in own and whole[name]
    ]
    found = f"{top} is the largest part of the mean cost: {listed(told)}. " if told else ""
    return (
        f"{facts.perspective(perspective)}: {found}Mean cost per person by category, observed "
        "cases."
    )
