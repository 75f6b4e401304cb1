"""The model of an analysis in sentences, from the cells that were fitted."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from trialbalance.report.facts.facts import Facts
from trialbalance.report.text.numbers import counted, general, listed, missing, number
from trialbalance.report.text.pandoc import plain_equation


def cell_words(facts: Facts, analysis: str, row: pd.Series) -> str:
    """Return what a cell is, in words, with its visit or period."""
    kind, name, moment = row["kind"], row["name"], row["moment"]
    if kind == "death":
        return f"Death, years {moment}"
    what = _quantity(facts, analysis, kind, name)
    if missing(moment):
        return what
    when = facts.label(moment, "visit", "period")
    return f"{what}, {when[:1].lower()}{when[1:]}"


def _quantity(facts: Facts, analysis: str, kind: str, name: str) -> str:
    """Return what a cell is, without its moment."""
    if kind == "effect":
        many = facts.words(analysis)["many"]
        return f"{many} of those who died" if name.endswith("dead") else many
    if kind == "cost":
        return "Cost" if name == "total" else f"Cost, {facts.label(name, 'source_group').lower()}"
    return facts.label(name, "measure" if kind == "measure" else "covariate")


def joint_line(facts: Facts, analysis: str, frame: pd.DataFrame) -> str:
    """Return what the model joins, and how cost and outcome hang together in it."""
    by_visit = (frame["kind"] == "measure").any()
    what = "by visit and period" if by_visit else "over all of follow-up"
    count = counted(len(frame), "quantity", "quantities")
    start = f"A joint model of {count} of each participant, {what}"
    order = "; each follows those before it that the table names" if len(frame) > 1 else ""
    return f"{start}{order}. {dependence_words(facts, analysis, frame)}"


def dependence_words(facts: Facts, analysis: str, frame: pd.DataFrame) -> str:
    """Return whether cost follows the outcome, the outcome follows cost, both, or neither."""
    kinds = {
        "cost": set(frame.loc[frame["kind"] == "cost", "cell"]),
        "effect": set(frame.loc[frame["kind"].isin(["effect", "measure"]), "cell"]),
    }
    many = facts.words(analysis)["many"]
    ways = (
        ("cost", "effect", f"cost follows {many}"),
        ("effect", "cost", f"{many} follow cost"),
    )
    told = []
    for one, other, words in ways:
        own = frame[frame["cell"].isin(kinds[one])]
        if not _any_in(own["follows"], kinds[other]):
            continue
        apart = _any_in(own["follows_by_arm"], kinds[other])
        told.append(words + (", with a slope in each arm" if apart else ""))
    if not told:
        return f"Cost and {many} are modelled as independent, given what both follow."
    return f"{_raised(listed(told))}, so that the two stay joined."


def _any_in(lists: pd.Series, names: set[str]) -> bool:
    """Return whether any of the lists holds one of the names."""
    return any(names & set(str(one).split("; ")) for one in lists.dropna())


def distribution_lines(facts: Facts, analysis: str, frame: pd.DataFrame) -> list[str]:
    """Return each distribution once, with its equation, its range and its spikes."""
    told: dict[str, list[str]] = {}
    for _, row in frame.iterrows():
        # What a family says of spikes, behind a comma, holds only where there are some.
        bare = missing(row["spikes"])
        family = row["distribution"].partition(", ")[0] if bare else row["distribution"]
        words = f"{family}: {plain_equation(row['equation'])}"
        if range_words := _range(row):
            words += f"; {range_words}"
        if not bare:
            ends = [_value(one) for one in str(row["spikes"]).split("; ")]
            words += f"; some sit exactly at {listed(ends)}"
        what = "Death" if row["kind"] == "death" else _quantity(
            facts, analysis, row["kind"], row["name"]
        )  # fmt: skip
        names = told.setdefault(words, [])
        if what not in names:
            names.append(what)
    return [f"{_raised('; '.join(names))}: {words}." for words, names in told.items()]


def _range(row: pd.Series) -> str:
    """Return the range within which a value may lie, blank where none is set."""
    lower, upper = row["lower"], row["upper"]
    if not missing(lower) and not missing(upper):
        return f"from {general(lower)} to {general(upper)}"
    return f"at most {general(upper)}" if not missing(upper) else ""


def _value(text: str) -> str:
    """Return a value at a spike as the report prints numbers."""
    return general(float(text))


def level_line(facts: Facts, frame: pd.DataFrame, model: Mapping[str, Any]) -> str:
    """Return what the level of an equation is made of: arms, slopes, covariates, clusters."""
    parts = ["a level of each arm"]
    slopes = ["what the quantity follows"] if frame["follows"].notna().any() else []
    names = [one for cell in frame["covariates"].dropna().unique() for one in cell.split("; ")]
    if names:
        slopes += [covariate_words(facts, name) for name in dict.fromkeys(names)]
    if slopes:
        parts.append(f"slopes on {listed(slopes)}")
    clusters = int(frame["clusters"].max())
    if clusters:
        column = facts.label(model.get("clusters") or "cluster", "covariate").lower()
        words = f"the deviation of the {column} ({number(clusters)} of them)"
        parts.append(f"{words}, in cost and outcome together")
    before = frame[~frame["by_arm"]]
    common = " Before the arms begin they have one level." if len(before) else ""
    spikes = (
        " The chance of a spike has a logit of the same form, with levels and slopes of its own."
        if frame["spikes"].notna().any()
        else ""
    )
    return f"In each equation η is the sum of {listed(parts)}.{common}{spikes}"


def covariate_words(facts: Facts, column: str) -> str:
    """Return a column of the design in words: a covariate, and the level that it marks."""
    name, equals, level = column.partition("=")
    label = facts.label(name.strip(), "covariate").lower()
    return f"{label} ({level.strip()})" if equals else label


def spread_line(frame: pd.DataFrame) -> str:
    """Return whether the arms share their spreads; nothing where there are none."""
    own = frame[frame["prior_spread"].notna() & frame["by_arm"]]
    if own.empty:
        return ""
    if own["common_spread"].all():
        return "The arms share the spread of each quantity (SD, precision or shape)."
    return "Each arm has its own spread of each quantity (SD, precision or shape)."


def missing_lines(facts: Facts, analysis: str, frame: pd.DataFrame) -> list[str]:
    """Return how much was unseen, of what, and how it was handled."""
    if frame[["possible", "observed"]].isna().any(axis=None):
        return [HANDLED]
    unseen = frame.assign(unseen=frame["possible"] - frame["observed"])
    unseen = unseen[unseen["unseen"] > 0]
    if unseen.empty:
        return ["Nothing that the model takes was missing."]
    most = unseen.loc[(unseen["unseen"] / unseen["possible"]).idxmax()]
    every, gone = int(frame["possible"].sum()), int(unseen["unseen"].sum())
    told = (
        f"Missing: {number(gone)} of {counted(every, 'value')}, most often "
        f"{_lowered(cell_words(facts, analysis, most))} ({number(most['unseen'])} of "
        f"{number(most['possible'])}). {HANDLED}"
    )
    gaps = [cell_words(facts, analysis, row) for _, row in unseen.iterrows()
            if row["kind"] == "before"]  # fmt: skip
    more = f"Covariates with gaps are modelled too: {listed(gaps)}." if gaps else ""
    return [one for one in (told, more) if one]


HANDLED = (
    "What was seen stands as it was seen. What was not is averaged over inside the model, given "
    "what was seen of the same person (missing at random), and moved by what the model misses the "
    "mean of those seen by."
)


def _raised(words: str) -> str:
    """Return words as they begin a sentence."""
    return f"{words[:1].upper()}{words[1:]}"


def _lowered(words: str) -> str:
    """Return words as they stand inside a sentence, names in capitals kept."""
    return words if words[1:2].isupper() else f"{words[:1].lower()}{words[1:]}"
