"""The same analysis under a ladder of families, side by side."""

from collections.abc import Callable
from typing import Any

import arviz as az
import numpy as np
import pandas as pd

from trialbalance.contracts import Problems
from trialbalance.model.cells.rows import lay_out
from trialbalance.model.checking.checks import check
from trialbalance.model.checking.comparison import differences, leave_one_out, measure
from trialbalance.model.checking.rungs import OWN, rungs
from trialbalance.model.forms import cells_of, fit
from trialbalance.model.results import arm_draws

COLUMNS = [
    "rung", "effect_family", "cost_family", "arm", "cost", "cost_lower", "cost_upper", "effect",
    "effect_lower", "effect_upper", "predictive_p", "predictive_statistic", "failed", "measure",
    "elpd", "elpd_difference", "elpd_difference_error", "note",
]  # fmt: skip


def fit_ladder(
    idata: az.InferenceData,
    dataset: pd.DataFrame,
    groups: list[str],
    study: dict[str, Any],
    section: dict[str, Any],
    interval: float,
    seed: int,
    progress: Callable[[float, str], None] | None = None,
    follow_up: pd.DataFrame | None = None,
    weights: pd.DataFrame | None = None,
) -> dict[str, pd.DataFrame]:
    """Fit every rung and describe it beside the study's own model.

    Parameters
    ----------
    idata : arviz.InferenceData
        Fit of the study's own model.
    dataset : pandas.DataFrame
        One row a participant of the analysis population.
    groups : list of str
        Source groups of cost; empty means the column ``cost`` alone.
    study, section : dict
        Study section and resolved model section.
    interval : float
        Probability inside printed intervals.
    seed : int
        One integer, the same for every rung.
    progress : callable, optional
        Called as ``progress(percent, text)``.
    follow_up, weights : pandas.DataFrame, optional
        As for :func:`trialbalance.model.forms.fit`.

    Returns
    -------
    dict of str to pandas.DataFrame
        ``ladder`` (one row a rung and arm; a rung that the data refuse has a note and no figures)
        and ``ladder_draws`` (draws of arm means by rung).

    Notes
    -----
    Leave-one-out compares rungs on the same measure only; others are set side by side by their
    predictive checks.
    """
    lines, draws, fits = [], [], {}
    sections = rungs(section)
    for place, (name, own) in enumerate(sections.items()):
        say = _told(progress, name, place, len(sections))
        say(0, "describing" if name == OWN else "fitting")
        try:
            cells = cells_of(dataset, groups, study, own, follow_up, weights)
            layout = lay_out(cells)
            fitted = idata
            if name != OWN:
                visits = {"follow_up": follow_up, "weights": weights}
                fitted = fit(dataset, groups, study, own, seed, say, **visits)
        except Problems as problems:
            lines += _refused(name, own, dataset, study, problems)
            continue
        means = arm_draws(fitted)[["draw", "arm", "cost", "effect"]]
        draws.append(means.assign(rung=name))
        checks = check(fitted, dataset, own)
        lines += _describe(name, own, means, checks, interval)
        people, elpd, high = leave_one_out(fitted, layout, own["gates"]["pareto_k"])
        fits[name] = {
            "measure": measure(layout), "people": people, "elpd": elpd, "high": high,
        }  # fmt: skip
    table = _with_elpd(pd.DataFrame(lines), fits)
    return {
        "ladder": table.reindex(columns=COLUMNS),
        "ladder_draws": pd.concat(draws, ignore_index=True),
    }


def _told(progress, name, place, rungs_in_all):
    """Return the function that tells of a rung's progress as a part of the whole."""

    def say(percent: float, text: str):
        if progress:
            progress((100 * place + percent) / rungs_in_all, f"rung {name}: {text}")

    return say


def _families(name, section):
    families = {f"{part}_family": section[part]["family"] for part in ("effect", "cost")}
    return {"rung": name, **families}


def _refused(name, section, dataset, study, problems):
    arms = [arm for arm in study["arms"] if (dataset["arm"] == arm).any()]
    why = "not fitted: " + " ".join(finding.sentence() for finding in problems.findings)
    return [{**_families(name, section), "arm": arm, "failed": "", "note": why} for arm in arms]


def _describe(name, section, means, checks, interval):
    """Return arm means, worst predictive check and failed checks of a rung."""
    tail = (1 - interval) / 2
    failed = "; ".join(checks.loc[checks["verdict"] == "fail", "check"])
    found = []
    for arm, own in means.groupby("arm", sort=False):
        line = {**_families(name, section), "arm": arm, "failed": failed}
        for outcome in ("cost", "effect"):
            lower, upper = np.quantile(own[outcome], (tail, 1 - tail))
            line |= {outcome: own[outcome].mean(), f"{outcome}_lower": lower,
                     f"{outcome}_upper": upper}  # fmt: skip
        here = checks[
            checks["check"].str.startswith("predictive p: ")
            & checks["check"].str.endswith(f" ({arm})")
        ]
        if len(here):
            worst = here.loc[here["value"].idxmin()]
            statistic = worst["check"].removeprefix("predictive p: ").removesuffix(f" ({arm})")
            line |= {"predictive_p": worst["value"], "predictive_statistic": statistic}
        found.append(line)
    return found


def _with_elpd(table, fits):
    compared = differences(fits)
    for name, one in fits.items():
        own = table["rung"] == name
        gap, error, why = compared[name]
        # A density that compares with no other would only invite a comparison.
        elpd = np.nan if why else one["elpd"].sum()
        table.loc[own, ["elpd", "elpd_difference", "elpd_difference_error"]] = elpd, gap, error
        table.loc[own, "measure"] = one["measure"]
        table.loc[own, "note"] = why
    return table
