"""From the table follow_up to the cells of visits and of periods."""

import numpy as np
import pandas as pd

from trialbalance.contracts import Finding
from trialbalance.model.covariates import AT_CEILING, BASELINE, encode, named_columns
from trialbalance.model.longitudinal.cells import Cells


def visit_cells(dataset, follow_up, weights, ids, section, findings):
    """Return the visits as cells and the ceiling that they fall short of, if any.

    Parameters
    ----------
    dataset, follow_up, weights : pandas.DataFrame
        Tables of the analysis.
    ids : pandas.Index
        Participants in order.
    section : dict
        Resolved section ``model``.
    findings : list of Finding
        Where problems are added.

    Returns
    -------
    Cells
        Visits with a weight, in order of time; the baseline has one mean for all arms.
    ceiling : float or None
        Best value of the measure, for the family decrement_gamma.

    Examples
    --------
    >>> visit_cells.__name__
    'visit_cells'
    """
    rows = follow_up[follow_up["kind"] == "measure"]
    order = rows.sort_values("start_years")[["name", "moment", "start_years"]].drop_duplicates()
    order = order[order["moment"].isin(weights["visit"])]
    keys = list(order[["name", "moment"]].itertuples(index=False, name=None))
    value = _wide(follow_up, ids, "measure", keys)
    family, ceiling = section["effect"]["family"], section["longitudinal"]["ceiling"]
    if family == "normal":
        ceiling = None
    elif (value > ceiling + 1e-9).any():
        findings.append(Finding(
            "study.yaml", None, "model.longitudinal.ceiling", f"{ceiling:g}, below the highest "
            f"value {np.nanmax(value):g} of {keys[0][0]}", "the best value of the measure",
            "correct it"))  # fmt: skip
    else:
        value = ceiling - value
        value = np.where(np.abs(value) < 1e-9, 0.0, value)
    design, columns = _design(dataset, named_columns(dataset, section["effect"]["covariates"]))
    spike = section["effect"]["spike"]
    if family != "normal" and spike == "no" and (value == 0).any():
        findings.append(Finding("study.yaml", None, "model.effect.spike", "no", "auto, yes",
                                "some visits are at the ceiling"))  # fmt: skip
    cells = _cells(
        value, [name for _, name in keys], "normal" if family == "normal" else "gamma",
        "no" if family == "normal" else spike,
        np.arange(len(keys)), [name for _, name in keys], design, columns,
        common=int(order["start_years"].iloc[0] <= 0), per_cell=False,
    )  # fmt: skip
    return cells, ceiling


def period_cells(dataset, follow_up, ids, section, findings):
    """Return costs as cells and the start of each, groups with most observed first.

    Parameters
    ----------
    dataset, follow_up : pandas.DataFrame
        Tables of the analysis.
    ids : pandas.Index
        Participants in order.
    section : dict
        Resolved section ``model``.
    findings : list of Finding
        Where problems are added.

    Returns
    -------
    Cells
        A cell a source group and period; a group is a block.
    starts : numpy.ndarray
        Start of each cell's period, years.

    Examples
    --------
    >>> period_cells.__name__
    'period_cells'
    """
    rows = follow_up[follow_up["kind"] == "cost"]
    seen = rows["status"] == "observed"
    counts = rows.assign(seen=seen).groupby("name")["seen"].sum().sort_values(
        ascending=False, kind="stable")  # fmt: skip
    order = rows[["name", "moment", "start_years"]].drop_duplicates()
    place = {group: number for number, group in enumerate(counts.index)}
    order = order.assign(place=order["name"].map(place)).sort_values(
        ["place", "start_years"], kind="stable")  # fmt: skip
    keys = list(order[["name", "moment"]].itertuples(index=False, name=None))
    value = _wide(follow_up, ids, "cost", keys)
    for (group, period), column in zip(keys, value.T, strict=True):
        if np.isnan(column).all():
            findings.append(Finding(
                "follow_up", None, "value", f"no observed cost of {group} in {period} for anybody",
                "costs of every period from somebody", "shorten study.horizon_years, or set "
                "model.form to totals"))  # fmt: skip
    family, hurdle = section["cost"]["family"], section["cost"]["hurdle"]
    if family != "normal" and (value < 0).any():
        findings.append(Finding("follow_up", None, "value", f"{np.nanmin(value):g}", "0 or more",
                                "correct it, or set model.cost.family to normal"))  # fmt: skip
    if family != "normal" and hurdle == "no" and (value == 0).any():
        findings.append(Finding("study.yaml", None, "model.cost.hurdle", "no", "auto, yes",
                                "some periods cost nothing"))  # fmt: skip
    if family == "normal" and hurdle == "auto":
        hurdle = "no"
    design, columns = _design(dataset, named_columns(dataset, section["cost"]["covariates"]))
    block = np.array([list(place).index(group) for group, _ in keys])
    cells = _cells(
        value, [f"{group} {period}" for group, period in keys], family, hurdle, block,
        list(place), design, columns, common=0, per_cell=True,
    )  # fmt: skip
    return cells, order["start_years"].to_numpy(float)


def _wide(follow_up, ids, kind, keys):
    """Return values by participant and cell, NaN unless observed alive."""
    rows = follow_up[(follow_up["kind"] == kind) & (follow_up["status"] == "observed")]
    found = np.full((len(ids), len(keys)), np.nan)
    column = pd.MultiIndex.from_tuples(keys).get_indexer(
        pd.MultiIndex.from_frame(rows[["name", "moment"]])
    )
    person = ids.get_indexer(rows["participant_id"].astype(str))
    inside = (column >= 0) & (person >= 0)
    found[person[inside], column[inside]] = rows["value"].to_numpy(float)[inside]
    return found


def _design(dataset, names):
    """Return covariates as columns of numbers, missing ones at the mean."""
    covariates = encode(dataset, [name for name in names if name not in (BASELINE, AT_CEILING)])
    parts = [one.design(one.values) for one in covariates.values()]
    columns = [column for one in covariates.values() for column in one.columns]
    return (np.concatenate(parts, axis=1) if parts else np.zeros((len(dataset), 0))), columns


def _cells(value, names, family, hurdle, block, blocks, design, columns, common, per_cell):
    """Scale values and mark zeros; a cell the same for everybody is known, not modelled."""
    seen = ~np.isnan(value)
    spans = [column[mask] for column, mask in zip(value.T, seen.T, strict=True)]
    known = np.array(
        [
            one[0] if per_cell and len(one) > 1 and one.min() == one.max() else np.nan
            for one in spans
        ]
    )
    seen = seen & np.isnan(known)
    zero = seen & (value == 0) & (hurdle != "no")
    has_hurdle = (zero.any(axis=0) | (hurdle == "yes")) & np.isnan(known)
    positive = seen & ~zero
    pool = [np.abs(column[mask]) for column, mask in zip(value.T, positive.T, strict=True)]
    if per_cell:
        unit = np.array([one.mean() if len(one) and one.mean() > 0 else 1.0 for one in pool])
    else:
        every = value[positive]
        size = max(abs(every.mean()), every.std()) if len(every) else 1.0
        unit = np.full(len(names), size or 1.0)
    scaled = np.where(positive, value / unit, 1.0)
    centre = scaled[positive].mean() if family == "normal" and positive.any() else 0.0
    return Cells(
        names=names, family=family, unit=unit, known=known, value=scaled,
        positive=positive.astype(float), zero=zero.astype(float),
        hurdle=np.flatnonzero(has_hurdle), block=block, blocks=blocks, common=common,
        centre=float(centre), design=design, columns=columns,
    )  # fmt: skip
