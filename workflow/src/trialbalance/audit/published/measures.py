"""The few named computations by which a published figure is found again in the run's tables."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from trialbalance.audit.published import legal_figures

# Tables that each computation reads, beside the participants.
NEEDS = {
    "participants": ["participants"],
    "count": ["participants"],
    "share": ["participants"],
    "deaths": ["participants"],
    "events": ["endpoints"],
    "risk": ["endpoints"],
    "mean_cost": ["participant_costs", "cost_observed"],
    "sd_cost": ["participant_costs", "cost_observed"],
    "share_of_cost": ["participant_costs", "cost_observed"],
    "median_first_spell": ["episodes"],
    "attended": ["visits"],
    "mean_measure": ["measures"],
    "correlation": ["measures"],
    "correlation_over_time": ["measures"],
    "complete_questionnaires": ["responses"],
    "item_response": ["responses"],
    "people_with_event": ["legal_timeline"],
    "share_with_event": ["legal_timeline"],
    "events_per_event": ["legal_timeline"],
    "median_days": ["legal_days", "legal_timeline"],
    "days_against_events": ["legal_days", "legal_timeline", "endpoint_events"],
}


@dataclass
class Ask:
    """One computation: which participants, which measure, from which tables."""

    rows: pd.DataFrame
    measure: dict[str, Any]
    tables: dict[str, pd.DataFrame]
    baseline_periods: Sequence[str]

    def of(self, table: str) -> pd.DataFrame:
        """Return the lines of a table that belong to the participants asked about."""
        frame = self.tables[table]
        return frame[frame["participant_id"].isin(self.rows["participant_id"])]


def as_text(values: pd.Series) -> pd.Series:
    """Return values as lower-case text, so that true, True and "true" are one.

    Parameters
    ----------
    values : pandas.Series
        Booleans, numbers or text.

    Returns
    -------
    pandas.Series
        Text; blank where missing.

    Examples
    --------
    >>> as_text(pd.Series([True, None])).tolist()
    ['true', '']
    """
    # Covariates outside the contract arrive as text or as booleans, according to the door.
    return values.astype("string").str.lower().fillna("")


def _equal(ask: Ask) -> pd.Series:
    return as_text(ask.rows[ask.measure["column"]]) == str(ask.measure["equals"]).lower()


def _costs(ask: Ask, categories: list[str] | None) -> pd.Series:
    """Total cost of each participant, unobserved parts at the mean of the arm."""
    costs = ask.of("participant_costs")
    keep = (costs["perspective"] == ask.measure["perspective"]) & ~costs["period"].isin(
        list(ask.baseline_periods)
    )
    if categories is not None:
        keep &= costs["category"].isin(categories)
    costs = costs[keep].assign(period=costs["period"].fillna(""))
    wide = costs.pivot_table(
        index="participant_id",
        columns=["source_group", "period"],
        values="cost",
        aggfunc="sum",
        observed=True,
    )
    wide = wide.reindex(ask.rows["participant_id"]).fillna(0.0).astype(float)
    arms = ask.rows.set_index("participant_id")["arm"]
    unseen = ask.of("cost_observed")
    unseen = unseen[~unseen["observed"].astype(bool)]
    for (group, period), lines in unseen.groupby(["source_group", "period"], observed=True):
        if (group, period) in wide:
            column = wide[(group, period)].copy()
            column[lines["participant_id"]] = np.nan
            wide[(group, period)] = column.fillna(column.groupby(arms).transform("mean"))
    return wide.sum(axis=1)


def _share_of_cost(ask: Ask) -> float:
    return _costs(ask, ask.measure["categories"]).sum() / _costs(ask, None).sum()


def _endpoint(ask: Ask, column: str) -> float:
    table = ask.tables["endpoints"]
    keep = (table["endpoint"] == ask.measure["endpoint"]) & table["arm"].isin(ask.rows["arm"])
    if "population" in table:
        keep &= table["population"] == ask.measure["population"]
    chosen = table[keep]
    if column == "events":
        return float(chosen["events"].sum())
    return float(chosen["events"].sum() / chosen["participants"].sum())


def _median_first_spell(ask: Ask) -> float:
    spells = ask.of("episodes")
    spells = spells[spells["item"].isin(ask.measure["items"])].sort_values("start_date")
    first = spells.drop_duplicates("participant_id").merge(
        ask.rows[["participant_id", "randomisation_date"]], on="participant_id"
    )
    horizon = first["randomisation_date"] + pd.to_timedelta(ask.measure["horizon_days"], "D")
    return float((first["end_date"].fillna(horizon) - first["start_date"]).dt.days.median())


def _correlation(ask: Ask) -> float:
    measures = ask.of("measures")
    at = measures[measures["visit"] == ask.measure["visit"]]
    wide = at.pivot_table(index="participant_id", columns="measure", values="value")
    first, second = ask.measure["measures"]
    return float(wide[[first, second]].dropna().astype(float).corr().iloc[0, 1])


def _at(ask: Ask, measure: str, visit: str) -> pd.Series:
    """Return a measure at a visit by participant, where it was observed."""
    table = ask.of("measures")
    chosen = table[(table["measure"] == measure) & (table["visit"] == visit)]
    return chosen.set_index("participant_id")["value"].dropna().astype(float)


def _correlation_over_time(ask: Ask) -> float:
    pairs = zip(ask.measure["measures"], ask.measure["visits"], strict=True)
    first, second = (_at(ask, measure, visit) for measure, visit in pairs)
    return float(first.corr(second.reindex(first.index)))


def _attended(ask: Ask) -> float:
    visits = ask.of("visits")
    came = (visits["visit"] == ask.measure["visit"]) & (visits["status"] == "attended")
    return float(came.sum())


def _answered(ask: Ask) -> pd.DataFrame:
    """Whether each item was answered, participants by items; nobody is left out."""
    answers = ask.of("responses")
    keep = (answers["visit"] == ask.measure["visit"]) & (
        answers["instrument"] == ask.measure["instrument"]
    )
    wide = (
        answers[keep]
        .assign(level=answers["level"].notna())
        .pivot_table(index="participant_id", columns="item", values="level", aggfunc="all")
    )
    return wide.reindex(ask.rows["participant_id"]).fillna(False).astype(bool)


def _item_response(ask: Ask) -> float:
    rates = _answered(ask).mean()
    return float(rates.max() if ask.measure["which"] == "highest" else rates.min())


def _happened(ask: Ask, event: str) -> pd.Series:
    return legal_figures.counts(ask.of("legal_timeline"), ask.rows, event)


def _among(ask: Ask) -> pd.Series:
    """Return to whom the event that makes the denominator happened; everyone by default."""
    if "among" not in ask.measure:
        return pd.Series(True, index=pd.Index(ask.rows["participant_id"]))
    return _happened(ask, ask.measure["among"]) > 0


def _people_with_event(ask: Ask) -> pd.Series:
    return (_happened(ask, ask.measure["event"]) >= ask.measure["at_least"])[_among(ask)]


def _events_per_event(ask: Ask) -> float:
    return float(
        _happened(ask, ask.measure["event"]).sum() / _happened(ask, ask.measure["per"]).sum()
    )


def _days(ask: Ask) -> pd.Series:
    return legal_figures.days(ask.of("legal_days"), ask.rows, ask.measure["statuses"])[_among(ask)]


def _days_against_events(ask: Ask) -> float:
    """Rank correlation of days under a status with number or amount of clinical events."""
    table, mine = ask.of("endpoint_events"), _days(ask)
    table = table[table["endpoint"] == ask.measure["endpoint"]].groupby("participant_id")["amount"]
    values = table.sum() if ask.measure.get("counted") == "amount" else table.size()
    return legal_figures.rank_correlation(
        mine, values.reindex(mine.index).fillna(0.0).astype(float)
    )


COMPUTE: dict[str, Callable[[Ask], float]] = {
    "participants": lambda ask: float(len(ask.rows)),
    "count": lambda ask: float(_equal(ask).sum()),
    "share": lambda ask: float(_equal(ask).mean()),
    "deaths": lambda ask: float(ask.rows["death_date"].notna().sum()),
    "events": lambda ask: _endpoint(ask, "events"),
    "risk": lambda ask: _endpoint(ask, "risk"),
    "mean_cost": lambda ask: float(_costs(ask, ask.measure.get("categories")).mean()),
    "sd_cost": lambda ask: float(_costs(ask, ask.measure.get("categories")).std(ddof=1)),
    "share_of_cost": _share_of_cost,
    "median_first_spell": _median_first_spell,
    "attended": _attended,
    "mean_measure": lambda ask: _at(ask, ask.measure["measure"], ask.measure["visit"]).mean(),
    "correlation": _correlation,
    "correlation_over_time": _correlation_over_time,
    "complete_questionnaires": lambda ask: float(_answered(ask).all(axis=1).sum()),
    "item_response": _item_response,
    "people_with_event": lambda ask: float(_people_with_event(ask).sum()),
    "share_with_event": lambda ask: float(_people_with_event(ask).mean()),
    "events_per_event": _events_per_event,
    "median_days": lambda ask: float(_days(ask).median()),
    "days_against_events": _days_against_events,
}
