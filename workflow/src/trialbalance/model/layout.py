"""Which parameter stands where in the vectors of the declared model, and with which prior."""

from dataclasses import dataclass, field

import numpy as np

ARM_BLOCKS = (
    "effect_level", "effect_log_precision", "ceiling_level", "cost_level", "dependence",
    "zero_level", "effect_on_cost", "ceiling_on_cost",
)  # fmt: skip


@dataclass
class Layout:
    """Named parts of the vectors ``common``, ``coefficient``, ``spread``, ``share``, …"""

    arms: int
    parts: list = field(default_factory=list)
    dirichlet: dict = field(default_factory=dict)
    dims: dict = field(default_factory=dict)
    columns: dict = field(default_factory=dict)

    def add(self, vector, name, shape, location=0.0, scale=1.0, dims=(), parent=None):
        """Add a part; ``parent`` names the common level it is drawn around."""
        size = int(np.prod(shape))
        self.parts.append((vector, name, shape, size, location, scale, parent))
        self.dims[name] = dims

    def size(self, vector):
        """Length of a vector."""
        return sum(part[3] for part in self.parts if part[0] == vector)

    def argument(self, vector):
        """Arguments of a vector's prior, one entry an element."""
        parts = [part for part in self.parts if part[0] == vector]
        starts = self.starts("common")
        parents = []
        for part in parts:
            width = part[3] if part[6] is None else part[3] // self.arms
            start = starts.get(part[6], 0)
            own = start + np.arange(part[3]) % max(width, 1)
            parents.append(own if part[6] else np.full(part[3], -1))
        return {
            "location": np.concatenate([np.full(p[3], p[4], float) for p in parts] or [[]]),
            "scale": np.concatenate([np.full(p[3], p[5], float) for p in parts] or [[]]),
            "parent": np.concatenate(parents or [[]]).astype(int),
        }

    def starts(self, vector):
        """First element of each part of a vector."""
        found, start = {}, 0
        for part in self.parts:
            if part[0] == vector:
                found[part[1]] = start
                start += part[3]
        return found

    def unpack(self, vectors, reshape, stack):
        """Cut vectors into named parts, for PyTensor.

        The blocks by arm stand first among the coefficients and are also handed over as one
        table (``arm_table``, ``arm_columns``), so that one look-up serves all of them.
        """
        found = {}
        for vector in dict.fromkeys(part[0] for part in self.parts):
            start = self.starts(vector)
            for own, name, shape, size, *_ in self.parts:
                if own == vector:
                    piece = vectors[vector][start[name] : start[name] + size]
                    found[name] = piece[0] if shape == () else reshape(piece, shape)
        for name in self.dirichlet:
            found[name] = vectors[name]
        for name in [name for name in found if name.startswith("binary:")]:
            share = found.pop(name)
            found[name.replace("binary:", "category_share:")] = stack([1 - share, share])
        width = [int(np.prod(p[2][1:])) for p in self.parts if p[1] in ARM_BLOCKS]
        names = [p[1] for p in self.parts if p[1] in ARM_BLOCKS]
        edges = np.cumsum([0, *width])
        found["arm_columns"] = {
            name: slice(int(edges[i]), int(edges[i + 1])) for i, name in enumerate(names)
        }
        found["arm_table"] = _concatenate([reshape(found[n], (self.arms, w))
                                           for n, w in zip(names, width, strict=True)])  # fmt: skip
        return found

    def named(self, vectors):
        """Cut draws (chains, draws, length) into named arrays with their dims."""
        found = {}
        for vector, name, shape, size, *_ in self.parts:
            start = self.starts(vector)[name]
            piece = vectors[vector][..., start : start + size]
            array = piece.reshape(*piece.shape[:2], *shape)
            if name.startswith("binary:"):
                name = name.replace("binary:", "category_share:")
                array = np.stack([1 - array, array], axis=-1)
            found[name] = array
        for name in self.dirichlet:
            found[name] = vectors[name]
        return found


def _concatenate(blocks):
    import pytensor.tensor as pt

    return pt.concatenate(blocks, axis=1)


def plan(trial, setup, rows, priors):
    """Lay out every parameter of the model with its prior.

    Parameters
    ----------
    trial, setup, rows : Trial, Configurations, Rows
        The data.
    priors : dict
        Scales of the priors, from the settings.

    Returns
    -------
    Layout
        The parts of each vector.

    Examples
    --------
    >>> plan.__name__
    'plan'
    """
    layout = Layout(len(trial.arms))
    _plan_effect(layout, trial, setup, priors)
    _plan_cost(layout, trial, setup, priors)
    _plan_covariates(layout, trial, setup)
    if rows.effect_latent.any():
        vector = "latent" if trial.effect_family == "normal" else "flat"
        layout.add(vector, "latent_effect", (int(rows.effect_index.max()) + 1,))
    if rows.ratio_latent.any():
        vector = "flat" if trial.cost_family == "gamma" else "latent"
        layout.add(vector, "latent_ratio", (int(rows.ratio_index.max()) + 1,))
    return layout


