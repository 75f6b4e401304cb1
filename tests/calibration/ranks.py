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
from scipy import stats
from trialbalance.model.cells.fitting import replicate
from trialbalance.model.cells.from_data.by_total import cells_by_total
from trialbalance.model.cells.priors import draw_prior
from trialbalance.model.cells.rows import lay_out
from trialbalance.model.cells.sampling import sample_cells
from trialbalance.model.cells.table import COST, EFFECT
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
PRIORS = {"level": 0.3, "event": 0.3, "slope": 0.3, "spread": 0.3, "cluster": 0.3}


def frame_of(kind):
    """Return one fixed trial that lends its scales, covariates and holes."""
    cell = {"clusters_per_arm": 0, "correlation": 0.0, "cost": "hurdle",
            "effect": "beta" if kind == "bernoulli" else kind}  # fmt: skip
    frame = people(cell, PER_ARM, np.random.default_rng(1))
    if kind == "bernoulli":
        frame["effect"], frame["at_ceiling"] = (frame["effect"] > 0.7).astype(float), False
    return frame


def simulated(layout, point, number):
    """Return the rows of the trial with outcomes drawn at a point, a fifth of the effects lost."""
    cells, rng = layout.cells, np.random.default_rng([number, 1])
    value = cells.value.copy()
    drawn = replicate(layout, point, number).value[0]
    for j in (*cells.of(EFFECT), *cells.of(COST)):
        value[:, j] = drawn[:, j]
    value[rng.random(cells.size) < 0.2, cells.of(EFFECT)[0]] = np.nan
    return lay_out(replace(cells, value=value), families=layout.families)


def main(family, count, output):
    """Rank ``count`` draws of the priors among the draws of their posteriors."""
    warnings.simplefilter("ignore")
    kind, effect, cost, dependence = SHAPES[family]
    section = ModelSettings(
        effect=effect | {"ceiling_needs_baseline": False, "covariates": ["severity"]},
        cost=cost | {"covariates": ["severity"]}, dependence=dependence, priors=PRIORS,
        draws=DRAWS, tune=500, chains=2,
    ).model_dump(mode="json")  # fmt: skip
    layout = lay_out(cells_by_total(frame_of(kind), [], STUDY, section))
    ranks: dict[str, list[int]] = {}
    for number in range(count):
        rng = np.random.default_rng([len(family), number])
        point = draw_prior(layout, 1, rng, PRIORS)
        own = simulated(layout, point, number)
        _, points, _ = sample_cells(own, section, number)
        found = natural(own, points, layout)
        for name, truth in natural(layout, point, layout).items():
            draws = found[name][:DRAWS:THIN]
            ranks.setdefault(name, []).append(int((draws < truth[0]).sum()))
    lines = []
    for label, found in ranks.items():
        counts = np.bincount(np.array(found) * 10 // (DRAWS // THIN + 1), minlength=10)
        lines.append({"family": family, "parameter": label, "trials": count,
                      "chi_square": stats.chisquare(counts).statistic.round(2),
                      "limit_99.9": round(stats.chi2.ppf(0.999, 9), 2),
                      **{f"bin_{b}": int(n) for b, n in enumerate(counts)}})  # fmt: skip
    Path(output).parent.mkdir(parents=True, exist_ok=True)
    pd.DataFrame(lines).to_csv(output, index=False)


def natural(layout, points, reference):
    """Return levels, slopes and spreads by label; levels at mean predictors of a reference.

    Slopes do not depend on how they are whitened.
    """
    found = {}
    for name, block in layout.blocks.items():
        for part, other in zip(block.parts, reference.blocks[name].parts, strict=True):
            white = points.get(f"{name}.white", np.zeros((1, 0)))[:, part.whitened]
            slopes = white @ part.unwhiten.T
            moved = slopes @ (other.centre - part.centre)
            for k, column in enumerate(points[f"{name}.level"][:, part.levels].T):
                found[f"{part.name} level[{k}]"] = column + moved
            if f"{name}.spread" in points and part.atom < 0:
                for k, column in enumerate(points[f"{name}.spread"][:, part.spreads].T):
                    found[f"{part.name} spread[{k}]"] = column
            for k, column in enumerate(slopes.T):
                found[f"{part.name} slope[{k}]"] = column
    return found


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
