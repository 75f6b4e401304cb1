"""What the priors alone expect of a trial, told beside the checks of its fit."""

import numpy as np
import pandas as pd

from trialbalance.model.checks import COLUMNS
from trialbalance.model.layout import plan
from trialbalance.model.predictive import STATISTICS, predict
from trialbalance.model.prepare import prepare
from trialbalance.model.priors import draw_prior
from trialbalance.model.rows import configurations, expand

_DRAWS = 1000
_EDGE, _PILED = 0.95, 0.2


def prior_plausibility(dataset, groups, study, section, seed):
    """Describe trials drawn from the priors, before any outcome is looked at.

    Parameters
    ----------
    dataset : pandas.DataFrame
        One row a participant: arms, covariates and who was observed.
    groups : list of str
        Source groups of cost; empty means the column ``cost`` alone.
    study, section : dict
        Study section and resolved model section.
    seed : int
        One integer.

    Returns
    -------
    pandas.DataFrame
        Notes in the columns of table ``model_checks``: the middle value of an arm's mean cost,
        coefficient of variation of cost and mean effect, with where 95 % of them lie, and the
        share of correlations of cost and effect beyond 0.95.

    References
    ----------
    Gabry 2019, doi:10.1111/rssa.12378, on looking at what priors imply.

    Examples
    --------
    >>> prior_plausibility.__name__
    'prior_plausibility'
    """
    trial = prepare(dataset, groups, study, section)
    setup = configurations(trial)
    layout = plan(trial, setup, expand(trial, setup), section["priors"])
    drawn = draw_prior(layout, _DRAWS, np.random.default_rng(seed))
    # Far in the tails of the priors a log link overflows; such trials are infinite, not wrong.
    with np.errstate(over="ignore", invalid="ignore"):
        _, replicated = predict(trial, setup, drawn, seed, _DRAWS)
        return pd.DataFrame(_notes(trial, replicated), columns=COLUMNS)


def _notes(trial, replicated):
    """Turn statistics, shape (draws, arms, statistics), into notes."""
    own = {name: replicated[..., place].ravel() for place, name in enumerate(STATISTICS)}
    effect = trial.effect_origin + trial.effect_unit * own["effect_mean"]
    spread = own["cost_sd"] / np.abs(own["cost_mean"])
    lines = [
        _range("mean cost of an arm", own["cost_mean"], ",.0f"),
        _range("coefficient of variation of cost", spread, ".2f"),
        _range("mean effect of an arm", effect, ".3f"),
    ]
    if trial.dependence or trial.effect_on_cost:
        together = own["correlation"][np.isfinite(own["correlation"])]
        piled = float((np.abs(together) > _EDGE).mean()) if len(together) else 0.0
        advice = (
            "cost and effect nearly determine each other before any data: lower "
            "model.priors.dependence"
        )
        name = f"prior: share of correlations beyond {_EDGE:g}"
        lines.append([name, piled, "", "note", advice if piled > _PILED else ""])
    return lines


def _range(name, values, form):
    values = values[~np.isnan(values)]
    if not len(values):
        return [f"prior: {name}", np.nan, "", "note", "too few observed to draw it"]
    low, middle, high = np.quantile(values, (0.025, 0.5, 0.975))
    said = f"95 % of it between {low:{form}} and {high:{form}} before any outcome is seen"
    return [f"prior: {name}", float(middle), "", "note", said]
