"""Checks of a fit: has the sampler converged, and does the model describe the data?"""

from typing import Any

import arviz as az
import numpy as np
import pandas as pd
import xarray as xr

from trialbalance.model.checking.diagnostics import effective_draws, r_hat

COLUMNS = ["check", "value", "gate", "verdict", "advice"]
_ADVICE = {
    "r_hat": "run longer (model.tune, model.draws) or simplify the model: fewer covariates",
    "ess": "raise model.draws",
    "divergences": "raise model.target_accept towards 0.99, or tighten model.priors",
    "bfmi": "raise model.tune, or choose a family that suits the tails",
    "influence": "look at the records of the participant whose outcome is farthest from the "
    "others of the arm, or report the analysis without them beside it",
    "effect_mean": "check the covariates, or choose another model.effect.family",
    "effect_sd": "choose another model.effect.family",
    "effect_at_ceiling": "set model.effect.family to beta with model.effect.spike auto",
    "effect_quantile": "set model.effect.family to beta",
    "cost_mean": "check the covariates, or choose another model.cost.family",
    "cost_sd": "choose another model.cost.family",
    "cost_zero": "set model.cost.family to gamma with model.cost.hurdle auto",
    "cost_quantile": "choose a skewed model.cost.family (gamma), or a heavier tail (lognormal)",
    "correlation": "set model.dependence to cost_given_effect or effect_given_cost",
}

# Half a standard error: below it a family that misses a mean does not matter.
_HALF = 0.5


def check(idata: az.InferenceData, dataset: pd.DataFrame, section: dict[str, Any]):
    """Check a fit against the gates of the settings.

    Parameters
    ----------
    idata : arviz.InferenceData
        A fit.
    dataset : pandas.DataFrame
        The dataset it was fitted to; participants left out of the likelihood are counted.
    section : dict
        Resolved model section; ``gates`` holds the limits.

    Returns
    -------
    pandas.DataFrame
        Columns ``check``, ``value``, ``gate``, ``verdict`` (pass, fail or note), ``advice``
        (blank unless the gate failed or a note has something to say).

    Examples
    --------
    >>> import arviz as az, xarray as xr
    >>> rng, person, dims = np.random.default_rng(1), "participant_id", ("arm", "statistic")
    >>> fit = az.from_dict({"level": rng.normal(size=(4, 500))}, sample_stats={
    ...     "diverging": np.zeros((4, 500), bool), "energy": rng.normal(size=(4, 500))})
    >>> names = ("pareto_k", "plain_pareto_k", "elpd", "lpd")
    >>> at = {"arm": ["a"], "statistic": ["cost_mean"]}
    >>> again = (("chain", "draw", *dims), rng.normal(2, 1, (1, 50, 1, 1)))
    >>> fit.add_groups({
    ...     "leave_one_out": xr.Dataset({name: (person, [0.1, 0.9]) for name in names}),
    ...     "influence": xr.Dataset({"move": ((person, "arm", "outcome"), np.zeros((2, 1, 2)))},
    ...         {"arm": ["a"], "outcome": ["effect", "cost"]}),
    ...     "log_likelihood": xr.Dataset({"participant": (person, [0.0, 0.0])}),
    ...     "observed_data": xr.Dataset({"statistic_value": (dims, [[2.0]])}, at),
    ...     "posterior_predictive": xr.Dataset({"statistic_value": again}, at)})
    >>> gates = {"r_hat": 1.01, "ess": 4000, "divergences": 0, "bfmi": 0.3, "pareto_k": 0.7,
    ...     "influence": 0.5, "predictive_p": 0.01}
    >>> fit.posterior = fit.posterior.assign({name: (("chain", "draw", "arm"),
    ...     fit.posterior["level"].to_numpy()[..., None]) for name in ("mean_effect", "mean_cost")})
    >>> table = check(fit, pd.DataFrame({"arm": ["a", "a"]}), {"gates": gates})
    >>> table.loc[table["verdict"] == "fail", "check"].to_list()
    ['ess_bulk', 'ess_tail']
    """
    gates = section["gates"]
    lines = sampler_checks(idata, gates) + _fit(idata, gates) + _predictive(idata, gates)
    if "fitted" in idata.groups():
        lines += fitted_checks(idata.fitted)
    lines.append(_left_out(idata, dataset))
    table = pd.DataFrame(lines, columns=COLUMNS)
    return table


def _line(name, value, limit, largest, advice):
    """One gate; a value that is not a number fails it."""
    passed = bool(value <= limit if largest else value >= limit)
    gate = f"{'<=' if largest else '>='} {limit:g}"
    return [name, float(value), gate, "pass" if passed else "fail", "" if passed else advice]


