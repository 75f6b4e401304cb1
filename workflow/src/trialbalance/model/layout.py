"""Which parameter stands where in the vector that is sampled, and with which prior."""

from dataclasses import dataclass, field

import numpy as np
from scipy import special

from trialbalance.model.density import (
    CORRELATION,
    FLAT,
    HALF_NORMAL,
    NORMAL_AROUND,
    SHARE,
    WEIGHT,
)

_WEIGHTS = "category_weight:"


@dataclass(frozen=True)
class Part:
    """One named block of the vector."""

    name: str
    start: int
    shape: tuple
    dims: tuple
    common: bool = False

    @property
    def own_shape(self):
        """Shape of what is sampled: without the arms where they have it in common."""
        return self.shape[1:] if self.common else self.shape

    @property
    def places(self):
        """Numbers of the block's elements, in its shape."""
        size = int(np.prod(self.own_shape))
        places = np.arange(self.start, self.start + size).reshape(self.own_shape)
        return np.broadcast_to(places, self.shape)


@dataclass
class Layout:
    """Named blocks of the vector; kind, location, scale and parent of each element's prior."""

    parts: dict = field(default_factory=dict)
    kind: list = field(default_factory=list)
    location: list = field(default_factory=list)
    scale: list = field(default_factory=list)
    parent: list = field(default_factory=list)

    def add(
        self, kind, name, shape=(), location=0.0, scale=1.0, dims=(), parent=None, common=False
    ):
        """Add a block; ``parent`` names the block it is drawn around, an arm at a time.

        With ``common`` all arms (the first axis) have the same elements.
        """
        part = Part(name, len(self.kind), tuple(shape), tuple(dims), common)
        size = int(np.prod(part.own_shape))
        for target, value in (
            (self.kind, kind), (self.location, location), (self.scale, scale),
        ):  # fmt: skip
            target.extend(np.broadcast_to(value, part.own_shape).ravel().tolist())
        own = np.full(size, -1)
        if parent is not None:
            own = np.broadcast_to(self.parts[parent].places, part.shape).ravel()
        self.parent.extend(own.tolist())
        self.parts[name] = part

    def around(self, name, shape, location, scale, arm_scale, dims):
        """Add a block by arm around a level common to the arms, the same prior for each arm."""
        self.add(NORMAL_AROUND, f"{name}_common", shape[1:], location, scale, dims[1:])
        self.add(NORMAL_AROUND, name, shape, 0.0, arm_scale, dims, f"{name}_common")

    def places(self, name, shape=()):
        """Return the numbers of a block's elements; -1 where the model has no such block."""
        part = self.parts.get(name)
        return np.full(shape, -1) if part is None else part.places

    def start(self, name):
        """Return the number of a block's first element; 0 where there is no such block."""
        return self.parts[name].start if name in self.parts else 0

    @property
    def size(self):
        """Number of parameters."""
        return len(self.kind)

    def start_point(self, seed):
        """Return an unconstrained point near the middle of the priors."""
        kind, location = np.array(self.kind), np.array(self.location)
        scale = np.array(self.scale)
        point = np.zeros(self.size)
        normal, half, share = kind == NORMAL_AROUND, kind == HALF_NORMAL, kind == SHARE
        point[normal] = location[normal]
        parent = np.array(self.parent)
        point[parent >= 0] += point[parent[parent >= 0]]
        point[half] = np.log(0.5 * scale[half])
        point[share] = np.log(location[share] / scale[share])
        jitter = np.random.default_rng(seed).uniform(-0.1, 0.1, self.size)
        return point + jitter

    def constrain(self, points):
        """Return the parameters at unconstrained points, shape (..., parameters)."""
        kind = np.array(self.kind)
        values = points.copy()
        positive = (kind == HALF_NORMAL) | (kind == WEIGHT)
        values[..., positive] = np.exp(points[..., positive])
        values[..., kind == SHARE] = special.expit(points[..., kind == SHARE])
        values[..., kind == CORRELATION] = np.tanh(0.5 * points[..., kind == CORRELATION])
        return values

    def named(self, points):
        """Cut unconstrained points (..., parameters) into parameters by name."""
        values, found = self.constrain(points), {}
        for name, part in self.parts.items():
            array = values[..., part.places]
            if name.startswith(_WEIGHTS):
                name = name.replace(_WEIGHTS, "category_share:")
                array = array / array.sum(axis=-1, keepdims=True)
            found[name] = array
        return found

    def dims(self, name):
        """Return the labels of a named parameter's axes."""
        part = self.parts.get(name)
        return () if part is None else part.dims


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
        The blocks of the vector.

    Notes
    -----
    An arm's level is drawn around a level common to the arms, with the same prior for each arm,
    so exchanging the labels exchanges the posteriors.

    Examples
    --------
    >>> plan.__name__
    'plan'
    """
    layout = Layout()
    _plan_effect(layout, trial, setup, priors)
    _plan_cost(layout, trial, setup, priors)
    _plan_covariates(layout, trial, setup)
    _plan_deviations(layout, trial, priors)
    if rows.effect_latent.any():
        kind = NORMAL_AROUND if trial.effect_family == "normal" else FLAT
        layout.add(kind, "latent_effect", (int(rows.effect_index.max()) + 1,))
    if rows.ratio_latent.any():
        kind = FLAT if trial.first_cost_family in ("gamma", "bounded") else NORMAL_AROUND
        layout.add(kind, "latent_ratio", (int(rows.ratio_index.max()) + 1,))
    return layout


def _plan_effect(layout, trial, setup, priors):
    arms, by_arm = (len(trial.arms),), ("arm",)
    logit = (0.0, priors["logit_scale"], priors["logit_arm_scale"])
    precision = priors["log_precision_location"], priors["log_precision_scale"]
    spread = {"dims": by_arm, "common": "spread" in trial.common}
    if trial.effect_family == "normal":
        scales = [priors[f"effect_{key}"] for key in ("location", "scale", "arm_scale")]
        layout.around("effect_level", arms, *scales, by_arm)
        layout.add(HALF_NORMAL, "effect_sd", arms, scale=priors["effect_sd"], **spread)
    else:
        layout.around("effect_level", arms, *logit, by_arm)
    if trial.effect_family == "decrement_gamma":
        layout.add(HALF_NORMAL, "effect_cv", arms, scale=priors["decrement_cv"], **spread)
    if trial.effect_family == "beta":
        layout.add(NORMAL_AROUND, "effect_log_precision", arms, *precision, **spread)
    if trial.spike:
        layout.around("ceiling_level", arms, *logit, by_arm)
    if trial.effect_on_cost:
        for name in ("effect_on_cost", "ceiling_on_cost")[: 1 + trial.spike]:
            layout.add(
                NORMAL_AROUND, name, arms, 0.0, priors["dependence"], by_arm,
                common="dependence" in trial.common,
            )  # fmt: skip
    for equation, scale in (("effect", priors["slope"]), ("ceiling", priors["spike_slope"])):
        size = len(setup.columns[equation])
        if size and (equation == "effect" or trial.spike):
            own = (f"{equation}_term",)
            layout.add(NORMAL_AROUND, f"{equation}_slope", (size,), 0.0, scale, own)
    if trial.deaths:
        _plan_death(layout, trial, priors, precision)


def _plan_death(layout, trial, priors, precision):
    """Risk of death by arm, and the effect of people who died, common to the arms."""
    layout.add(SHARE, "death_probability", (len(trial.arms),), 0.5, 0.5, ("arm",))
    if trial.effect_family == "normal":
        layout.add(NORMAL_AROUND, "dead_effect", (), 0.5, 0.5)
        layout.add(HALF_NORMAL, "dead_effect_sd", (), scale=priors["effect_sd"])
        return
    layout.add(NORMAL_AROUND, "dead_effect", (), 0.0, priors["logit_scale"])
    if trial.effect_family == "decrement_gamma":
        layout.add(HALF_NORMAL, "dead_effect_cv", (), scale=priors["decrement_cv"])
    else:
        layout.add(NORMAL_AROUND, "dead_effect_log_precision", (), *precision)


def _plan_cost(layout, trial, setup, priors):
    shape, dims = (len(trial.arms), len(trial.groups)), ("arm", "group")
    location = 1.0 if trial.cost_family == "normal" else 0.0
    scales = priors["cost_scale"], priors["cost_arm_scale"]
    layout.around("cost_level", shape, location, *scales, dims)
    # A bounded group has the log precision of its beta in place of a coefficient of variation.
    bounded = np.arange(shape[1]) < int(trial.bounded)
    layout.add(
        np.where(bounded, NORMAL_AROUND, HALF_NORMAL), "cost_cv", shape,
        np.where(bounded, priors["log_precision_location"], 0.0),
        np.where(bounded, priors["log_precision_scale"], priors["cost_cv"]), dims,
        common="spread" in trial.common,
    )  # fmt: skip
    if trial.dependence:
        layout.add(
            NORMAL_AROUND, "dependence", shape, 0.0, priors["dependence"], dims,
            common="dependence" in trial.common,
        )  # fmt: skip
    if trial.hurdle:
        own = (shape[0], len(trial.hurdle)), 0.0, priors["logit_scale"], priors["logit_arm_scale"]
        layout.around("zero_level", *own, ("arm", "hurdle_group"))
    size = len(setup.columns["cost"])
    if size:
        own = (size, shape[1])
        layout.add(
            NORMAL_AROUND, "cost_slope", own, 0.0, priors["slope"], ("cost_term", "group")
        )  # fmt: skip
    later = shape[1] - 1
    if later and trial.cost_family != "normal":
        layout.add(SHARE, "carry_over", (later,), 1.0, 1.0, ("later_group",))
    elif later:
        layout.add(NORMAL_AROUND, "carry_over", (later,), 0.0, priors["slope"], ("later_group",))


def _plan_covariates(layout, trial, setup):
    """Missing covariates: shares of categories, and a normal given the complete covariates."""
    for name in setup.levels:
        layout.add(WEIGHT, f"{_WEIGHTS}{name}", (len(trial.covariates[name].levels),))
    for name, _, _ in setup.latent:
        layout.add(NORMAL_AROUND, f"covariate_mean:{name}")
        if setup.strata[name].shape[1]:
            layout.add(NORMAL_AROUND, f"covariate_slope:{name}", (setup.strata[name].shape[1],))
        layout.add(HALF_NORMAL, f"covariate_sd:{name}")
        layout.add(NORMAL_AROUND, f"latent:{name}", (len(setup.strata_missing[name]),))


def _plan_deviations(layout, trial, priors):
    """Deviations of sites (correlated over the outcomes) and of subgroups by arm."""
    identity = trial.effect_family == "normal", trial.cost_family == "normal"
    outcomes = (trial.effect_spread, trial.cost_spread_internal)
    for name, block in trial.blocks.items():
        for outcome, plain, spread in zip(("effect", "cost"), identity, outcomes, strict=True):
            scale = priors[f"{block.prior}_sd"] * (spread if plain else 1.0)
            layout.add(HALF_NORMAL, f"{name}_{outcome}_sd", (), scale=scale)
        if block.correlated:
            layout.add(CORRELATION, f"{name}_correlation", (), scale=priors["correlation"])
        for outcome in ("effect", "cost"):
            layout.add(
                NORMAL_AROUND, f"{name}_{outcome}", (len(block.labels),), dims=(f"{name}_unit",)
            )  # fmt: skip
