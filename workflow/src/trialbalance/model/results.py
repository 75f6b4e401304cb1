"""What the later stages read from a posterior: draws by arm and a table of parameters."""

import arviz as az
import numpy as np
import pandas as pd

from trialbalance.model.checking.diagnostics import effective_draws, r_hat

_UNOBSERVED = (
    "draw", "arm", "component", "moment", "share", "mean", "reference_mean", "below_ceiling",
    "ceiling_gain", "share_with_effect", "cost_per_effect", "copy_reference_mean",
    "copy_increments_mean", "last_carried_mean", "lowest", "highest",
)  # fmt: skip


def arm_draws(idata: az.InferenceData):
    """Return the draws of mean cost and effect by arm.

    Parameters
    ----------
    idata : arviz.InferenceData
        A fit.

    Returns
    -------
    pandas.DataFrame
        Columns ``draw`` (from 1, chains one after the other), ``arm``, ``cost``, ``effect``, and
        ``cost_<group>`` where cost was modelled by source group.

    Examples
    --------
    >>> import arviz as az
    >>> one = az.from_dict(
    ...     {"mean_cost": [[[9.0, 7.0]]], "mean_effect": [[[0.5, 0.6]]],
    ...      "mean_cost_group": [[[[9.0], [7.0]]]]},
    ...     coords={"arm": ["a", "b"], "group": ["total"]},
    ...     dims={"mean_cost": ["arm"], "mean_effect": ["arm"],
    ...           "mean_cost_group": ["arm", "group"]})
    >>> arm_draws(one).to_dict("list")
    {'draw': [1, 1], 'arm': ['a', 'b'], 'cost': [9.0, 7.0], 'effect': [0.5, 0.6]}
    """
    arms = [str(arm) for arm in idata.posterior["arm"].to_numpy()]
    cost, effect = (
        idata.posterior[name].transpose("chain", "draw", "arm").to_numpy().reshape(-1, len(arms))
        for name in ("mean_cost", "mean_effect")
    )
    columns = {
        "draw": np.repeat(np.arange(1, len(cost) + 1), len(arms)),
        "arm": np.tile(arms, len(cost)),
        "cost": cost.ravel(),
        "effect": effect.ravel(),
    }
    by_group = idata.posterior["mean_cost_group"].transpose("chain", "draw", "arm", "group")
    groups = [str(group) for group in by_group["group"].to_numpy()]
    for place, group in enumerate(groups if groups != ["total"] else []):
        columns[f"cost_{group}"] = by_group.to_numpy()[..., place].ravel()
    return pd.DataFrame(columns)


def unobserved_means(idata: az.InferenceData):
    """Return the draws of share and means of people alive but unobserved.

    Parameters
    ----------
    idata : arviz.InferenceData
        A fit.

    Returns
    -------
    pandas.DataFrame
        Columns ``draw`` (as in :func:`arm_draws`), ``arm``, ``component`` (effect or
        cost_<source group>), ``share``, ``mean``, ``reference_mean``, ``below_ceiling``,
        ``ceiling_gain``, ``share_with_effect``, ``cost_per_effect``, ``lowest``, ``highest``. A
        component that everybody alive has has no rows. ``moment`` is all for the whole of
        follow-up; by visit, each visit and period has rows too, and the means that rules of a
        reference give are not blank.

    Examples
    --------
    >>> import arviz as az, xarray as xr
    >>> dims = ("chain", "draw", "arm", "component")
    >>> found = xr.Dataset(
    ...     {"unobserved_share": (dims, [[[[0.5, 0.0]]]]),
    ...      "unobserved_mean": (dims, [[[[0.7, 3.0]]]])},
    ...     {"arm": ["a"], "component": ["effect", "cost_total"]},
    ...     {"lowest_effect": 0.0, "highest_effect": 1.0})
    >>> table = unobserved_means(az.InferenceData(predictions=found))
    >>> table[["component", "share", "mean", "highest"]].to_dict("list")
    {'component': ['effect'], 'share': [0.5], 'mean': [0.7], 'highest': [1.0]}
    """
    if "predictions" not in idata.groups():
        return pd.DataFrame(columns=list(_UNOBSERVED))
    found = idata.predictions
    missing = (found["unobserved_share"] > 0).any(("chain", "draw", "arm")).to_numpy()
    found = found.isel(component=np.flatnonzero(missing))
    order = ("chain", "draw", "arm", "component")
    shape = found["unobserved_share"].transpose(*order).shape
    draws = np.arange(1, shape[0] * shape[1] + 1).reshape(*shape[:2], 1, 1)
    arms, names = (found[name].to_numpy().astype(str) for name in ("arm", "component"))
    whole = np.full(len(names), "all")
    moments = found["moment"].to_numpy().astype(str) if "moment" in found.coords else whole
    columns = {
        "draw": draws, "arm": arms[:, None], "component": names, "moment": moments,
        **{name.removeprefix("unobserved_"): values.transpose(*order).to_numpy()
           for name, values in found.data_vars.items()},
    }  # fmt: skip
    table = {name: np.broadcast_to(v, shape).ravel() for name, v in columns.items()}
    table = pd.DataFrame(table).reindex(columns=list(_UNOBSERVED))
    effect = table["component"] == "effect"
    for end in ("lowest", "highest"):
        table[end] = np.where(effect, found.attrs[f"{end}_effect"], np.nan)
    return table


