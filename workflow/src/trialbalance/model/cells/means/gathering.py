"""Put parameters, means and checks of a fit of cells into one object with labels."""

import arviz as az
import numpy as np
import xarray as xr

from trialbalance.model.cells.layout import Layout, Part
from trialbalance.model.cells.means.averages import has_ceiling, totals
from trialbalance.model.cells.means.completing import REFERENCES, Completed
from trialbalance.model.cells.table import COST, DEATH, EFFECT, MEASURE, Cells
from trialbalance.model.checking.influence import OUTCOMES, left_out_moves
from trialbalance.model.checking.predictive import STATISTICS, describe

WHOLE = "all"


def named(layout: Layout, points: dict[str, np.ndarray], idata: az.InferenceData) -> xr.Dataset:
    """Return the parameters by cell and arm, on the unit of their cell, without latent values.

    Parameters
    ----------
    layout : Layout
        Rows of the density.
    points : dict of str to numpy.ndarray
        Draws of the declared variables.
    idata : arviz.InferenceData
        The same draws by chain; its attributes take the worst R-hat of latent values.

    Returns
    -------
    xarray.Dataset
        level, slope and spread, labelled; what clusters have.
    """
    shape = (idata.posterior.sizes["chain"], idata.posterior.sizes["draw"])
    latent = [name for name in idata.posterior.data_vars if name.endswith(".latent")]
    if latent:
        worst = az.rhat(idata.posterior[latent])
        idata.attrs["latent_r_hat"] = float(max(v.max() for v in worst.data_vars.values()))
    found = {"level": [], "slope": [], "spread": []}
    labels = {name: [] for name in found}
    for name, block in layout.blocks.items():
        for part in block.parts:
            _part(layout.cells, name, part, points, found, labels)
    data = {
        name: ((("chain", "draw", f"{name}_of")),
               np.concatenate(parts, axis=1).reshape(*shape, -1))
        for name, parts in found.items() if parts
    }  # fmt: skip
    own = [name for name in layout.blocks if f"{name}.cluster_sd" in points]
    for what in ("cluster_sd", "cluster_loading") if own else ():
        found[what] = [points[f"{name}.{what}"] for name in own]
        labels[what] = [f"{outcome} ({name})" for name in own
                        for outcome in layout.blocks[name].outcomes]  # fmt: skip
        values = np.concatenate(found[what], axis=1).reshape(*shape, -1)
        data[what] = (("chain", "draw", f"{what}_of"), values)
    coords = {f"{name}_of": labels[name] for name in found if found[name]}
    return xr.Dataset(data, coords=coords).assign_coords(
        chain=idata.posterior["chain"], draw=idata.posterior["draw"]
    )


def _part(cells: Cells, density: str, part: Part, points, found, labels) -> None:
    """Add the parameters of one regression."""
    count = part.levels.stop - part.levels.start
    arms = list(cells.arms) if count > 1 else ["all arms"]
    own = [f"{part.name}, {arm}" for arm in arms]
    found["level"].append(points[f"{density}.level"][:, part.levels])
    labels["level"] += own
    if part.atom < 0 and f"{density}.spread" in points:
        found["spread"].append(points[f"{density}.spread"][:, part.spreads])
        alone = part.spreads.stop - part.spreads.start == 1
        labels["spread"] += [f"{part.name}, all arms"] if alone else own
    if len(part.centre):
        found["slope"].append(points[f"{density}.white"][:, part.whitened] @ part.unwhiten.T)
        terms = [cells.names[p] + (f", {cells.arms[arm]}" if arm >= 0 else "")
                 for p, arm in cells.terms(part.cell)]  # fmt: skip
        labels["slope"] += [f"{part.name} on {name}" for name in [*cells.columns, *terms]]


