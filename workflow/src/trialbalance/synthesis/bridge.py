"""From what was seen to what is concluded: one difference, step by step."""

import pandas as pd

SEEN, ADJUSTED, MODELLED, LOWEST, HIGHEST = "seen", "adjusted", "modelled", "lowest", "highest"
COLUMNS = ["step", "participants", "estimate", "lower", "upper", "scenario", "row", "column"]
# The base case itself, which stands first among the scenarios of missing data.
AT_RANDOM = "missing_at_random"


def bridge(
    part: str,
    arm: str,
    observed: pd.DataFrame | None,
    increments: pd.DataFrame,
    missing: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return the steps of one difference, from those seen to the model and data missing otherwise.

    Parameters
    ----------
    part : {"cost", "effect"}
        What differs.
    arm : str
        Arm that is set against the comparator.
    observed : pandas.DataFrame or None
        Rows of ``observed_case`` of one analysis; None where no records stand behind it.
    increments : pandas.DataFrame
        Table ``incremental`` of the analysis, in currency or units of the outcome a participant.
    missing : pandas.DataFrame or None
        Table ``missing_scenarios`` of the analysis.

    Returns
    -------
    pandas.DataFrame
        One row a step, columns `COLUMNS`: ``seen`` is the difference of the means of those seen,
        ``adjusted`` that of least squares on arm and covariates, ``modelled`` that of the model
        over everybody, ``lowest`` and ``highest`` the ends of the scenarios of data not missing
        at random. ``row`` and ``column`` say in which cell a figure stands. A step that the study
        lacks has no row.

    Examples
    --------
    >>> seen = pd.DataFrame({"arm": ["a", "b"], "comparator": ["b", None], "n": [9, 9],
    ...     "cost_n": [8, 7], "cost_difference": [5.0, None], "cost_adjusted_n": [14, None],
    ...     "cost_adjusted": [6.0, None]})
    >>> told = pd.DataFrame({"arm": ["a"], "comparator": ["b"], "cost": [4.0], "cost_lower": [1.0],
    ...     "cost_upper": [7.0]})
    >>> steps = bridge("cost", "a", seen, told).set_index("step")
    >>> {step: (int(row.participants), row.estimate) for step, row in steps.iterrows()}
    {'seen': (15, 5.0), 'adjusted': (14, 6.0), 'modelled': (18, 4.0)}
    """
    rows, everybody = [], pd.NA
    if observed is not None and arm in set(observed["arm"]):
        mine = observed[observed["arm"] == arm].iloc[0]
        against = increments.loc[increments["arm"] == arm, "comparator"]
        pair = observed[observed["arm"].isin([arm, *against])]
        everybody = _both(pair, "n")
        both = _both(pair, f"{part}_n")
        rows.append(_step(SEEN, both, mine, f"{part}_difference"))
        rows.append(_step(ADJUSTED, mine.get(f"{part}_adjusted_n"), mine, f"{part}_adjusted"))
    for _, row in increments[increments["arm"] == arm].iterrows():
        ends = {"lower": row.get(f"{part}_lower"), "upper": row.get(f"{part}_upper")}
        rows.append(_step(MODELLED, everybody, row, part) | ends)
    if missing is not None:
        own = missing[(missing["arm"] == arm) & (missing["scenario"] != AT_RANDOM)]
        own = own.dropna(subset=[part]).drop_duplicates("scenario")
        for step, place in ((LOWEST, "idxmin"), (HIGHEST, "idxmax")):
            if len(own):
                row = own.loc[getattr(own[part].astype(float), place)()]
                rows.append(_step(step, everybody, row, part) | {"scenario": str(row["scenario"])})
    found = pd.DataFrame(rows, columns=COLUMNS)
    return found[found["estimate"].notna()].reset_index(drop=True)


def _both(pair: pd.DataFrame, column: str) -> object:
    """Return a count over two arms; blank where one is held back."""
    return pair[column].sum(min_count=2) if column in pair else pd.NA


def _step(step: str, participants: object, row: pd.Series, column: str) -> dict[str, object]:
    """Return one step: whom it counts, its estimate, and the cell in which that stands."""
    return {
        "step": step,
        "participants": participants,
        "estimate": row.get(column),
        "row": row,
        "column": column,
    }
