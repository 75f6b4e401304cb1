"""The trial, its rows and the priors as the arrays that the compiled density reads."""

import numpy as np

from trialbalance.model import density as slot

_EFFECTS = {
    "normal": slot.NORMAL, "beta": slot.BETA, "decrement_gamma": slot.DECREMENT,
    "bernoulli": slot.BERNOULLI,
}  # fmt: skip
_COSTS = {
    "normal": slot.NORMAL, "gamma": slot.GAMMA, "lognormal": slot.LOGNORMAL,
    "bounded": slot.BOUNDED,
}  # fmt: skip
# In the order of the columns that density.py names.
_ROW = (
    "dead", "death_term", "spike", "spike_term", "effect", "effect_term", "effect_latent",
    "effect_logit", "effect_jacobian", "linked", "widened", "possible", "first_term",
    "first_zero", "first_known", "ratio_latent",
)  # fmt: skip


def pack(trial, setup, rows, layout):
    """Gather everything the log density reads.

    Parameters
    ----------
    trial, setup, rows : Trial, Configurations, Rows
        The data.
    layout : Layout
        Where each parameter stands, and its prior.

    Returns
    -------
    namedtuple
        Arrays of floats and whole numbers; types do not depend on the trial, so that nothing is
        compiled again for another one.

    Examples
    --------
    >>> pack.__name__
    'pack'
    """
    whole, real = np.int64, np.float64
    found = {
        "kind": np.array(layout.kind, whole), "parent": np.array(layout.parent, whole),
        "location": np.array(layout.location, real), "scale": np.array(layout.scale, real),
        "law": np.array([_EFFECTS[trial.effect_family], trial.dependence, trial.effect_on_cost,
                         trial.spike], whole),
        "cost_law": np.array([[_COSTS[name], k in trial.hurdle]
                              for k, name in enumerate(trial.cost_families)], whole),
        "size": np.array([trial.effect_top, trial.effect_spread, trial.cost_spread], real),
        "row": np.column_stack([getattr(rows, name) for name in _ROW]).astype(real),
        "cost": _costs_of_rows(trial, rows),
        "places": _places(trial, layout),
        "arm": rows.arm.astype(whole), "configuration": rows.configuration.astype(whole),
        "effect_number": rows.effect_index.astype(whole),
        "cost_number": rows.ratio_index.astype(whole),
        "latent_effect": layout.start("latent_effect"),
        "latent_cost": layout.start("latent_ratio"),
        **_designs(trial, setup, layout),
        **_hidden(trial, setup, layout), **_categories(setup, rows, layout),
        **_blocks(trial, rows, layout),
    }  # fmt: skip
    counts = np.bincount(rows.person, minlength=trial.size)
    found["rows_of"] = counts[rows.person].astype(whole)
    return slot.Data(**found)


def _places(trial, layout):
    """Return the number of the parameter in each slot, by arm; -1 where there is none."""
    arms, groups = len(trial.arms), len(trial.groups)
    places = np.full((arms, slot.COSTS + slot.PER_COST * groups), -1, np.int64)
    one = (arms,)
    spread = {"normal": "sd", "beta": "log_precision", "decrement_gamma": "cv"}
    spread = spread.get(trial.effect_family, "none")
    for column, name in (
        (slot.EFFECT, "effect_level"), (slot.CEILING, "ceiling_level"),
        (slot.SPREAD, f"effect_{spread}"), (slot.ON_COST, "effect_on_cost"),
        (slot.CEILING_ON_COST, "ceiling_on_cost"), (slot.DEATH, "death_probability"),
        (slot.DEAD_MEAN, "dead_effect"), (slot.DEAD_SPREAD, f"dead_effect_{spread}"),
    ):  # fmt: skip
        places[:, column] = layout.places(name, one)
    for k in range(groups):
        at = slot.COSTS + slot.PER_COST * k
        for column, name in (
            (slot.LEVEL, "cost_level"), (slot.VARIATION, "cost_cv"),
            (slot.DEPENDENCE, "dependence"),
        ):  # fmt: skip
            places[:, at + column] = layout.places(name, (arms, groups))[:, k]
        if k in trial.hurdle:
            own = layout.places("zero_level")[:, trial.hurdle.index(k)]
            places[:, at + slot.ZERO] = own
        if k:
            places[:, at + slot.CARRY] = layout.places("carry_over")[k - 1]
    return places


