"""The roads to one contrast side by side, with a sentence wherever they part."""

from typing import Any

import numpy as np
import pandas as pd

from trialbalance.model.checking.rungs import NORMAL, OWN
from trialbalance.model.quantities import by_draw, contrasts_of, quantities

COLUMNS = [
    "quantity", "threshold", "arm", "comparator", "road", "participants", "estimate",
    "standard_error", "lower", "upper", "difference_in_se", "verdict", "sentence",
]  # fmt: skip
ROADS = {
    "bayesian": "the model of this analysis",
    "bayesian_normal": "the normal model",
    "imputed_bootstrap": "the bootstrap of the imputed trial",
    "complete_cases": "complete cases alone",
}
_COMPLETE, _INCOMPLETE = 0.1, 0.5


def compare_roads(
    frequentist: pd.DataFrame,
    means: pd.DataFrame,
    ladder_draws: pd.DataFrame | None,
    contrast: dict[str, Any],
    complete: bool,
):
    """Set the Bayesian roads beside the frequentist ones.

    Parameters
    ----------
    frequentist : pandas.DataFrame
        As from :func:`trialbalance.model.checking.crosscheck.cross_check`.
    means : pandas.DataFrame
        Draws of arm means of the analysis's own model.
    ladder_draws : pandas.DataFrame or None
        Draws of arm means by rung; where the own model is the normal one it has no rung beside it.
        None where an analysis has no ladder: the normal model is then not among the roads.
    contrast : dict
        ``interval`` and ``marked`` thresholds.
    complete : bool
        Whether every visit and period was observed for everybody alive.

    Returns
    -------
    pandas.DataFrame
        Table ``crosscheck``: one row a quantity and road; ``difference_in_se`` is the distance
        from the imputed bootstrap in its standard errors.

    Notes
    -----
    The normal model shares the assumptions of the regressions, so on complete data it must come
    within 0.1 standard errors; everywhere else 0.5 is let pass. A different preferred arm at a
    marked threshold is told at any distance.

    Examples
    --------
    >>> draws = pd.DataFrame({"draw": [1, 1, 2, 2], "arm": ["a", "b"] * 2,
    ...     "cost": [10.0, 19.0, 10.0, 21.0], "effect": [0.5, 0.6, 0.5, 0.7]})
    >>> imputed = pd.DataFrame({"quantity": ["cost", "effect"], "threshold": np.nan, "arm": "b",
    ...     "comparator": "a", "road": "imputed_bootstrap", "participants": 8,
    ...     "estimate": [4.0, 0.15], "standard_error": [2.0, 0.1], "sentence": ""})
    >>> table = compare_roads(imputed, draws, None, {"interval": 0.95, "marked": []}, False)
    >>> own = table[table["road"] == "bayesian"]
    >>> own["difference_in_se"].abs().round(1).to_list(), own["verdict"].to_list()
    ([3.0, 0.0], ['differs', 'agrees'])
    """
    first = frequentist[["arm", "comparator"]].drop_duplicates()
    arms = [first["comparator"].iloc[0], *first["arm"]]
    lines = quantities(arms, contrast["marked"])
    posteriors = {"bayesian": means}
    if ladder_draws is not None:
        rung = NORMAL if (ladder_draws["rung"] == NORMAL).any() else OWN
        posteriors["bayesian_normal"] = ladder_draws[ladder_draws["rung"] == rung]
    size = frequentist.loc[frequentist["road"] == "imputed_bootstrap", "participants"].iloc[0]
    parts = [
        _posterior(own, arms, lines, contrast["interval"]).assign(road=road, participants=size)
        for road, own in posteriors.items()
    ]
    table = pd.concat([*parts, frequentist], ignore_index=True).reindex(columns=COLUMNS)
    table["sentence"] = table["sentence"].fillna("")
    keys = ["quantity", "threshold", "arm", "comparator"]
    order = {key: place for place, key in enumerate(lines[keys].fillna(-1).itertuples(index=False))}
    table["_line"] = [order[key] for key in table[keys].fillna(-1).itertuples(index=False)]
    table["_road"] = table["road"].map(list(ROADS).index)
    table = table.sort_values(["_line", "_road"], ignore_index=True)
    return _judge(table, complete)[COLUMNS]


def _posterior(means, arms, lines, interval):
    values = by_draw(contrasts_of(means, arms), lines)
    tail = (1 - interval) / 2
    lower, upper = np.quantile(values, (tail, 1 - tail), axis=0)
    return lines.assign(
        estimate=values.mean(axis=0), standard_error=values.std(axis=0, ddof=1),
        lower=lower, upper=upper, sentence="",
    )  # fmt: skip


def _judge(table, complete):
    """Fill in distance, verdict and sentence of every road."""
    reference = table[table["road"] == "imputed_bootstrap"].set_index("_line")
    own = reference.loc[table["_line"]].reset_index()
    table["difference_in_se"] = (
        (table["estimate"] - own["estimate"]) / own["standard_error"]
    ).mask(table["road"] == "imputed_bootstrap")  # fmt: skip
    preferred = _preferred(table)
    verdicts, sentences = [], []
    for row in table.itertuples():
        verdict, sentence = _verdict(row, preferred, complete)
        verdicts.append(verdict)
        sentences.append(row.sentence or sentence)
    return table.assign(verdict=verdicts, sentence=sentences)


def _preferred(table):
    """Return the arm of largest net benefit by road and threshold."""
    found = {}
    benefits = table[(table["quantity"] == "net_benefit") & table["estimate"].notna()]
    for (road, threshold), rows in benefits.groupby(["road", "threshold"]):
        best = rows.loc[rows["estimate"].idxmax()]
        found[road, threshold] = best["arm"] if best["estimate"] > 0 else best["comparator"]
    return found


def _verdict(row, preferred, complete):
    if row.road == "imputed_bootstrap" or np.isnan(row.difference_in_se):
        return "not compared", ""
    limit = _COMPLETE if complete and row.road == "bayesian_normal" else _INCOMPLETE
    said = []
    if abs(row.difference_in_se) > limit:
        said.append(
            f"{row.quantity.replace('_', ' ')} by {ROADS[row.road]} lies "
            f"{abs(row.difference_in_se):.2f} standard errors "
            f"{'above' if row.difference_in_se > 0 else 'below'} that by "
            f"{ROADS['imputed_bootstrap']}; {limit:g} is let pass"
        )
    here = preferred.get((row.road, row.threshold))
    there = preferred.get(("imputed_bootstrap", row.threshold))
    if here != there:
        said.append(
            f"at {row.threshold:,.0f} {ROADS[row.road]} prefers {here}, "
            f"{ROADS['imputed_bootstrap']} {there}"
        )
    return ("differs" if said else "agrees"), "; ".join(said)