def _around(layout, name, shape, location, scale, arm_scale, dims):
    """Add a block by arm around its common level."""
    layout.add("common", f"{name}_common", shape[1:], location, scale, dims[1:])
    layout.add("coefficient", name, shape, 0.0, arm_scale, dims, f"{name}_common")


def _plan_effect(layout, trial, setup, priors):
    arms, logit = (layout.arms,), (0.0, priors["logit_scale"], priors["logit_arm_scale"])
    if trial.effect_family == "normal":
        scales = [priors[f"effect_{key}"] for key in ("location", "scale", "arm_scale")]
        _around(layout, "effect_level", arms, *scales, ("arm",))
        layout.add("spread", "effect_sd", arms, scale=priors["effect_sd"], dims=("arm",))
    else:
        _around(layout, "effect_level", arms, *logit, ("arm",))
    precision = priors["log_precision_location"], priors["log_precision_scale"]
    if trial.effect_family == "decrement_gamma":
        layout.add("spread", "effect_cv", arms, scale=priors["decrement_cv"], dims=("arm",))
    if trial.effect_family == "beta":
        layout.add("coefficient", "effect_log_precision", arms, *precision, ("arm",))
    if trial.spike:
        _around(layout, "ceiling_level", arms, *logit, ("arm",))
    if trial.effect_on_cost:
        for name in ("effect_on_cost", "ceiling_on_cost")[: 1 + trial.spike]:
            layout.add("coefficient", name, arms, 0.0, priors["dependence"], ("arm",))
    for equation, scale in (("effect", priors["slope"]), ("ceiling", priors["spike_slope"])):
        size = len(setup.columns[equation])
        if size and (equation == "effect" or trial.spike):
            name = f"{equation}_slope"
            layout.add("coefficient", name, (size,), 0.0, scale, (f"{equation}_term",))
    if trial.deaths:
        layout.add("share", "death_probability", arms, 0.5, 0.5, ("arm",))
        if trial.effect_family == "normal":
            layout.add("coefficient", "dead_effect", (), 0.5, 0.5)
            layout.add("spread", "dead_effect_sd", (), scale=priors["effect_sd"])
        else:
            layout.add("coefficient", "dead_effect", (), 0.0, priors["logit_scale"])
            if trial.effect_family == "decrement_gamma":
                layout.add("spread", "dead_effect_cv", (), scale=priors["decrement_cv"])
            else:
                layout.add("coefficient", "dead_effect_log_precision", (), *precision)


def _plan_cost(layout, trial, setup, priors):
    shape, dims = (layout.arms, len(trial.groups)), ("arm", "group")
    location = 1.0 if trial.cost_family == "normal" else 0.0
    scales = priors["cost_scale"], priors["cost_arm_scale"]
    _around(layout, "cost_level", shape, location, *scales, dims)
    layout.add("spread", "cost_cv", shape, scale=priors["cost_cv"], dims=dims)
    if trial.dependence:
        layout.add("coefficient", "dependence", shape, 0.0, priors["dependence"], dims)
    if trial.hurdle:
        scales = 0.0, priors["logit_scale"], priors["logit_arm_scale"]
        own = (layout.arms, len(trial.hurdle))
        _around(layout, "zero_level", own, *scales, ("arm", "hurdle_group"))
    size = len(setup.columns["cost"])
    if size:
        own = (size, len(trial.groups))
        layout.add("coefficient", "cost_slope", own, 0.0, priors["slope"], ("cost_term", "group"))
    later = len(trial.groups) - 1
    if later and trial.cost_family != "normal":
        layout.add("share", "carry_over", (later,), 1.0, 1.0, ("later_group",))
    elif later:
        layout.add("coefficient", "carry_over", (later,), 0.0, priors["slope"], ("later_group",))


def _plan_covariates(layout, trial, setup):
    """Missing covariates: shares of categories, and a normal given the complete covariates."""
    for name in setup.levels:
        size = len(trial.covariates[name].levels)
        if size == 2:
            layout.add("share", f"binary:{name}", (), 1.0, 1.0)
        else:
            layout.dirichlet[f"category_share:{name}"] = size
    for name, _, _ in setup.latent:
        layout.add("coefficient", f"covariate_mean:{name}", ())
        if setup.strata[name].shape[1]:
            layout.add("coefficient", f"covariate_slope:{name}", (setup.strata[name].shape[1],))
        layout.add("spread", f"covariate_sd:{name}", ())
        layout.add("latent", f"latent:{name}", (len(setup.strata_missing[name]),))