def add_means(idata: az.InferenceData, cells: Cells, found: dict[str, np.ndarray]) -> None:
    """Add the means of arms, visits, periods and subgroups to the posterior."""
    sizes = idata.posterior.sizes
    shape = (sizes["chain"], sizes["draw"])
    visits, periods, deaths = (cells.of(kind) for kind in (MEASURE, COST, DEATH))
    periods = [j for j in periods if cells.cells[j].moment]
    shown = [f"{group} {moment}" for group, moment in cells.shown]
    dead = found["cell_mean"][..., deaths]
    made = {
        "mean_effect": (found["mean_effect"], {}),
        "mean_cost": (found["mean_cost"], {}),
        "mean_cost_group": (found["mean_cost_group"], {"group": list(cells.groups)}),
        "visit_mean": (found["cell_mean"][..., visits],
                       {"visit": [cells.cells[j].moment for j in visits]}),
        "period_mean": (np.concatenate([found["cell_mean"][..., periods], found["shown"]], axis=2),
                        {"period": [cells.cells[j].name for j in periods] + shown}),
        "alive": (1 - np.cumsum(dead, axis=2),
                  {"moment": [f"{cells.cells[j].time:g}" for j in deaths]}),
        "subgroup_cost": (found["subgroup_cost"], {"subgroup": list(cells.subgroups)}),
        "subgroup_effect": (found["subgroup_effect"], {"subgroup": list(cells.subgroups)}),
    }  # fmt: skip
    for name, (values, labels) in made.items():
        if 0 in values.shape:
            continue
        coords = {"arm": list(cells.arms), **labels}
        idata.posterior[name] = xr.DataArray(
            values.reshape(*shape, *values.shape[1:]), dims=("chain", "draw", *coords),
            coords=coords,
        )  # fmt: skip


def add_unseen(idata: az.InferenceData, cells: Cells, found: dict[str, np.ndarray]) -> None:
    """Add what went unseen, and what rules of a reference make of it, as group predictions."""
    sizes = idata.posterior.sizes
    shape = (sizes["chain"], sizes["draw"])
    names = ["effect", *(f"cost_{group}" for group in cells.groups)]
    own = ["effect" if c.kind in (MEASURE, EFFECT) else f"cost_{c.source}" for c in cells.cells]
    keep = [j for j, c in enumerate(cells.cells) if c.moment and c.kind in (MEASURE, COST)]
    places = [*range(len(names)), *(len(names) + j for j in keep)]
    labels = names + [own[j] for j in keep]
    moments = [WHOLE] * len(names) + [cells.cells[j].moment for j in keep]
    wanted = ("share", "mean", "below_ceiling", "ceiling_gain", "share_with_effect",
              "cost_per_effect")  # fmt: skip
    data = {f"unobserved_{name}": found[name] for name in wanted}
    nowhere = np.full(found["mean"].shape, np.nan)
    for rule in REFERENCES:
        name = "reference" if rule == "jump_to_reference" else rule
        data[f"unobserved_{name}_mean"] = found.get(f"{rule}_mean", nowhere)
    dims = ("chain", "draw", "arm", "component")
    coords = {"chain": idata.posterior["chain"], "draw": idata.posterior["draw"],
              "arm": list(cells.arms), "component": labels,
              "moment": ("component", moments)}  # fmt: skip
    lowest, highest = _bounds(cells)
    idata.add_groups({"predictions": xr.Dataset(
        {name: (dims, values[..., places].reshape(*shape, values.shape[1], len(places)))
         for name, values in data.items()},
        coords=coords, attrs={"lowest_effect": lowest, "highest_effect": highest},
    )})  # fmt: skip


def _bounds(cells: Cells) -> tuple[float, float]:
    """Return the possible range of the effect over all of follow-up, NaN where it has no end."""
    found = []
    for end in ("lower", "upper"):
        own = [getattr(cell, end) for j, cell in enumerate(cells.cells)
               if cell.kind in (MEASURE, EFFECT) and cells.whole_weight[j] > 0]  # fmt: skip
        known = own and all(one is not None for one in own)
        found.append(float(own[0]) * float(cells.whole_weight.sum()) if known else np.nan)
    return found[0], found[1]


def add_checks(
    idata: az.InferenceData,
    layout: Layout,
    found: dict[str, np.ndarray],
    chosen: np.ndarray,
    statistics: tuple[np.ndarray, np.ndarray],
) -> None:
    """Add log-likelihood, predictive statistics, observed totals, residuals and influence."""
    own, each = statistics
    cells = layout.cells
    chain, draw = idata.posterior["chain"], idata.posterior["draw"]
    observed_effect, observed_cost = _observed(cells)
    informed = cells.seen[:, cells.outcomes].any(axis=1)
    by_arm = {"arm": list(cells.arms), "statistic": list(STATISTICS)}
    people = np.array(cells.participants)
    likelihood = found["log_likelihood"][:, informed].reshape(len(chain), -1, informed.sum())
    spaced = draw.to_numpy()[chosen[: likelihood.shape[1]]]
    idata.add_groups(
        log_likelihood=xr.Dataset(
            {"participant": (("chain", "draw", "participant_id"), likelihood)},
            coords={"chain": chain, "draw": spaced, "participant_id": people[informed]},
        ),
        posterior_predictive=xr.Dataset(
            {"statistic_value": (("chain", "draw", "arm", "statistic"), each[None])},
            coords={"chain": [0], "draw": np.arange(len(each)), **by_arm},
        ),
        observed_data=xr.Dataset(
            {"effect": (("participant_id",), observed_effect),
             "cost": (("participant_id", "group"), observed_cost[:, None]),
             "statistic_value": (("arm", "statistic"), own)},
            coords={"participant_id": people, "group": ["total"], **by_arm},
        ),
        fitted=_fitted(cells, found),
        influence=_influence(cells, found, chosen, informed),
    )  # fmt: skip


