"""From the follow-up of an analysis to cells: a visit, a period, a death at a time."""

from typing import Any

import numpy as np
import pandas as pd

from trialbalance.contracts import Finding, Problems
from trialbalance.model.cells.from_data.who import clusters, design, subgroups
from trialbalance.model.cells.from_data.years import death_bounds, death_columns, effect_weights
from trialbalance.model.cells.table import COST, DEATH, MEASURE, Cell, Cells

_MOST_PARENTS = 8
_OFTEN = 0.05


def cells_by_visit(
    dataset: pd.DataFrame,
    follow_up: pd.DataFrame,
    weights: pd.DataFrame,
    study: dict[str, Any],
    section: dict[str, Any],
) -> Cells:
    """Return the cells of an analysis by visit and period.

    Parameters
    ----------
    dataset : pandas.DataFrame
        One row a participant: arm, covariates, and the effect where it is observed.
    follow_up : pandas.DataFrame
        Table follow_up of the same participants.
    weights : pandas.DataFrame
        Rows of table outcome_weights of the analysis's outcome.
    study, section : dict
        Section ``study`` (arms, horizon_years); resolved section ``model``.

    Returns
    -------
    Cells
        In time order; a source group of cost that everybody alive has is one cell.

    Raises
    ------
    Problems
        Where visits or costs cannot be what the settings describe.

    Notes
    -----
    What is always seen does not depend on what is often missing: records follow the baseline and
    deaths only. A cell depends on all others before it; where these are many, on the baseline and
    the last two of each source.

    Examples
    --------
    >>> cells_by_visit(pd.DataFrame(), pd.DataFrame({"kind": [], "status": []}), None, {}, {})
    Traceback (most recent call last):
    ...
    trialbalance.contracts.problems.Problems: follow_up: found no visit with a value of the \
outcome's measure; allowed: an outcome that is the area under a measure's curve, with values; \
set model.cells to totals.
    """
    _wanted(follow_up, weights)
    arms = [arm for arm in study["arms"] if (dataset["arm"] == arm).any()]
    notes = [f"arm {arm} has no participants and is not fitted" for arm in study["arms"]
             if arm not in arms]  # fmt: skip
    ids = pd.Index(dataset["participant_id"].astype(str))
    findings: list[Finding] = []
    died = death_columns(follow_up, ids, death_bounds(follow_up))
    columns = [
        *_measures(follow_up, weights, ids, section, findings),
        *_deaths(died, ids),
        *_costs(follow_up, ids, section, findings, study["horizon_years"]),
    ]
    if findings:
        raise Problems(findings)
    fixed, columns = _known(columns, follow_up, ids)
    columns = _ordered(columns, died.known)
    cells = tuple(cell for cell, *_ in columns)
    value = np.column_stack([one[1] for one in columns])
    possible = np.column_stack([one[2] for one in columns])
    missing = _missing_shares(value, possible)
    cells = tuple(_with_parents(cells, j, missing, died) for j in range(len(cells)))
    groups = tuple(fixed)
    cluster, names = clusters(dataset, section, notes)
    arm = dataset["arm"].map({name: k for k, name in enumerate(arms)}).to_numpy(int)
    matrix, labels = design(dataset, section, notes)
    weight, whole, left = effect_weights(cells, weights, died, dataset, value)
    return Cells(
        cells, value, possible, arm, tuple(arms), tuple(ids), matrix, labels, weight, whole, left,
        np.column_stack([fixed[group] for group in groups]), groups, cluster, names,
        _shown(cells, follow_up, ids), subgroups(dataset, section, notes), notes,
    )  # fmt: skip


def _wanted(follow_up, weights):
    """Refuse follow-up without visits of a value and a weight, or without costs."""
    seen = follow_up[follow_up["status"] == "observed"]
    found = []
    if weights is None or not len(weights) or not (seen["kind"] == MEASURE).any():
        found.append(("no visit with a value of the outcome's measure", "an outcome that is the "
                      "area under a measure's curve, with values"))  # fmt: skip
    elif not (seen["kind"] == COST).any():
        found.append(("no period with an observed cost", "costs by period"))
    if found:
        raise Problems([Finding("follow_up", None, None, what, allowed, "set model.cells to totals")
                        for what, allowed in found])  # fmt: skip


def _wide(follow_up, ids, kind, name, moment):
    """Return values and status of one moment in the order of the participants."""
    rows = follow_up[(follow_up["kind"] == kind) & (follow_up["name"] == name)
                     & (follow_up["moment"] == moment)]  # fmt: skip
    rows = rows.set_index(rows["participant_id"].astype(str)).reindex(ids)
    status = rows["status"].fillna("missed").to_numpy(str)
    value = rows["value"].to_numpy(float, na_value=np.nan)
    return value, status


