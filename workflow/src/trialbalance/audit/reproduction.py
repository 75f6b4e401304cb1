"""Published figures beside what the run gives: reproduced within tolerance, or not."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from trialbalance.contracts import Finding, Problems

COLUMNS = [
    "id", "quantity", "arm", "population", "published", "reproduced", "difference", "tolerance",
    "verdict",
]
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
    "correlation": ["measures"],
    "complete_questionnaires": ["responses"],
    "item_response": ["responses"],
}
SIMULATION_ERRORS = 2.5


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


def _text(values: pd.Series) -> pd.Series:
    # Covariates outside the contract arrive as text or as booleans, according to the door.
    return values.astype("string").str.lower().fillna("")


def _equal(ask: Ask) -> pd.Series:
    return _text(ask.rows[ask.measure["column"]]) == str(ask.measure["equals"]).lower()


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
        index="participant_id", columns=["source_group", "period"], values="cost", aggfunc="sum",
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


def _answered(ask: Ask) -> pd.DataFrame:
    """Whether each item was answered, participants by items; nobody is left out."""
    answers = ask.of("responses")
    keep = (answers["visit"] == ask.measure["visit"]) & (
        answers["instrument"] == ask.measure["instrument"]
    )
    wide = answers[keep].assign(level=answers["level"].notna()).pivot(
        index="participant_id", columns="item", values="level"
    )
    return wide.reindex(ask.rows["participant_id"]).fillna(False).astype(bool)


def _item_response(ask: Ask) -> float:
    rates = _answered(ask).mean()
    return float(rates.max() if ask.measure["which"] == "highest" else rates.min())


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
    "correlation": _correlation,
    "complete_questionnaires": lambda ask: float(_answered(ask).all(axis=1).sum()),
    "item_response": _item_response,
}


def _select(participants: pd.DataFrame, population: str, arm: str | None) -> pd.DataFrame:
    rows = participants[_text(participants[population]) == "true"]
    return rows if arm is None else rows[rows["arm"] == arm]


def _reproduced(entry: dict, tables: dict, baseline_periods: Sequence[str]) -> float:
    """Value of one entry; with ``versus``, its difference from (or ratio to) another arm."""
    measure = {**entry["measure"], "population": entry["population"]}

    def value(arm: str | None) -> float:
        rows = _select(tables["participants"], entry["population"], arm)
        return COMPUTE[measure["compute"]](Ask(rows, measure, tables, baseline_periods))

    mine = value(entry.get("arm"))
    if "versus" not in measure:
        return mine
    other = value(measure["versus"])
    return mine / other if measure.get("compare") == "ratio" else mine - other


def judge(published: float, reproduced: float, tolerance: dict) -> tuple[str, bool]:
    """Say a tolerance in words and whether a reproduced figure keeps to it.

    Parameters
    ----------
    published, reproduced : float
        The two figures; for a direction, ``published`` is the bound.
    tolerance : dict
        ``kind`` and its details: exact; simulation_error (``sd`` of the figure over replicates,
        ``multiple``, default 2.5); rounded (``decimals``); direction (``sense`` above or below).

    Returns
    -------
    tuple of str and bool
        Sentence and verdict.

    Examples
    --------
    >>> judge(0.36, 0.3554, {"kind": "rounded", "decimals": 2})
    ('equal when rounded to 2 decimals', True)
    """
    kind, gap = tolerance["kind"], reproduced - published
    if kind == "exact":
        return "exact", bool(abs(gap) < 1e-9)
    if kind == "simulation_error":
        multiple = tolerance.get("multiple", SIMULATION_ERRORS)
        width = multiple * tolerance["sd"]
        return f"within {width:.6g} ({multiple:g} simulation SDs)", bool(abs(gap) <= width)
    if kind == "rounded":
        width = 0.5 * 10.0 ** -tolerance["decimals"]
        words = f"equal when rounded to {tolerance['decimals']} decimals"
        return words, bool(abs(gap) <= width * (1 + 1e-9))
    sense = tolerance["sense"]
    return f"{sense} {published:g}", bool(gap > 0 if sense == "above" else gap < 0)


TOLERANCES = {
    "exact": [], "simulation_error": ["sd"], "rounded": ["decimals"], "direction": ["sense"],
}


def _mistakes(name: str, entry: dict, tables: dict[str, pd.DataFrame]) -> list[Finding]:
    """What keeps an entry from being computed."""
    found = []

    def add(place: str, value: object, allowed: str) -> None:
        found.append(Finding("study.yaml", None, f"published.{name}.{place}", str(value), allowed))

    people = tables["participants"]
    compute = entry["measure"].get("compute")
    if compute not in COMPUTE:
        add("measure.compute", compute, ", ".join(COMPUTE))
    for table in NEEDS.get(compute, []):
        if table not in tables:
            add("measure.compute", compute, f"a study that has the table {table}")
    for place, arm in (("arm", entry.get("arm")), ("versus", entry["measure"].get("versus"))):
        if arm is not None and arm not in set(people["arm"]):
            add(place, arm, ", ".join(sorted(set(people["arm"]))))
    for place, column in (
        ("population", entry["population"]), ("measure.column", entry["measure"].get("column")),
    ):
        if column is not None and column not in people:
            add(place, column, "a column of participants")
    kind = entry["tolerance"].get("kind")
    if kind not in TOLERANCES:
        add("tolerance.kind", kind, ", ".join(TOLERANCES))
    for key in TOLERANCES.get(kind, []):
        if key not in entry["tolerance"]:
            add(f"tolerance.{key}", "nothing", f"what {kind} needs")
    return found


def reproduce(
    published: dict[str, dict],
    tables: dict[str, pd.DataFrame],
    baseline_periods: Sequence[str] = (),
) -> pd.DataFrame:
    """Set every published figure beside the figure that the run's own tables give.

    Parameters
    ----------
    published : dict
        Identifier to ``{quantity, arm (omitted = all), population, value, measure, tolerance,
        source}``; ``measure`` names a computation and its details.
    tables : dict of pandas.DataFrame
        Tables of the stages, by name; ``participants`` always.
    baseline_periods : sequence of str
        Periods before the index date, which no total contains.

    Returns
    -------
    pandas.DataFrame
        Columns id, quantity, arm, population, published, reproduced, difference, tolerance,
        verdict (within | outside).

    Raises
    ------
    Problems
        If an entry names an unknown computation, tolerance, arm, population or column.

    Notes
    -----
    Costs that a missed interview could not tell are set to the mean of those observed in the same
    arm, period and source group, so that means are those of the available cases.

    Examples
    --------
    >>> people = pd.DataFrame({"participant_id": ["p1"], "arm": ["a"], "randomised": [True]})
    >>> entry = {"quantity": "people", "population": "randomised", "value": 1,
    ...     "measure": {"compute": "participants"}, "tolerance": {"kind": "exact"}}
    >>> reproduce({"n": entry}, {"participants": people})["verdict"].tolist()
    ['within']
    """
    findings = [
        finding for name, entry in published.items() for finding in _mistakes(name, entry, tables)
    ]
    if findings:
        raise Problems(findings)
    lines = []
    for name, entry in published.items():
        value = _reproduced(entry, tables, baseline_periods)
        words, within = judge(float(entry["value"]), value, entry["tolerance"])
        lines.append(
            [
                name, entry["quantity"], entry.get("arm"), entry["population"],
                float(entry["value"]), value, value - float(entry["value"]), words,
                "within" if within else "outside",
            ]
        )
    return pd.DataFrame(lines, columns=COLUMNS)
