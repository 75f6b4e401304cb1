"""The figures of the first program under the names of the second: from the tables as written."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import ndtr

from trialbalance.audit.second.drawn_figures import drawn_figures
from trialbalance.audit.second.figures import figures, joined
from trialbalance.audit.second.script import shown_thresholds
from trialbalance.contracts.input_names import under
from trialbalance.model.adjusted import contrasts, equations
from trialbalance.model.components import by_total

Tables = Mapping[str, pd.DataFrame]


def first_figures(tables: Tables, settings: Mapping[str, Any]) -> pd.DataFrame:
    """Return every figure of the first program that the second computes too.

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
        Tables as written, those of an analysis by ``<analysis>.<table>``; ``recorded.<table>`` are
        the files handed over.
    settings : mapping
        As from `settings.resolve.certificate_settings`.

    Returns
    -------
    pandas.DataFrame
        Columns quantity, of, within (participant or threshold; blank otherwise) and value.

    Notes
    -----
    Contrasts by seemingly unrelated regressions come from `model.adjusted.contrasts` on those with
    cost and effect observed: residual covariances are divided by degrees of freedom.

    References
    ----------
    Zellner 1963, doi:10.1080/01621459.1963.10480681, on degrees of freedom.

    Examples
    --------
    >>> handed = pd.DataFrame({"participant_id": ["p1", "p2"]})
    >>> settings = {"study": {"arms": {}}, "data": {"populations": {}}, "each": {}}
    >>> first_figures({"recorded.participants": handed}, settings).values.tolist()
    [['records handed over', 'participants', '', 2.0]]
    """
    parts = _people(tables, settings)
    if "ledger" in tables:
        parts += _costs(tables, settings)
    if "measures" in tables:
        parts += _gains(tables, settings)
    for name, one in settings["each"].items():
        mine = under(tables, name)
        if "dataset" in mine and one["analysis"]["outcome"] not in not_areas(settings):
            parts += _observed(name, tables["observed_case"])
            parts += _regressions(name, mine["dataset"], settings["study"], one)
        parts += drawn_figures(name, mine)
    return joined(parts)


def not_areas(settings: Mapping[str, Any]) -> list[str]:
    """Return the effects that the second program does not compute: all but areas under curves.

    Parameters
    ----------
    settings : mapping
        As for `first_figures`.

    Returns
    -------
    list of str
        Names of effects.

    Examples
    --------
    >>> not_areas({"outcomes": {"effects": {"a": {"kind": "event"}}}})
    ['a']
    """
    effects = settings["outcomes"]["effects"] if settings["outcomes"] else {}
    return [name for name, one in effects.items() if one["kind"] != "area_under_curve"]


def _people(tables: Tables, settings: Mapping[str, Any]) -> list[pd.DataFrame]:
    """Return what was handed over, and who is in which population."""
    handed = under(tables, "recorded")
    names = list(handed)
    parts = [figures("records handed over", [len(handed[name]) for name in names], names)]
    if "exclusions" in tables and "flow" in tables and settings["data"]["populations"]:
        counts = tables["exclusions"].groupby(["population", "reason"]).size()
        parts.append(figures("people set aside", counts.tolist(), *_keys(counts)))
        flow = tables["flow"]
        flow = flow[flow["step"].str.startswith("population ")]
        inside = flow["step"].str.removeprefix("population ")
        parts.append(figures("people in the population", flow["participants"], inside, flow["arm"]))
    return parts


def _costs(tables: Tables, settings: Mapping[str, Any]) -> list[pd.DataFrame]:
    """Return prices, the ledger added up, and what is known of whose costs."""
    prices, ledger = tables["prices"], tables["ledger"].copy()
    parts = [
        figures("unit cost", prices["unit_cost"], prices["item"]),
        figures("inflation", prices["inflation"], prices["item"]),
    ]
    part = "/" + ledger["part"].astype(str)
    cut = [one.removesuffix(end) for one, end in zip(ledger["record_id"], part, strict=True)]
    ledger["record"] = np.where(ledger["part"] > 0, cut, ledger["record_id"])
    ledger["before"] = ledger["quantity"] * ledger["unit_cost"] * ledger["inflation"]
    by = ledger.groupby(["item", "arm"], observed=True)
    for quantity, sums in (
        ("records kept", by["record"].nunique()),
        ("quantity", by["quantity"].sum()),
        ("cost before discount", by["before"].sum()),
        ("cost", by["cost"].sum()),
    ):
        parts.append(figures(quantity, sums.tolist(), *_keys(sums)))
    aside = tables["set_aside"].groupby(["reason", "item"], observed=True)
    for quantity, column in (
        ("records set aside whole", "whole"),
        ("quantity set aside", "quantity"),
    ):
        sums = aside[column].sum()
        parts.append(figures(quantity, sums.astype(float).tolist(), *_keys(sums)))
    costs = tables["participant_costs"]
    sums = costs.groupby(["perspective", "category", "arm"], observed=True)["cost"].sum()
    parts.append(figures("cost by category", sums.tolist(), *_keys(sums)))
    sums = costs.groupby(["perspective", "participant_id"], observed=True)["cost"].sum()
    perspective, person = _keys(sums)
    parts.append(figures("cost of a participant", sums.tolist(), perspective, within=person))
    arm = tables["participants"].set_index("participant_id")["arm"]
    seen = tables["cost_observed"]
    seen = seen.assign(arm=seen["participant_id"].map(arm), observed=seen["observed"].astype(float))
    seen = seen.groupby(["source_group", "period", "arm"], observed=True)["observed"].sum()
    return [*parts, figures("participants with cost observed", seen.tolist(), *_keys(seen))]


def _gains(tables: Tables, settings: Mapping[str, Any]) -> list[pd.DataFrame]:
    """Return scores, the best profiles, and the effects that are areas under curves."""
    measures = tables["measures"]
    keys = measures["measure"], measures["visit"]
    parts = [
        figures("score", measures["value"], *keys, within=measures["participant_id"]),
    ]
    best = measures["at_ceiling"].astype("boolean").fillna(False).astype(float)
    best = best.groupby(list(keys), observed=True).sum()
    parts.append(figures("participants at the best profile", best.tolist(), *_keys(best)))
    outcomes = tables["outcomes"]
    effects = settings["outcomes"]["effects"]
    mine = outcomes[outcomes["outcome"].isin(set(effects) - set(not_areas(settings)))]
    parts.append(figures("effect", mine["value"], mine["outcome"], within=mine["participant_id"]))
    return parts


def _observed(name: str, table: pd.DataFrame) -> list[pd.DataFrame]:
    """Return the means of those observed and the least-squares differences of an analysis."""
    mine = table[table["analysis"] == name]
    against = mine[mine["comparator"].notna()]
    parts = []
    for kind in ("cost", "effect"):
        for quantity, rows, column in (
            (f"participants with {kind}", mine, f"{kind}_n"),
            (f"observed mean {kind}", mine, kind),
            (f"observed difference in {kind}", against, f"{kind}_difference"),
        ):
            parts.append(figures(quantity, rows[column], [name] * len(rows), rows["arm"]))
        fitted = against[against[f"{kind}_adjusted"].notna()]
        for quantity, column in (
            (f"adjusted difference in {kind}", f"{kind}_adjusted"),
            (f"participants in the adjusted difference in {kind}", f"{kind}_adjusted_n"),
        ):
            parts.append(figures(quantity, fitted[column], [name] * len(fitted), fitted["arm"]))
    return parts


def _regressions(
    name: str, dataset: pd.DataFrame, study: Mapping[str, Any], one: Mapping[str, Any]
) -> list[pd.DataFrame]:
    """Return the contrasts by seemingly unrelated regressions, and normal theory from them."""
    dataset = dataset.reset_index(drop=True)
    model = equations(dataset, by_total(dataset, []), study, one["model"])
    own = model.complete
    there = np.unique(model.arm[own])
    columns = max(design.shape[1] for design in model.designs.values())
    if len(model.arms) < 2 or own.sum() <= 2 + columns or len(there) < len(model.arms):
        return []
    designs = {kind: design[own] for kind, design in model.designs.items()}
    estimate, covariance = contrasts(model.outcomes[own], designs, len(model.arms))
    cost, effect = estimate
    variance = [np.diagonal(covariance[i, :, i, :]) for i in (0, 1)]
    both = np.diagonal(covariance[0, :, 1, :])
    arms = model.arms[1:]
    names = [name] * len(arms)
    parts = [
        figures("regression contrast in cost", cost, names, arms),
        figures("regression contrast in effect", effect, names, arms),
        figures("standard error of the contrast in cost", np.sqrt(variance[0]), names, arms),
        figures("standard error of the contrast in effect", np.sqrt(variance[1]), names, arms),
        figures("correlation of the contrasts", both / np.sqrt(variance[0] * variance[1]), names,
                arms),
    ]  # fmt: skip
    for threshold in shown_thresholds(one):
        net = threshold * effect - cost
        error = np.sqrt(threshold**2 * variance[1] + variance[0] - 2 * threshold * both)
        for quantity, value in (
            ("net benefit by normal theory", net),
            ("standard error of net benefit by normal theory", error),
            ("acceptability by normal theory", ndtr(net / error)),
        ):
            parts.append(figures(quantity, value, names, arms, within=[threshold] * len(arms)))
    return parts


def _keys(sums: pd.Series) -> list[list[str]]:
    """Return the levels of a sum's index, one list a level."""
    return [sums.index.get_level_values(n).tolist() for n in range(sums.index.nlevels)]