def _influence(
    cells: Cells, found: dict[str, np.ndarray], chosen: np.ndarray, informed: np.ndarray
) -> xr.Dataset:
    """Return what leaving out each participant who informs the fit does to the arms' means."""
    means = np.stack([found["mean_effect"], found["mean_cost"]], axis=2)
    completed = found["completed"].sum(axis=0) / len(means)
    likelihood = found["log_likelihood"]
    moves = left_out_moves(cells.arm, completed, likelihood, means[chosen])[informed]
    people = np.array(cells.participants)[informed]
    return xr.Dataset(
        {"move": (("participant_id", "arm", "outcome"), moves)},
        coords={"participant_id": people, "arm": list(cells.arms), "outcome": list(OUTCOMES)},
    )


def statistics_of(layout: Layout, replicated: Completed) -> tuple[np.ndarray, np.ndarray]:
    """Return the statistics of the data and of each replicate of the trial.

    Parameters
    ----------
    layout : Layout
        Rows of the density.
    replicated : Completed
        Replicates, from :func:`trialbalance.model.cells.fitting.replicate`.

    Returns
    -------
    numpy.ndarray, shape (arms, statistics)
    numpy.ndarray, shape (replicates, arms, statistics)

    Examples
    --------
    >>> from trialbalance.model.cells.example import example_layout
    >>> one = Completed(*[np.ones((3, 40, 2))] * 5, np.zeros((3, 2, 2)))
    >>> statistics_of(example_layout(), one)[1].shape
    (3, 2, 13)
    """
    cells = layout.cells
    observed = _observed(cells)
    effect, cost = totals(cells, replicated, "value")
    top = _top(layout)
    own = describe(cells.arm, len(cells.arms), *observed, *observed, top)
    each = np.stack([
        describe(cells.arm, len(cells.arms), *observed, e, c.sum(axis=1), top)
        for e, c in zip(effect, cost, strict=True)
    ])  # fmt: skip
    return own, each


def _observed(cells: Cells) -> tuple[np.ndarray, np.ndarray]:
    """Return effect and cost of those in whom every cell that counts was seen, else NaN."""
    value = np.where(cells.possible, cells.value, 0.0)
    weighed = np.where(cells.effect_weight != 0, value * cells.effect_weight, 0.0)
    cost = value[:, cells.of(COST)].sum(axis=1) + cells.fixed_cost.sum(axis=1)
    return weighed.sum(axis=1) + cells.fixed_effect, cost


def _top(layout: Layout) -> float | None:
    """Return the effect of somebody at the ceiling throughout; None where nobody may be."""
    cells = layout.cells
    own = [j for j in (*cells.of(MEASURE), *cells.of(EFFECT)) if cells.whole_weight[j] > 0]
    if not own or not all(has_ceiling(layout.families[j]) for j in own):
        return None
    return float(sum(cells.whole_weight[j] * layout.families[j].upper for j in own))


def _fitted(cells: Cells, found: dict[str, np.ndarray]) -> xr.Dataset:
    """Return by cell and arm: people seen, their mean and standard error, and the mean residual."""
    shape = (len(cells.arms), len(cells.cells))
    count, mean, error = np.zeros(shape), np.full(shape, np.nan), np.full(shape, np.nan)
    for arm in range(shape[0]):
        for j in range(shape[1]):
            value = cells.value[(cells.arm == arm) & cells.seen[:, j], j]
            count[arm, j] = len(value)
            if len(value) > 1:
                mean[arm, j] = value.mean()
                error[arm, j] = value.std(ddof=1) / np.sqrt(len(value))
    dims = ("arm", "cell")
    return xr.Dataset(
        {"observed": (dims, count), "mean": (dims, mean), "standard_error": (dims, error),
         "residual": (dims, found["residual"].mean(axis=0))},
        coords={"arm": list(cells.arms), "cell": cells.names},
    )  # fmt: skip