def _moments(follow_up, kind):
    rows = follow_up[follow_up["kind"] == kind]
    return rows[["name", "moment", "start_years", "end_years"]].drop_duplicates()


def _measures(follow_up, weights, ids, section, findings):
    """Return a column a visit: cell, values, where possible."""
    found, total = [], float(weights["weight"].sum())
    effect = section["effect"]
    upper = None if effect["ceiling"] is None else effect["ceiling"] / total
    lower = None if effect["lower"] is None else effect["lower"] / total
    order = _moments(follow_up, MEASURE).sort_values("start_years", kind="stable")
    for name, moment, start, _ in order.itertuples(index=False):
        value, status = _wide(follow_up, ids, MEASURE, name, moment)
        value = np.where(status == "observed", value, np.nan)
        if np.isnan(value).all():
            if moment in set(weights["visit"]):
                findings.append(Finding("follow_up", None, "value",
                                        f"no value of {name} at {moment} for anybody",
                                        "a value at every visit with a weight",
                                        "set model.cells to totals"))  # fmt: skip
            continue
        top = upper
        if effect["family"] in ("beta", "decrement_gamma"):
            top = upper if upper is not None else max(1.0, float(np.nanmax(value)))
            _refuse_outside(value, lower, top, name, moment, effect, findings)
        found.append((
            Cell(f"{name} {moment}", MEASURE, name, moment, max(start, 0.0), max(start, 0.0),
                 effect["family"], by_arm=start > 0,
                 lower=lower if effect["family"] == "beta" else None, upper=top,
                 atoms=effect["spike"]),
            value, status != "dead",
        ))  # fmt: skip
    return found


def _refuse_outside(value, lower, upper, name, moment, effect, findings):
    family = effect["family"]
    if effect["spike"] == "no" and (value >= upper - 1e-9).any():
        _once(findings, Finding("study.yaml", None, "model.effect.spike", "no", "auto, yes",
                                "some visits are at the ceiling"))  # fmt: skip
    low = np.nanmin(value) if lower is not None and family == "beta" else np.inf
    if low < (lower if lower is not None else -np.inf) - 1e-9:
        _once(findings, Finding("study.yaml", None, "model.effect.lower", f"{lower:g} a year, "
                                f"above the lowest value {low:g} of {name} at {moment}",
                                "the least value of the measure times the horizon",
                                "correct it"))  # fmt: skip
    if np.nanmax(value) > upper + 1e-9:
        _once(findings, Finding("study.yaml", None, "model.effect.ceiling", f"{upper:g} a year, "
                                f"below the highest value {np.nanmax(value):g} of {name} at "
                                f"{moment}", "the best value of the measure times the horizon",
                                "correct it"))  # fmt: skip


def _deaths(died, ids):
    return [
        (Cell(f"death {start:g} to {end:g}", DEATH, DEATH, f"{start:g} to {end:g}", end,
              start, "bernoulli"), value, possible)
        for (start, end), value, possible in zip(died.spans, died.value, died.possible, strict=True)
    ]  # fmt: skip


def _costs(follow_up, ids, section, findings, horizon):
    """Return a column a source group and period; one for a group that everybody alive has."""
    cost, found = section["cost"], []
    order = _moments(follow_up, COST)
    for group in order["name"].unique():
        spans = order[order["name"] == group].sort_values("end_years", kind="stable")
        parts = [_wide(follow_up, ids, COST, group, moment) for moment in spans["moment"]]
        top = cost["maximum"].get(group)
        whole = all(np.isin(status, ("observed", "dead")).all() for _, status in parts)
        if whole:
            value = np.sum([np.where(status == "dead", 0.0, value) for value, status in parts], 0)
            family = "bounded" if top is not None else cost["family"]
            end = float(spans["end_years"].max())
            cell = Cell(group, COST, group, "", end, 0.0, family, upper=top,
                        lower=None if top is None else 0.0, atoms=_atoms(cost, family))  # fmt: skip
            found.append((cell, value, np.ones(len(ids), bool)))
            _refuse_below(value, group, "", cost, findings)
            continue
        for (_, moment, start, end), (value, status) in zip(spans.itertuples(index=False), parts,
                                                            strict=True):  # fmt: skip
            value = np.where(status == "observed", value, np.nan)
            if np.isnan(value).all():
                findings.append(Finding("follow_up", None, "value", f"no observed cost of {group} "
                                        f"in {moment} for anybody", "costs of every period from "
                                        "somebody", "shorten study.horizon_years, or set "
                                        "model.cells to totals"))  # fmt: skip
                continue
            _refuse_below(value, group, moment, cost, findings)
            share = None if top is None else top * (end - start) / horizon
            family = "bounded" if share is not None else cost["family"]
            cell = Cell(f"{group} {moment}", COST, group, moment, end, start, family,
                        upper=share, lower=None if share is None else 0.0,
                        atoms=_atoms(cost, family))  # fmt: skip
            found.append((cell, value, status != "dead"))
    return found


