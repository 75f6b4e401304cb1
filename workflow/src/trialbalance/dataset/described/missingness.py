"""What is missing: how much, where, and in which patterns."""

import pandas as pd

COLUMNS = (
    "arm",
    "kind",
    "name",
    "moment",
    "expected",
    "observed",
    "percent_observed",
    "not_reached",
)

VISIT_COLUMNS = ("measure", "arm", "seen", "missing", "monotone", "participants")


def describe_missingness(
    dataset: pd.DataFrame,
    measures: pd.DataFrame | None,
    cost_flags: pd.DataFrame | None,
    covariates: list[str],
    arms: list[str],
    followed: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return how much of each thing was observed, by arm and moment.

    Parameters
    ----------
    dataset : pandas.DataFrame
        One row a participant of the analysis.
    measures : pandas.DataFrame or None
        Columns participant_id, visit, measure, value, dead.
    cost_flags : pandas.DataFrame or None
        Columns participant_id, source_group, period, observed.
    covariates : list of str
        Columns of the dataset that hold covariates.
    arms : list of str
        Arms in the order of the table.
    followed : pandas.DataFrame, optional
        Table follow_up, which tells what was not reached from what was missed.

    Returns
    -------
    pandas.DataFrame
        arm, kind (measure, cost_group, cost, effect, both, covariate), name, moment (visit, period,
        baseline or total), expected, observed, percent_observed, not_reached.

    Notes
    -----
    Expected at a visit are those not known to have died whose follow-up had not ended by the
    calendar; deaths are not missing. Totals are expected of everybody; not reached are those
    without the total some visit or period of whom was not reached.

    References
    ----------
    Faria 2014, doi:10.1007/s40273-014-0193-3.

    Examples
    --------
    >>> one = pd.DataFrame({"participant_id": ["p1"], "arm": ["a"], "cost_observed": [True],
    ...     "effect_observed": [False]})
    >>> describe_missingness(one, None, None, [], ["a"])["percent_observed"].to_list()
    [100.0, 0.0, 0.0]
    """
    parts = _whole(dataset, covariates)
    if cost_flags is not None and len(cost_flags):
        flags = cost_flags["observed"].astype("boolean").fillna(False)
        parts.insert(0, _seen(cost_flags, "cost_group", "source_group", "period", flags))
    if measures is not None and len(measures):
        alive = measures[~measures["dead"].astype(bool)]
        parts.insert(0, _seen(alive, "measure", "measure", "visit", alive["value"].notna()))
    rows = pd.concat([part.astype({"seen": bool}) for part in parts], ignore_index=True)
    rows["arm"] = rows["participant_id"].map(dataset.set_index("participant_id")["arm"])
    rows["not_reached"] = ~rows["seen"] & _not_reached(rows, followed)
    return _count(rows[rows["arm"].notna()], arms)


def _seen(frame: pd.DataFrame, kind: str, name: str, moment: str, seen: pd.Series) -> pd.DataFrame:
    """Return whether each row of a table was seen; `name` and `moment` are columns of it."""
    told = {"participant_id": frame["participant_id"], "kind": kind, "name": frame[name]}
    return pd.DataFrame({**told, "moment": frame[moment], "seen": seen})


def _whole(dataset: pd.DataFrame, covariates: list[str]) -> list[pd.DataFrame]:
    """Return whether totals and covariates were seen, one table each."""
    both = dataset["cost_observed"].astype(bool) & dataset["effect_observed"].astype(bool)
    whole = {
        ("cost", "cost", "total"): dataset["cost_observed"],
        ("effect", "effect", "total"): dataset["effect_observed"],
        ("both", "cost and effect", "total"): both,
    } | {("covariate", name, "baseline"): dataset[name].notna() for name in covariates}
    ids = dataset["participant_id"]
    return [
        pd.DataFrame(
            {"participant_id": ids, "kind": kind, "name": name, "moment": moment, "seen": seen}
        )
        for (kind, name, moment), seen in whole.items()
    ]


def _not_reached(rows: pd.DataFrame, followed: pd.DataFrame | None) -> pd.Series:
    """Return which rows, if unobserved, are so because follow-up ended by the calendar."""
    late = pd.DataFrame(columns=["participant_id", "kind", "name", "moment"])
    if followed is not None:
        late = followed[followed["status"] == "not_reached"]
    visits = late[late["kind"] == "measure"]
    periods = late[late["kind"] == "cost"]
    keys = {
        "measure": (["participant_id", "moment"], visits),
        "cost_group": (["participant_id", "name", "moment"], periods),
        "cost": (["participant_id"], periods),
        "effect": (["participant_id"], visits),
        "both": (["participant_id"], late),
    }
    found = pd.Series(False, index=rows.index)
    for kind, (columns, table) in keys.items():
        known = pd.MultiIndex.from_frame(table[columns])
        found |= (rows["kind"] == kind) & pd.MultiIndex.from_frame(rows[columns]).isin(known)
    return found


def count_patterns(dataset: pd.DataFrame, arms: list[str]) -> pd.DataFrame:
    """Return how many participants have cost, effect, both or neither observed.

    Parameters
    ----------
    dataset : pandas.DataFrame
        Columns arm, cost_observed, effect_observed.
    arms : list of str
        Arms in the order of the table.

    Returns
    -------
    pandas.DataFrame
        arm, cost_observed, effect_observed, participants; all four patterns of each arm.

    Notes
    -----
    The counts of an arm add up to its participants.

    References
    ----------
    Faria 2014, doi:10.1007/s40273-014-0193-3.

    Examples
    --------
    >>> one = pd.DataFrame({"arm": ["a"], "cost_observed": [True], "effect_observed": [False]})
    >>> count_patterns(one, ["a"])["participants"].to_list()
    [0, 1, 0, 0]
    """
    cost = dataset["cost_observed"].astype(bool)
    effect = dataset["effect_observed"].astype(bool)
    return pd.DataFrame(
        [
            {
                "arm": arm,
                "cost_observed": has_cost,
                "effect_observed": has_effect,
                "participants": int(
                    ((dataset["arm"] == arm) & (cost == has_cost) & (effect == has_effect)).sum()
                ),
            }
            for arm in arms
            for has_cost in (True, False)
            for has_effect in (True, False)
        ]
    )


def count_visit_patterns(
    dataset: pd.DataFrame, measures: pd.DataFrame | None, visits: list[str], arms: list[str]
) -> pd.DataFrame:
    """Return at which visits each measure was seen, and how many participants share the pattern.

    Parameters
    ----------
    dataset : pandas.DataFrame
        Columns participant_id and arm, one row a participant of the analysis.
    measures : pandas.DataFrame or None
        Columns participant_id, visit, measure, value, dead.
    visits : list of str
        Visits in the order of time.
    arms : list of str
        Arms in the order of the table.

    Returns
    -------
    pandas.DataFrame
        measure, arm, seen and missing (visits in order; those after a death are in neither),
        monotone (nothing seen after something missing) and participants, the commonest pattern
        first; the counts of a measure and arm add up to its participants.

    References
    ----------
    Faria 2014, doi:10.1007/s40273-014-0193-3.

    Examples
    --------
    >>> people = pd.DataFrame({"participant_id": ["p1"], "arm": ["a"]})
    >>> scores = pd.DataFrame({"participant_id": "p1", "visit": ["m0", "m6"], "measure": "utility",
    ...     "value": [0.5, None], "dead": False})
    >>> count_visit_patterns(people, scores, ["m0", "m6"], ["a"])[["seen", "missing"]].values
    array([['m0', 'm6']], dtype=object)
    """
    if measures is None or measures.empty:
        return pd.DataFrame(columns=list(VISIT_COLUMNS))
    people = dataset.set_index("participant_id")["arm"]
    parts = []
    for measure, own in measures.groupby("measure"):
        # Per visit 0 where seen, 1 where missed alive, 2 where not expected (dead, or no such row).
        state = own["value"].isna().astype(int).mask(own["dead"].astype(bool), 2)
        rows = own.assign(state=state)
        wide = rows.pivot_table(index="participant_id", columns="visit", values="state")
        wide = wide.reindex(index=people.index, columns=visits).fillna(2).astype(int)
        counts = wide.assign(arm=people).value_counts(sort=False).rename("participants")
        parts += [
            {"measure": measure, "participants": count, "arm": arm, **_pattern(visits, states)}
            for (*states, arm), count in counts.items()
        ]
    order = {arm: place for place, arm in enumerate(arms)}
    parts.sort(key=lambda row: (row["measure"], order[row["arm"]], -row["participants"]))
    return pd.DataFrame(parts, columns=list(VISIT_COLUMNS))


def _pattern(visits: list[str], states: list[int]) -> dict:
    """Return the visits at which a pattern was seen and missed, in words."""
    expected = [state for state in states if state != 2]
    return {
        "seen": ", ".join(v for v, state in zip(visits, states, strict=True) if state == 0),
        "missing": ", ".join(v for v, state in zip(visits, states, strict=True) if state == 1),
        "monotone": expected == sorted(expected),
    }


def _count(rows: pd.DataFrame, arms: list[str]) -> pd.DataFrame:
    """Return expected and observed counts, arms in their order, the rest as first met."""
    keys = ["kind", "name", "moment"]
    in_time = ~rows["not_reached"] | (rows["moment"] == "total")
    counts = rows.assign(expected=in_time, observed=rows["seen"]).groupby(
        [*keys, "arm"], sort=False
    )
    table = counts[["expected", "observed", "not_reached"]].sum().reset_index()
    order = {
        key: place
        for place, key in enumerate(rows[keys].drop_duplicates().itertuples(index=False, name=None))
    }
    table["_row"] = [order[key] for key in table[keys].itertuples(index=False, name=None)]
    table["_arm"] = table["arm"].map({arm: place for place, arm in enumerate(arms)})
    table = table.sort_values(["_row", "_arm"], ignore_index=True)
    share = table["observed"] / table["expected"].where(table["expected"] > 0)
    table["percent_observed"] = 100 * share
    return table[list(COLUMNS)]
