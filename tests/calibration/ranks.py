"""Simulation-based calibration: parameters drawn from the priors must rank evenly in posteriors.

One chain, thinned; the scales that the model takes from data (units of cost and effect) are those
of one fixed trial, since a prior that moves with the data has no rank to speak of.
"""

import sys
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import special, stats
from trialbalance.model import density
from trialbalance.model.fitting import sample_density
from trialbalance.model.layout import plan
from trialbalance.model.pack import pack
from trialbalance.model.predictive import replicate
from trialbalance.model.prepare import prepare
from trialbalance.model.rows import configurations, expand
from trialbalance.settings.sections.model import ModelSettings

sys.path.insert(0, str(Path(__file__).parent))
from trials import STUDY, people

PER_ARM, DRAWS, THIN = 40, 990, 10
SHAPES = {
    "normal_normal": ("normal", {"family": "normal"}, {"family": "normal"}, "cost_given_effect"),
    "beta_gamma": ("beta", {"family": "beta", "lower": -0.594}, {"family": "gamma"},
                   "cost_given_effect"),
    "decrement_gamma": ("negative", {"family": "decrement_gamma"}, {"family": "gamma"},
                        "effect_given_cost"),
    "bernoulli_lognormal": ("bernoulli", {"family": "bernoulli"}, {"family": "lognormal"},
                            "cost_given_effect"),
    "beta_bounded": ("beta", {"family": "beta", "lower": -0.594},
                     {"family": "gamma", "maximum": {"total": 2e5}}, "effect_given_cost"),
}  # fmt: skip
# Scales at which data stay finite: the shipped ones let a logit or a log run off.
PRIORS = {"cost_scale": 0.5, "cost_arm_scale": 0.3, "cost_cv": 0.5, "logit_scale": 0.5,
          "logit_arm_scale": 0.3, "dependence": 0.3, "slope": 0.3, "spike_slope": 0.3,
          "decrement_cv": 0.5, "effect_scale": 0.5, "effect_sd": 0.3,
          "log_precision_scale": 0.5}  # fmt: skip


def frame_of(kind):
    """Return one fixed trial that lends its scales, covariates and holes."""
    cell = {"clusters_per_arm": 0, "correlation": 0.0, "cost": "hurdle",
            "effect": "beta" if kind == "bernoulli" else kind}  # fmt: skip
    frame = people(cell, PER_ARM, np.random.default_rng(1))
    if kind == "bernoulli":
        frame["effect"], frame["at_ceiling"] = (frame["effect"] > 0.7).astype(float), False
    return frame


def from_prior(layout, rng):
    """Draw an unconstrained point from the priors."""
    point = np.zeros(layout.size)
    for i, kind in enumerate(layout.kind):
        scale, centre = layout.scale[i], layout.location[i]
        if kind == density.NORMAL_AROUND:
            parent = layout.parent[i]
            point[i] = rng.normal(centre + (point[parent] if parent >= 0 else 0.0), scale)
        elif kind == density.HALF_NORMAL:
            point[i] = np.log(abs(rng.normal(0, scale)))
        elif kind == density.SHARE:
            point[i] = special.logit(np.clip(rng.beta(centre, scale), 1e-6, 1 - 1e-6))
    return point


def simulated(trial, setup, layout, point, rng):
    """Return the trial with outcomes drawn at a point, a fifth of the effects then lost."""
    named = {name: values[None] for name, values in layout.named(point).items()}
    effect, cost = replicate(trial, setup, named, np.arange(trial.size), rng)
    cost = (cost / trial.cost_unit[0])[:, None]
    top = effect == trial.effect_top if trial.spike else np.zeros(trial.size, bool)
    effect = np.where(rng.random(trial.size) < 0.2, np.nan, effect)
    return replace(trial, effect=effect, cost=cost, at_ceiling=top & ~np.isnan(effect))


def main(family, count, output):
    """Rank ``count`` draws of the priors among the draws of their posteriors."""
    warnings.simplefilter("ignore")
    kind, effect, cost, dependence = SHAPES[family]
    section = ModelSettings(
        effect=effect | {"ceiling_needs_baseline": False, "covariates": ["severity"]},
        cost=cost | {"covariates": ["severity"]}, dependence=dependence, priors=PRIORS,
        draws=DRAWS, tune=500, chains=2,
    ).model_dump(mode="json")  # fmt: skip
    trial = prepare(frame_of(kind), [], STUDY, section)
    setup = configurations(trial)
    layout = plan(trial, setup, expand(trial, setup), section["priors"])
    ranks = []
    for number in range(count):
        rng = np.random.default_rng([len(family), number])
        point = from_prior(layout, rng)
        own = simulated(trial, setup, layout, point, rng)
        rows = expand(own, setup)
        plan_of = plan(own, setup, rows, section["priors"])
        idata = sample_density(pack(own, setup, rows, plan_of), plan_of.start_point,
                               section | {"chains": 2}, number)  # fmt: skip
        draws = idata.posterior["point"].to_numpy()[0, ::THIN, : layout.size]
        ranks.append((draws < point).sum(axis=0))
    ranks = np.array(ranks)
    lines = []
    for name, part in layout.parts.items():
        for place, index in zip(part.places.ravel(), np.ndindex(part.shape), strict=True):
            counts = np.bincount(ranks[:, place] * 10 // (DRAWS // THIN + 1), minlength=10)
            label = name + ("" if not index else str(list(index)))
            lines.append({"family": family, "parameter": label, "trials": count,
                          "chi_square": stats.chisquare(counts).statistic.round(2),
                          "limit_99.9": round(stats.chi2.ppf(0.999, 9), 2),
                          **{f"bin_{b}": int(n) for b, n in enumerate(counts)}})  # fmt: skip
    Path(output).parent.mkdir(parents=True, exist_ok=True)
    pd.DataFrame(lines).to_csv(output, index=False)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
