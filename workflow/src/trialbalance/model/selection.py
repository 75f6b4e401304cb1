"""A selection model: whether an outcome is seen may depend on the outcome itself. It is refitted.

Scope. Outcomes are normal given covariates, arm by arm, whatever families the analysis uses: costs
of source groups that everybody alive has (``recorded``), then the effect among the living, then
the costs that somebody lacks (``unrecorded``), each given those before it. Missing outcomes of
people alive are sampled. What is estimated rests on these normal distributions: the data hold next
to no information on the selection slopes, so read the cases as a sensitivity analysis, not as an
estimate. Unknown vital status counts as alive, a missing covariate stands at its mean, and clusters
and subgroups are left out.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from trialbalance.contracts import Finding, Problems
from trialbalance.model.cells.from_data.by_total import EFFECT_OF_DEAD, cells_by_total
from trialbalance.model.cells.table import BEFORE, COST, DEATH, EFFECT, Cells
from trialbalance.model.checking.diagnostics import effective_draws, r_hat
from trialbalance.provenance.streams import stream

AT_RANDOM = "missing_at_random"
_NORMAL = {"effect": {"family": "normal"}, "cost": {"family": "normal", "maximum": {}}}


@dataclass
class Outcome:
    """One outcome in its own SDs from the mean, NaN where unobserved.

    ``applies`` is False for the effect of the dead; ``selected`` says whether a selection slope
    belongs to it, because somebody alive lacks it.
    """

    name: str
    standard: np.ndarray
    applies: np.ndarray
    centre: float
    scale: float
    selected: bool

    @property
    def missing(self):
        """Who is alive and lacks it."""
        return np.flatnonzero(self.applies & np.isnan(self.standard))


def outcomes_of(cells: Cells) -> list[Outcome]:
    """Return the outcomes of a trial in the order of the model, standardised.

    Parameters
    ----------
    cells : Cells
        The trial by totals, with normal families.

    Returns
    -------
    list of Outcome
        recorded (where there is any), effect, unrecorded (where somebody alive lacks a cost).

    Examples
    --------
    >>> table = pd.DataFrame({"participant_id": list("abcd"), "arm": list("ABAB"),
    ...                       "cost": [1.0, 2.0, 3.0, 5.0], "effect": [0.5, 0.7, 0.6, None]})
    >>> from trialbalance.settings.sections.model import ModelSettings
    >>> cells = cells_by_total(table, [], {"arms": ["A", "B"], "horizon_years": 1.0},
    ...                        _normal(ModelSettings().model_dump()))
    >>> [outcome.name for outcome in outcomes_of(cells)]
    ['recorded', 'effect']
    """
    place = cells.of(EFFECT, "effect")[0]
    alive, effect = cells.possible[:, place], cells.value[:, place]
    cost = cells.fixed_cost.copy()
    for number, group in enumerate(cells.groups):
        for own in cells.of(COST, group):
            cost[:, number] = cells.value[:, own]
    lacks = np.isnan(cost[alive]).any(axis=0)
    parts = [
        ("recorded", cost[:, ~lacks].sum(axis=1), np.ones(cells.size, bool), False),
        ("effect", np.where(alive, effect, np.nan), alive, bool(np.isnan(effect[alive]).any())),
        ("unrecorded", cost[:, lacks].sum(axis=1), np.ones(cells.size, bool), bool(lacks.any())),
    ]
    found = []
    for name, values, applies, selected in parts:
        if name == "effect" or {"recorded": ~lacks, "unrecorded": lacks}[name].any():
            centre, spread = np.nanmean(values), np.nanstd(values)
            scale = float(spread) if spread > 0 else 1.0
            found.append(
                Outcome(name, (values - centre) / scale, applies, float(centre), scale, selected)
            )
    return found


def _died(cells: Cells) -> np.ndarray:
    """Return 1 for people who died, 0 for others, NaN where unknown."""
    deaths = cells.of(DEATH)
    return cells.value[:, deaths[0]] if deaths else np.zeros(cells.size)


def declare_selection(cells: Cells, outcomes: list[Outcome]) -> tuple[Any, dict[str, np.ndarray]]:
    """Declare the selection model; its selection slopes have data ``location`` and ``scale``.

    Parameters
    ----------
    cells : Cells
        Arms, deaths and covariates.
    outcomes : list of Outcome
        From :func:`outcomes_of`.

    Returns
    -------
    pymc.Model
        The declared model.
    dict of str to numpy.ndarray
        Its data, in the order they are compiled for.

    Notes
    -----
    z_k = level[arm] + x'β + Σ_{j<k} slope_j[arm] (z_j − E z_j) + noise[arm]; among the living
    missing_k ~ Bernoulli(logit⁻¹(γ[arm] + x'h + δ_k z_k)), δ_k = location_k + scale_k N(0, 1): a
    scale of 0 fixes δ, and one compiled model serves every case. Covariates have mean zero over
    the population, so a level is the standardised mean of its arm.

    References
    ----------
    Diggle P, Kenward MG. Appl Stat 1994;43:49-93. doi:10.2307/2986113
    """
    import pymc as pm
    import pytensor.tensor as pt

    data, residuals = _data_of(cells, outcomes), []
    with pm.Model(check_bounds=False) as model:
        given = {name: pm.Data(name, value) for name, value in data.items()}
        arm, arms, columns = given["arm"], given["arms"], given["columns"]
        for outcome in outcomes:
            name = outcome.name
            own = {key: given[f"{name}:{key}"] for key in ("values", "seen", "applies")}
            mean = pm.Normal(f"{name}_level", 0, 1, shape=arms)[arm]
            slope = pm.Normal(f"{name}_slope", 0, 1, shape=columns)
            mean = mean + (given["design"] * slope).sum(axis=1)
            for number, before in enumerate(residuals):
                mean = mean + pm.Normal(f"{name}_on_{number}", 0, 1, shape=arms)[arm] * before
            spread = pm.HalfNormal(f"{name}_sd", 1, shape=arms)[arm]
            seen, values = own["seen"], own["values"]
            z = (values[seen] - mean[seen]) / spread[seen]
            pm.Potential(f"{name}_density", -(0.5 * z**2 + pt.log(spread[seen])).sum())
            if outcome.selected:
                gone = given[f"{name}:gone"]
                noise = pm.Normal(f"{name}_noise", 0, 1, shape=gone.shape)
                values = pt.set_subtensor(values[gone], mean[gone] + spread[gone] * noise)
                which = 0 if name == "effect" else 1
                delta = pm.Normal(f"{name}_delta", 0, 1)
                delta = given["location"][which] + given["scale"][which] * delta
                chance = pm.Normal(f"{name}_missing_level", 0, 2.5, shape=arms)[arm]
                slope = pm.Normal(f"{name}_missing_slope", 0, 1, shape=columns)
                chance = chance + (given["design"] * slope).sum(axis=1) + delta * values
                alive, mark = given["alive"], given[f"{name}:mark"]
                lost = mark * chance[alive] - pt.softplus(chance[alive])
                pm.Potential(f"{name}_missing", lost.sum())
            residuals.append(own["applies"] * (values - mean))
    return model, data


def _data_of(cells, outcomes):
    """Return what the selection model is declared over, in a fixed order."""
    gaps = cells.value[:, cells.of(BEFORE)]
    design = np.c_[cells.design, np.where(np.isnan(gaps), np.nanmean(gaps, axis=0), gaps)
                   if gaps.shape[1] else gaps]  # fmt: skip
    found = {
        "location": np.zeros(2), "scale": np.zeros(2), "arm": cells.arm,
        "arms": np.array(len(cells.arms)), "design": design - design.mean(axis=0),
        "columns": np.array(design.shape[1]), "alive": np.flatnonzero(_died(cells) != 1),
    }  # fmt: skip
    alive = found["alive"]
    for outcome in outcomes:
        standard, own = outcome.standard, {}
        own["values"], own["applies"] = np.nan_to_num(standard), outcome.applies.astype(float)
        own["seen"] = np.flatnonzero(outcome.applies & ~np.isnan(standard))
        if outcome.selected:
            own["gone"], own["mark"] = outcome.missing, np.isnan(standard[alive]).astype(float)
        found |= {f"{outcome.name}:{key}": value for key, value in own.items()}
    return found


def cases_of(section: dict[str, Any], outcomes: list[Outcome]):
    """Return the selection slopes of each case: location and scale for the effect and for cost.

    Examples
    --------
    >>> fixed = {"effect_scale": 1.0, "cost_scale": 0.5, "effect_fixed": [-1.0], "cost_fixed": []}
    >>> cases_of(fixed, [Outcome("effect", None, None, 0, 1, True)])
    {'missing_at_random': ([0.0, 0.0], [0.0, 0.0]), 'effect -1': ([-1.0, 0.0], [0.0, 0.0]), \
'prior': ([0.0, 0.0], [1.0, 0.0])}
    """
    selected = [any(o.selected and (o.name == "effect") == (place == 0) for o in outcomes)
                for place in (0, 1)]  # fmt: skip
    cases = {AT_RANDOM: ([0.0, 0.0], [0.0, 0.0])}
    for place, word in enumerate(("effect", "cost")):
        for value in section[f"{word}_fixed"] if selected[place] else ():
            at = [0.0, 0.0]
            at[place] = float(value)
            cases[f"{word} {value:g}"] = at, [0.0, 0.0]
    scales = [float(section[f"{word}_scale"]) * selected[place]
              for place, word in enumerate(("effect", "cost"))]  # fmt: skip
    return cases | ({"prior": ([0.0, 0.0], scales)} if any(scales) else {})


def fit_selection(
    dataset: pd.DataFrame,
    groups: list[str],
    study: dict[str, Any],
    section: dict[str, Any],
    seed: int,
    progress: Callable[..., Any] | None = None,
):
    """Fit the selection model once a case.

    Parameters
    ----------
    dataset, study, seed, progress
        As for `trialbalance.model.checking.crosscheck.cross_check`.
    groups : list of str
        Source groups of cost; empty uses the column ``cost``.
    section : dict
        Resolved model section; ``selection`` holds the cases.

    Returns
    -------
    draws : pandas.DataFrame
        Columns ``case``, ``draw``, ``arm``, ``cost``, ``effect``.
    parameters : pandas.DataFrame
        Columns ``case``, ``parameter``, ``mean``, ``sd``, ``lower``, ``upper``, ``r_hat``,
        ``ess_bulk``, ``ess_tail``; ``effect_delta`` and ``unrecorded_delta`` are the selection
        slopes, log-odds per SD.

    Raises
    ------
    Problems
        An effect that is yes or no; nothing that anybody alive lacks.
    """
    say = progress or (lambda percent, text: None)
    plan = section["selection"]
    _refuse(section)
    cells = cells_by_total(dataset, groups, study, _normal(section))
    outcomes = outcomes_of(cells)
    if not any(outcome.selected for outcome in outcomes):
        remedy = "leave model.selection out"
        raise Problems([Finding("dataset", None, None, "nobody alive lacks cost or effect",
                                "somebody whose cost or effect is missing", remedy)])  # fmt: skip
    # PyMC is loaded where a selection model is fitted, and not with this module.
    from trialbalance.model.compiling.compile import compile_density
    from trialbalance.model.compiling.sample import sample

    say(0, "compiling the selection model")
    model, data = declare_selection(cells, outcomes)
    density = compile_density(model, "selection", data)
    sampler = {name: section[name] for name in ("draws", "tune", "chains", "target_accept")}
    cases, draws, tables = cases_of(plan, outcomes), [], []
    for number, (case, (location, scale)) in enumerate(cases.items()):
        say(20 + 80 * number / len(cases), f"sampling selection case {case}")
        case_of = density.given(location=location, scale=scale)
        posterior = sample(case_of, **sampler, seed=seed).posterior
        posterior = posterior.drop_vars([n for n in posterior.data_vars if n.endswith("_noise")])
        posterior = _with_slopes(posterior, outcomes, location, scale)
        cost, effect = _arm_means(posterior, cells, outcomes, seed)
        draws.append(_tidy(case, cells.arms, cost, effect))
        tables.append(_summary(case, cells.arms, posterior))
    say(100, "done")
    return pd.concat(draws, ignore_index=True), pd.concat(tables, ignore_index=True)


def _refuse(section):
    """Refuse an analysis that declares no selection model, or an effect that is yes or no."""
    found = None
    if section["selection"] is None:
        found = "nothing", "its cases", "declare model.selection; {} takes the cases that ship here"
    elif section["effect"]["family"] == "bernoulli":
        found = ("a selection model", "none where model.effect.family is bernoulli",
                 "use decision.missing_not_at_random")  # fmt: skip
    if found:
        raise Problems([Finding("study.yaml", None, "model.selection", *found)])


def _normal(section):
    """Return the section with normal families; covariates and priors stay."""
    changed = {name: section[name] | _NORMAL[name] for name in ("effect", "cost")}
    return section | changed | {"dependence": "none"}


def _with_slopes(posterior, outcomes, location, scale):
    """Return the posterior with selection slopes in place of their standard normals."""
    for outcome in outcomes:
        if outcome.selected:
            name, place = f"{outcome.name}_delta", int(outcome.name != "effect")
            posterior[name] = location[place] + scale[place] * posterior[name]
    return posterior


def _arm_means(posterior, cells, outcomes, seed):
    """Return draws of mean cost and effect by arm, shape (draws, arms), natural units."""
    arms = len(cells.arms)
    levels = {
        o.name: o.centre + o.scale * posterior[f"{o.name}_level"].to_numpy().reshape(-1, arms)
        for o in outcomes
    }
    cost = sum(levels[name] for name in levels if name != "effect")
    rng, effect = stream(seed, "selection", "deaths"), levels["effect"]
    died = _died(cells)
    dead = died == 1
    for place in range(arms) if dead.any() else ():
        own = (cells.arm == place) & ~np.isnan(died)
        # Survival is a part of its own, with a uniform prior on the risk.
        count = int((dead & own).sum())
        risk = rng.beta(1 + count, 1 + own.sum() - count, len(effect))
        effect[:, place] = (1 - risk) * effect[:, place] + risk * _mean_of_dead(cells, dead)
    return cost, effect


def _mean_of_dead(cells, dead):
    """Return the mean effect of the dead, common to the arms; 0 where none is known."""
    own = cells.of(EFFECT, EFFECT_OF_DEAD)
    values = cells.value[dead, own[0]] if own else cells.fixed_effect[dead]
    return float(np.nanmean(values)) if (~np.isnan(values)).any() else 0.0


def _tidy(case, arms, cost, effect):
    return pd.DataFrame(
        {
            "case": case,
            "draw": np.repeat(np.arange(1, len(cost) + 1), len(arms)),
            "arm": np.tile(arms, len(cost)),
            "cost": cost.ravel(),
            "effect": effect.ravel(),
        }
    )


def _summary(case, arms, posterior):
    """Summarise the selection slopes and levels of a case."""
    chosen = posterior[[n for n in posterior.data_vars if n.endswith(("_delta", "_level"))]]
    rhat, bulk, tail = (
        r_hat(chosen), effective_draws(chosen, "bulk"), effective_draws(chosen, "tail")
    )  # fmt: skip
    lines = []
    for name, values in chosen.data_vars.items():
        array = values.to_numpy().reshape(values.sizes["chain"] * values.sizes["draw"], -1)
        for place in range(array.shape[1]):
            own = array[:, place]
            label = name if values.ndim == 2 else f"{name}[{arms[place]}]"
            lower, upper = np.quantile(own, (0.025, 0.975))
            lines.append(
                {
                    "case": case, "parameter": label, "mean": own.mean(), "sd": own.std(ddof=1),
                    "lower": lower, "upper": upper,
                    **{word: float(table[name].to_numpy().reshape(-1)[place])
                       for word, table in (("r_hat", rhat), ("ess_bulk", bulk),
                                           ("ess_tail", tail))},
                }
            )  # fmt: skip
    return pd.DataFrame(lines)
