"""Sums behind the cost tables: who was observed, what each category cost, what was used."""

import numpy as np
import pandas as pd

from trialbalance.report.facts.facts import Facts
from trialbalance.report.text.numbers import (
    BLANK,
    missing,
)

PATTERNS = (("cost_observed", "Cost"), ("effect_observed", "Effect"))


def missing_patterns(facts: Facts, analysis: str) -> pd.DataFrame | None:
    """Return counts of people by arm and by whether cost and effect were seen.

    Parameters
    ----------
    facts : Facts
        The study.
    analysis : str
        Name of the analysis.

    Returns
    -------
    pandas.DataFrame or None
        Columns arm, cost_observed, effect_observed, participants; None where nothing is known.
    """
    flags = [column for column, _ in PATTERNS]
    frame = facts.table("missing_patterns", analysis)
    if frame is not None:
        return frame.groupby(["arm", *flags], as_index=False)["participants"].sum()
    rows = facts.table("dataset", analysis)
    if rows is None:
        return None
    return (
        rows.groupby(["arm", *flags], as_index=False)
        .size()
        .rename(columns={"size": "participants"})
    )


def digits(values: pd.Series) -> int:
    """Return the digits after the point that suit a measure's size: 3 near 1, 1 near 100."""
    top = values.abs().max()
    return 3 if missing(top) or top <= 2 else 1


ILLUSTRATIVE = "illustrative, assumed"


def mean_sd(mean: str, sd: str) -> str:
    """Return a mean with its standard deviation in brackets."""
    return mean if BLANK in (mean, sd) else f"{mean} ({sd})"


def perspectives_of(facts: Facts) -> list[str]:
    """Return the perspectives that costs were added up in, in the order of the settings."""
    costs = facts.table("participant_costs")
    if costs is None:
        return []
    seen = set(costs["perspective"])
    ordered = [name for name in facts.part("costs").get("perspectives") or {} if name in seen]
    return ordered + sorted(seen - set(ordered))


def resource_use_summary(
    ledger: pd.DataFrame,
    participants: pd.DataFrame,
    before: tuple[str, ...] = (),
    observed: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return quantity used by item and arm over follow-up, a participant.

    Parameters
    ----------
    ledger : pandas.DataFrame
        Columns participant_id, arm, item, category, period, quantity, unit, source_group.
    participants : pandas.DataFrame
        Columns participant_id and arm: all people who count, users or not.
    before : tuple of str
        Periods before randomisation, left out.
    observed : pandas.DataFrame, optional
        Columns participant_id, source_group, period, observed: whoever has an unobserved period
        of an item's source is left out of that item.

    Returns
    -------
    pandas.DataFrame
        Columns item, category, unit, arm, participants, users, mean, sd; absence of records is 0.

    Examples
    --------
    >>> ledger = pd.DataFrame({"participant_id": ["a"], "arm": ["x"], "item": ["visit"],
    ...     "category": ["c"], "period": ["p"], "quantity": [4.0], "unit": ["visit"],
    ...     "source_group": ["records"]})
    >>> people = pd.DataFrame({"participant_id": ["a", "b"], "arm": ["x", "x"]})
    >>> float(resource_use_summary(ledger, people)["mean"].iloc[0])
    2.0
    """
    ledger = ledger[~ledger["period"].isin(before)]
    rows = []
    for (item, category, unit), lines in ledger.groupby(
        ["item", "category", "unit"], sort=True, dropna=False
    ):
        people = complete(participants, observed, set(lines["source_group"]), before)
        sums = lines.groupby("participant_id")["quantity"].sum()
        for arm, members in people.groupby("arm", sort=False):
            rows.append(
                {
                    "item": item,
                    "category": category,
                    "unit": unit,
                    "arm": arm,
                    **summary(sums.reindex(members["participant_id"]).fillna(0.0)),
                }
            )
    return pd.DataFrame(rows)


def complete(
    participants: pd.DataFrame,
    observed: pd.DataFrame | None,
    groups: set[str],
    before: tuple[str, ...] = (),
) -> pd.DataFrame:
    """Return the participants with every follow-up period of some source groups observed."""
    if observed is None:
        return participants
    seen = observed["observed"].astype("boolean").fillna(False)
    gaps = observed[
        ~seen & observed["source_group"].isin(groups) & ~observed["period"].isin(before)
    ]
    return participants[~participants["participant_id"].isin(gaps["participant_id"])]


def summary(values: pd.Series) -> dict[str, float]:
    """Return how many people, how many users, mean and standard deviation."""
    n = len(values)
    return {
        "participants": n,
        "users": int((values != 0).sum()),
        "mean": float(values.mean()) if n else np.nan,
        "sd": float(values.std(ddof=1)) if n > 1 else np.nan,
    }


def baseline_periods(facts: Facts) -> tuple[str, ...]:
    """Return the periods that end at or before randomisation."""
    periods = facts.part("study").get("periods") or {}
    return tuple(name for name, span in periods.items() if span[1] <= 0)


def counted_people(facts: Facts) -> pd.DataFrame | None:
    """Return the participants of the primary analysis' population, with their arms."""
    people = facts.table("participants")
    if people is None:
        costs = facts.table("participant_costs")
        if costs is None:
            return None
        return costs[["participant_id", "arm"]].drop_duplicates()
    if facts.population in people:
        people = people[people[facts.population].astype("boolean").fillna(False)]
    return people[["participant_id", "arm"]]


def limited(facts: Facts, frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the participants of the primary population."""
    people = facts.table("participants")
    if people is None:
        return frame
    return frame[frame["participant_id"].isin(counted_people(facts)["participant_id"])]


def category_costs(facts: Facts, perspective: str) -> pd.DataFrame:
    """Return cost by category and arm of one perspective, observed cases, total last.

    Parameters
    ----------
    facts : Facts
        The study.
    perspective : str
        Key of the perspective.

    Returns
    -------
    pandas.DataFrame
        Columns category (blank for the total), arm, participants, users, mean, sd.
    """
    before = baseline_periods(facts)
    costs = facts.table("participant_costs")
    costs = costs[(costs["perspective"] == perspective) & ~costs["period"].isin(before)]
    people, seen = counted_people(facts), facts.table("cost_observed")
    rows = []
    for category in [*sorted(costs["category"].dropna().unique()), None]:
        lines = costs if category is None else costs[costs["category"] == category]
        members = complete(people, seen, set(lines["source_group"]), before)
        sums = lines.groupby("participant_id")["cost"].sum()
        for arm in facts.arms:
            group = members.loc[members["arm"] == arm, "participant_id"]
            rows.append(
                {"category": category, "arm": arm, **summary(sums.reindex(group).fillna(0.0))}
            )
    return pd.DataFrame(rows)


def contrast(one: pd.Series, other: pd.Series) -> tuple[float, float, float]:
    """Return the difference of two observed means with a 95 % interval (Welch, normal).

    Parameters
    ----------
    one, other : pandas.Series
        With participants, mean and sd.

    Returns
    -------
    tuple of float
        Difference, lower, upper; blank where an arm has nobody.
    """
    gap = one["mean"] - other["mean"]
    if min(one["participants"], other["participants"]) < 2:
        return gap, np.nan, np.nan
    error = np.sqrt(one["sd"] ** 2 / one["participants"] + other["sd"] ** 2 / other["participants"])
    return gap, gap - 1.959964 * error, gap + 1.959964 * error