def parameters(idata: az.InferenceData):
    """Summarise every parameter and derived mean.

    Parameters
    ----------
    idata : arviz.InferenceData
        A fit.

    Returns
    -------
    pandas.DataFrame
        Columns ``parameter``, ``mean``, ``sd``, ``lower``, ``upper`` (2.5 and 97.5 %),
        ``r_hat``, ``ess_bulk``, ``ess_tail``.

    Examples
    --------
    >>> import arviz as az
    >>> draws = np.random.default_rng(1).normal(3.0, 1.0, (2, 500))
    >>> found = parameters(az.from_dict({"level": draws}))
    >>> found[["parameter", "mean", "sd"]].round(1).to_dict("list")
    {'parameter': ['level'], 'mean': [2.9], 'sd': [1.0]}
    """
    rhat = r_hat(idata.posterior)
    bulk = effective_draws(idata.posterior, "bulk")
    tail = effective_draws(idata.posterior, "tail")
    lines = []
    for name, values in idata.posterior.data_vars.items():
        rest = [dim for dim in values.dims if dim not in ("chain", "draw")]
        draws = values.transpose("chain", "draw", *rest).to_numpy()
        draws = draws.reshape(draws.shape[0] * draws.shape[1], *draws.shape[2:])
        for index in np.ndindex(draws.shape[1:]):
            labels = [str(values[dim].to_numpy()[i]) for dim, i in zip(rest, index, strict=True)]
            own = draws[(slice(None), *index)]
            lower, upper = np.quantile(own, (0.025, 0.975))
            lines.append(
                {
                    "parameter": f"{name}[{', '.join(labels)}]" if labels else name,
                    "mean": own.mean(), "sd": own.std(ddof=1), "lower": lower, "upper": upper,
                    "r_hat": float(rhat[name].to_numpy()[index]),
                    "ess_bulk": float(bulk[name].to_numpy()[index]),
                    "ess_tail": float(tail[name].to_numpy()[index]),
                }
            )  # fmt: skip
    return pd.DataFrame(lines)


def subgroup_means(idata: az.InferenceData):
    """Return the draws of mean cost and effect by arm within each subgroup.

    Parameters
    ----------
    idata : arviz.InferenceData
        A fit.

    Returns
    -------
    pandas.DataFrame
        Columns ``draw`` (as in :func:`arm_draws`), ``subgroup`` (column and value), ``arm``,
        ``cost``, ``effect``; no rows without subgroups.

    Examples
    --------
    >>> import arviz as az
    >>> dims = dict.fromkeys(("subgroup_cost", "subgroup_effect"), ["subgroup", "arm"])
    >>> one = az.from_dict({"subgroup_cost": [[[[9.0, 7.0]]]], "subgroup_effect": [[[[0.5, 0.6]]]]},
    ...     coords={"subgroup": ["sex: male"], "arm": ["a", "b"]}, dims=dims)
    >>> subgroup_means(one)[["subgroup", "arm", "cost"]].to_dict("list")
    {'subgroup': ['sex: male', 'sex: male'], 'arm': ['a', 'b'], 'cost': [9.0, 7.0]}
    """
    columns = ["draw", "subgroup", "arm", "cost", "effect"]
    if "subgroup_cost" not in idata.posterior:
        return pd.DataFrame(columns=columns)
    found = idata.posterior[["subgroup_cost", "subgroup_effect"]]
    found = found.transpose("chain", "draw", "subgroup", "arm")
    shape = found["subgroup_cost"].shape
    draws = np.arange(1, shape[0] * shape[1] + 1).reshape(*shape[:2], 1, 1)
    names, arms = (found[name].to_numpy().astype(str) for name in ("subgroup", "arm"))
    parts = draws, names[:, None], arms, found["subgroup_cost"], found["subgroup_effect"]
    wide = [np.broadcast_to(np.asarray(part), shape).ravel() for part in parts]
    return pd.DataFrame(dict(zip(columns, wide, strict=True)))