def _note(name, value, advice=""):
    return [name, float(value), "", "note", advice]


def _worst(dataset, largest):
    """Return the worst value and where it stands; a number that is missing is the worst."""
    worst, place = None, ""
    for name, values in dataset.data_vars.items():
        for index in np.ndindex(values.shape):
            value = float(values.to_numpy()[index])
            if not np.isfinite(value):
                return np.nan, name
            if worst is None or (value > worst if largest else value < worst):
                worst, place = value, name
    return worst, place


def sampler_checks(idata: az.InferenceData, gates: dict[str, Any]):
    """Return the checks of the sampler: R-hat, effective draws, divergences, energy.

    Parameters
    ----------
    idata : arviz.InferenceData
        Draws and the sampler's statistics.
    gates : dict
        Limits of the checks.

    Returns
    -------
    list of list
        One line a check, in the order of `COLUMNS`.

    Examples
    --------
    >>> import arviz as az
    >>> rng = np.random.default_rng(1)
    >>> fit = az.from_dict({"level": rng.normal(size=(4, 500))}, sample_stats={
    ...     "diverging": np.arange(2000).reshape(4, 500) < 2, "energy": rng.normal(size=(4, 500))})
    >>> gates = {"r_hat": 1.01, "ess": 400, "divergences": 0, "bfmi": 0.3}
    >>> [line[0] for line in sampler_checks(fit, gates) if line[3] == "fail"]
    ['divergences']
    """
    rhat, where = _worst(r_hat(idata.posterior), True)
    lines = [_line("r_hat", rhat, gates["r_hat"], True, f"worst at {where}: {_ADVICE['r_hat']}")]
    if "latent_r_hat" in idata.attrs:
        lines.append(_note("r_hat of missing values", idata.attrs["latent_r_hat"]))
    for method in ("bulk", "tail"):
        value, where = _worst(effective_draws(idata.posterior, method), False)
        advice = f"worst at {where}: {_ADVICE['ess']}"
        lines.append(_line(f"ess_{method}", value, gates["ess"], False, advice))
    diverging = int(idata.sample_stats["diverging"].sum())
    lines.append(
        _line("divergences", diverging, gates["divergences"], True, _ADVICE["divergences"])
    )
    energy = idata.sample_stats["energy"].to_numpy()
    bfmi = np.min(np.square(np.diff(energy, axis=1)).mean(axis=1) / energy.var(axis=1))
    lines.append(_line("bfmi", bfmi, gates["bfmi"], False, _ADVICE["bfmi"]))
    return lines


def _fit(idata, gates):
    loo = idata.leave_one_out
    high = int((loo.pareto_k > gates["pareto_k"]).sum())
    plain = int((loo.plain_pareto_k > gates["pareto_k"]).sum())
    said = []
    if high:
        said.append(f"{high} above {gates['pareto_k']:g}; leave-one-out says little about them")
    if plain > high:
        said.append(f"{plain - high} brought below it by moment matching")
    people = loo.sizes["participant_id"]
    spread = float(np.sqrt(people * loo.elpd.var()))
    size, where = largest_move(idata.influence["move"], idata.posterior)
    return [
        _line("influence", size, gates["influence"], True, f"{where}: {_ADVICE['influence']}"),
        _note("pareto_k", float(loo.pareto_k.max()), "; ".join(said)),
        _note("elpd_loo", float(loo.elpd.sum()), f"standard error {spread:.1f}"),
        _note("p_loo", float((loo.lpd - loo.elpd).sum())),
    ]


def fitted_checks(fitted: xr.Dataset):
    """Return the check that the model has the mean of those seen, by cell and arm.

    Parameters
    ----------
    fitted : xarray.Dataset
        observed (people), mean, standard_error and residual by arm and cell.

    Returns
    -------
    list of list
        A note with the largest residual before means are anchored; and by how much it moves them.

    Examples
    --------
    >>> import xarray as xr
    >>> one = xr.Dataset({name: (("arm", "cell"), [[value]]) for name, value in
    ...     {"observed": 9.0, "mean": 2.0, "standard_error": 1.0, "residual": 0.2}.items()},
    ...     coords={"arm": ["A"], "cell": ["u"]})
    >>> fitted_checks(one)[0][1]
    0.2
    """
    size = abs(fitted["residual"] / fitted["standard_error"]).to_numpy()
    if not np.isfinite(size).any():
        return []
    arm, cell = np.unravel_index(np.nanargmax(np.where(np.isfinite(size), size, -1)), size.shape)
    worst = float(size[arm, cell])
    where = f"{fitted['cell'].to_numpy()[cell]} ({fitted['arm'].to_numpy()[arm]})"
    said = f"largest at {where}, in standard errors"
    if worst > _HALF:
        move = float(fitted["residual"].to_numpy()[arm, cell])
        said += f"; the answer stands on the mean of those seen, which differs by {move:.4g}"
    return [_note("fitted against observed mean", worst, said)]