def _atoms(cost, family):
    return "no" if family == "normal" else cost["hurdle"]


def _refuse_below(value, group, moment, cost, findings):
    least = np.nanmin(value)
    if cost["family"] != "normal" and least < 0:
        findings.append(Finding("follow_up", None, "value", f"{least:g}", "0 or more",
                                "correct it, or set model.cost.family to normal"))  # fmt: skip
    if cost["family"] != "normal" and cost["hurdle"] == "no" and (value == 0).any():
        _once(findings, Finding("study.yaml", None, "model.cost.hurdle", "no", "auto, yes",
                                "some periods cost nothing"))  # fmt: skip


def _once(findings, finding):
    """Add what is wrong unless the same setting was told before."""
    if all(one.column != finding.column for one in findings):
        findings.append(finding)


def _known(columns, follow_up, ids):
    """Take cells that are the same for everybody out of what is modelled; cost after death too."""
    groups = list(dict.fromkeys(cell.source for cell, *_ in columns if cell.kind == COST))
    fixed = {group: np.zeros(len(ids)) for group in groups}
    paid = follow_up[(follow_up["kind"] == COST) & (follow_up["status"] == "dead")]
    late = paid.groupby([paid["name"], paid["participant_id"].astype(str)])["value"].sum()
    for (group, person), value in late.items():
        if group in fixed and value:
            fixed[group][ids.get_loc(person)] += value
    kept = []
    for cell, value, possible in columns:
        seen = value[possible & ~np.isnan(value)]
        if cell.kind == COST and len(seen) and seen.min() == seen.max():
            fixed[cell.source] = fixed[cell.source] + np.where(possible, seen[0], 0.0)
        else:
            kept.append((cell, value, possible))
    return fixed, kept


def _ordered(columns, vital_status_known):
    """Put cells in time order: baseline, deaths if all are known, whole groups, the rest."""

    def place(column: tuple[Cell, Any, Any]):
        cell, _, _ = column
        if cell.kind == MEASURE and not cell.by_arm:
            return (0, 0, 0, 0)
        if cell.kind == DEATH and vital_status_known:
            return (1, cell.time, 0, 0)
        if cell.kind == COST and not cell.moment:
            return (2, 0, 0, 0)
        missing = np.isnan(column[1][column[2]]).mean()
        return (3, cell.time, {DEATH: 0, COST: 1, MEASURE: 2}[cell.kind], missing)

    return sorted(columns, key=place)


def _missing_shares(value, possible):
    missing = np.isnan(value) & possible
    return missing.sum(axis=0) / np.maximum(possible.sum(axis=0), 1)


def _with_parents(cells, j, missing, died):
    """Return a cell with its parents."""
    cell, found = cells[j], []
    for k, earlier in enumerate(cells[:j]):
        if earlier.kind == DEATH:
            # Only who may die while having the cell differs by the death.
            wanted = cell.kind == COST and died.within(earlier.moment, cell)
        elif not earlier.by_arm:
            wanted = True
        elif cell.kind == COST and not cell.moment:
            wanted = not earlier.moment
        else:
            wanted = not (missing[k] > _OFTEN and missing[j] < 0.5 * missing[k])
        if wanted:
            found.append(earlier)
    if len(found) > _MOST_PARENTS:
        found = _last_two(found)
    return Cell(**{**cell.__dict__, "parents": tuple(one.name for one in found)})


def _last_two(found):
    kept = []
    for number, one in enumerate(found):
        after = [x for x in found[number + 1 :] if (x.kind, x.source) == (one.kind, one.source)]
        if not one.by_arm or not one.moment or len(after) < 2:
            kept.append(one)
    return kept


def _shown(cells, follow_up, ids):
    """Return costs by period of the groups that are one cell."""
    order, found = _moments(follow_up, COST), {}
    for group in [cell.source for cell in cells if cell.kind == COST and not cell.moment]:
        for moment in order.loc[order["name"] == group, "moment"]:
            value, status = _wide(follow_up, ids, COST, group, moment)
            found[group, moment] = np.where(status == "dead", 0.0, value)
    return found