def _costs_of_rows(trial, rows):
    """Return what each row knows of each source group, in the order density.py names."""
    found = np.zeros((*rows.cost.shape, 7))
    found[:, :, slot.COST] = rows.cost
    found[:, :, slot.COST_TERM] = rows.cost_term
    found[:, :, slot.COST_LOG] = rows.log_cost
    found[:, trial.hurdle, slot.AT_ZERO] = rows.zero
    found[:, trial.hurdle, slot.ZERO_TERM] = rows.zero_term
    if trial.bounded:
        found[:, 0, slot.COST_LOGIT] = rows.first_logit
        found[:, 0, slot.COST_JACOBIAN] = rows.first_jacobian
    return found


def _designs(trial, setup, layout):
    found = {}
    for equation in ("effect", "ceiling", "cost"):
        design = setup.design[equation]
        if f"{equation}_slope" not in layout.parts:
            design = design[:, :0]
        found[f"{equation}_design"] = np.ascontiguousarray(design, np.float64)
        found[f"{equation}_slope"] = layout.start(f"{equation}_slope")
    return found


def _hidden(trial, setup, layout):
    """Return missing continuous covariates: places, who lacks them, who has them, where used."""
    count = len(setup.latent)
    strata = next(iter(setup.strata.values()), np.zeros((trial.size, 0)))
    width = max((len(people) for people in setup.strata_missing.values()), default=0)
    found = {
        "strata": np.ascontiguousarray(strata, np.float64), "hidden_width": width,
        "hidden": np.zeros((count, 5), np.int64), "hidden_column": np.full((count, 3), -1),
        "hidden_person": np.zeros((count, width), np.int64),
        "hidden_seen": np.zeros((count, trial.size), np.int64),
        "hidden_value": np.zeros((count, trial.size)),
        "hidden_index": np.full((len(setup.person), count), -1),
    }  # fmt: skip
    for c, (name, mask, index) in enumerate(setup.latent):
        people = setup.strata_missing[name]
        found["hidden"][c] = [
            layout.start(f"covariate_mean:{name}"), layout.start(f"covariate_sd:{name}"),
            layout.start(f"covariate_slope:{name}"), layout.start(f"latent:{name}"), len(people),
        ]  # fmt: skip
        found["hidden_person"][c, : len(people)] = people
        found["hidden_seen"][c, setup.strata_seen[name]] = 1
        found["hidden_value"][c] = np.nan_to_num(trial.covariates[name].values)
        found["hidden_index"][:, c] = np.where(mask > 0, index, -1)
        for e, equation in enumerate(("effect", "ceiling", "cost")):
            if name in setup.columns[equation] and f"{equation}_slope" in layout.parts:
                found["hidden_column"][c, e] = setup.columns[equation].index(name)
    return found


def _categories(setup, rows, layout):
    """Return blocks of category weights, and the weight behind each row's missing category."""
    names = [f"category_weight:{name}" for name in setup.levels]
    blocks = [(layout.parts[name].start, layout.parts[name].shape[0]) for name in names]
    levels = [
        layout.parts[name].start + rows.levels[covariate]
        for name, covariate in zip(names, setup.levels, strict=True)
    ]
    size = (len(rows.person), len(names))
    return {
        "categories": np.array(blocks, np.int64).reshape(-1, 2),
        "levels": np.array(levels, np.int64).T.reshape(size).copy(),
    }


def _blocks(trial, rows, layout):
    """Return blocks of deviations (sites, subgroups) and the unit of each row."""
    blocks, units = [], []
    for name, block in trial.blocks.items():
        correlation = layout.places(f"{name}_correlation")
        blocks.append([
            layout.start(f"{name}_effect_sd"), layout.start(f"{name}_cost_sd"), int(correlation),
            layout.start(f"{name}_effect"), layout.start(f"{name}_cost"), len(block.labels),
        ])  # fmt: skip
        units.append(block.unit(rows.arm, rows.person))
    size = (len(rows.person), len(blocks))
    return {
        "blocks": np.array(blocks, np.int64).reshape(-1, 6),
        "units": max((len(block.labels) for block in trial.blocks.values()), default=0),
        "unit": np.array(units, np.int64).T.reshape(size).copy(),
    }