def largest_move(influence: xr.DataArray, posterior: xr.Dataset) -> tuple[float, str]:
    """Return the largest move of a difference between arms, in its SDs, and whose and which.

    Parameters
    ----------
    influence : xarray.DataArray
        Moves by participant, arm and outcome.
    posterior : xarray.Dataset
        ``mean_effect`` and ``mean_cost`` by arm.

    Returns
    -------
    float
    str
        Outcome and arms; nobody is named.

    Examples
    --------
    >>> moves = xr.DataArray([[[0.0, 0.0], [0.5, 0.0]]], dims=("participant_id", "arm", "outcome"),
    ...     coords={"arm": ["a", "b"], "outcome": ["effect", "cost"]})
    >>> draws = (("chain", "draw", "arm"), np.array([[[0.0, 1.0], [0.0, -1.0]]]))
    >>> size, words = largest_move(moves, xr.Dataset({"mean_effect": draws, "mean_cost": draws}))
    >>> size, words
    (0.5, 'effect, b against a')
    """
    worst, words = 0.0, ""
    names = influence["arm"].to_numpy()
    for outcome in influence["outcome"].to_numpy():
        draws = posterior[f"mean_{outcome}"].to_numpy().reshape(-1, len(names))
        moves = influence.sel(outcome=outcome).to_numpy()
        for one, other in zip(*np.triu_indices(len(names), 1), strict=True):
            spread = (draws[:, other] - draws[:, one]).std()
            size = float(abs(moves[:, other] - moves[:, one]).max() / spread) if spread else 0.0
            if size > worst:
                worst, words = size, f"{outcome}, {names[other]} against {names[one]}"
    return worst, words


def two_sided(observed: float, replicated: np.ndarray):
    """Return the two-sided posterior predictive p of a statistic.

    Parameters
    ----------
    observed : float
        Statistic of the data.
    replicated : numpy.ndarray
        Statistic of each replicate; missing ones are left out.

    Returns
    -------
    float
        Twice the smaller tail share, at most 1.

    Examples
    --------
    >>> two_sided(2.0, np.array([1.0, 2.0, 3.0, 4.0]))
    1.0
    """
    known = replicated[~np.isnan(replicated)]
    if not len(known):
        return float("nan")
    tolerance = 1e-9 * max(1.0, abs(observed))
    above = (known >= observed - tolerance).mean()
    below = (known <= observed + tolerance).mean()
    return float(min(1.0, 2 * min(above, below)))


def predictive_check(
    name: str, observed: float, replicated: np.ndarray, gates: dict[str, Any], advice: str
):
    """Return the check that replicated data look like the observed in one statistic.

    Parameters
    ----------
    name : str
        Name of the check.
    observed : float
        Statistic of the data.
    replicated : numpy.ndarray
        Statistic of each replicate.
    gates : dict
        Limits of the checks.
    advice : str
        What to try where the gate fails.

    Returns
    -------
    list
        One line, in the order of `COLUMNS`.

    Examples
    --------
    >>> predictive_check("p", 2.0, np.array([1.0, 2.0, 3.0]), {"predictive_p": 0.01}, "")[1]
    1.0
    """
    return _line(name, two_sided(observed, replicated), gates["predictive_p"], False, advice)


def _predictive(idata, gates):
    observed = idata.observed_data["statistic_value"]
    replicated = idata.posterior_predictive["statistic_value"]
    lines = []
    for arm in observed["arm"].to_numpy():
        for statistic in observed["statistic"].to_numpy():
            at = {"arm": arm, "statistic": statistic}
            seen = float(observed.sel(at))
            if np.isnan(seen):
                continue
            draws = replicated.sel(at).to_numpy().ravel()
            head, _, tail = str(statistic).partition("_")
            advice = _ADVICE[f"{head}_quantile" if tail.startswith("q") else str(statistic)]
            name = f"predictive p: {statistic} ({arm})"
            lines.append(predictive_check(name, seen, draws, gates, advice))
    return lines


def _left_out(idata, dataset):
    informed = idata.log_likelihood.sizes["participant_id"]
    left = len(dataset) - informed
    return _note(
        "participants without any outcome", left,
        "they count in the averages, through their covariates" if left else "",
    )  # fmt: skip
