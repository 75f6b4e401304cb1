"""Simulation-based calibration of every family: truths drawn from priors rank evenly in posteriors.

    python tests/calibration/ranks.py FOLDER COUNT [SECONDS]
    python tests/calibration/ranks.py FOLDER --table ranks.csv

A trial has two cells: a value of the family, of two arms, with one covariate, unseen in every sixth
participant; and a normal value that follows it, so that the unseen one is a latent value whose
states are summed. Prior centres that the model takes from data (units, log-odds of a spike, means
of predictors) are those of one fixed trial, since a prior that moves with the data has no rank to
speak of. Every fit adds its lines to FOLDER/<family>.csv; a run that was stopped goes on there.
"""

import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import special, stats
from trialbalance.model.cells.declare import PRIORS
from trialbalance.model.cells.priors import draw_prior
from trialbalance.model.cells.rows import lay_out
from trialbalance.model.cells.sampling import sample_cells
from trialbalance.model.cells.table import Cell, Cells
from trialbalance.model.families import FAMILIES

SIZE, DRAWS, THIN, BINS, AT_ONCE = 60, 495, 5, 10, 10
# Scales at which data stay finite: the shipped ones let a logit or a log run off.
NARROW = dict.fromkeys(PRIORS, 0.3)
SAMPLER = {"draws": DRAWS, "tune": 400, "chains": 1, "target_accept": 0.85, "priors": NARROW}
REFERENCE = {
    "normal": lambda rng: rng.normal(-3, 2, SIZE),
    "beta": lambda rng: np.where(rng.random(SIZE) < 0.25, 1.0, 1.5 * rng.beta(3, 2, SIZE) - 0.5),
    "decrement_gamma": lambda rng: 1 - (rng.random(SIZE) < 0.8) * rng.gamma(2, 0.1, SIZE),
    "bernoulli": lambda rng: (rng.random(SIZE) < 0.4).astype(float),
    "bounded": lambda rng: 183 * np.clip(rng.beta(2, 3, SIZE) * 1.4 - 0.2, 0, 1),
    "gamma": lambda rng: (rng.random(SIZE) < 0.7) * rng.gamma(1.5, 800, SIZE),
    "lognormal": lambda rng: (rng.random(SIZE) < 0.8) * rng.lognormal(6, 1, SIZE),
    "weibull": lambda rng: (rng.random(SIZE) < 0.8) * 500 * rng.weibull(1.2, SIZE),
}
ENDS = {"beta": (-0.5, 1.0), "decrement_gamma": (None, 1.0), "bounded": (0.0, 183.0)}


def reference(family):
    """Return the layout of the fixed trial that lends its units and prior centres."""
    rng = np.random.default_rng(1)
    lower, upper = ENDS.get(family, (None, None))
    cells = (
        Cell("value", "measure", "value", "m6", 0.5, 0.5, family, (), True, lower, upper),
        Cell("after", "measure", "after", "m12", 1.0, 1.0, "normal", ("value",)),
    )
    design = rng.normal(size=(SIZE, 1))
    value = np.column_stack([REFERENCE[family](rng), rng.normal(size=SIZE)])
    value[::6, 0] = np.nan
    return lay_out(Cells(
        cells, value, np.ones((SIZE, 2), bool), np.arange(SIZE) // 3 % 2, ("A", "B"),
        tuple(f"p{i}" for i in range(SIZE)), design - design.mean(), ("age",),
        np.zeros((SIZE, 2)), np.zeros(2), np.zeros(SIZE), np.zeros((SIZE, 0)), (),
    ))  # fmt: skip


def simulated(layout, point, rng):
    """Return a trial drawn at a point by the families themselves, seen where the fixed one was."""
    family, after = layout.families
    own = np.zeros(SIZE)
    if family.inside:
        own = family.draw(rng, *_level(layout, point, 0, -1))
    settled = np.zeros(SIZE, bool)
    for number, atom in enumerate(family.atoms):
        here = rng.random(SIZE) < special.expit(_level(layout, point, 0, number)[0])
        own = np.where(here & ~settled, atom, own)
        settled |= here
    score = family.score(own)
    later = after.draw(rng, *_level(layout, point, 1, -1, score))
    value = np.column_stack([family.raw(own), after.raw(later)])
    value[~layout.cells.seen] = np.nan
    made = lay_out(replace(layout.cells, value=value), families=layout.families)
    return with_priors_of(layout, made)


def _level(layout, point, j, atom, score=None):
    """Return level and spread of each participant in a regression of the fixed trial."""
    name, part = next(
        (name, part) for name, block in layout.blocks.items()
        for part in block.parts if (part.cell, part.atom) == (j, atom)
    )  # fmt: skip
    history = layout.cells.design if score is None else np.c_[layout.cells.design, score]
    slope = part.unwhiten @ point[f"{name}.white"][0, part.whitened]
    level = point[f"{name}.level"][0, part.levels][layout.cells.arm]
    spread = None
    if atom < 0:
        spread = point[f"{name}.spread"][0, part.spreads][layout.cells.arm]
    return level + (history - part.centre) @ slope, spread


def with_priors_of(layout, made):
    """Return a trial's layout with the prior centres and the predictors' means of the fixed one."""
    for name, block in made.blocks.items():
        fixed = layout.blocks[name]
        block.level_centre, block.slope_scale = fixed.level_centre, fixed.slope_scale
        for number, (own, other) in enumerate(zip(block.parts, fixed.parts, strict=True)):
            size = len(own.centre)
            block.predictor[block.part == number, :size] += own.centre - other.centre
            block.parts[number] = replace(own, centre=other.centre)
    return made


def natural(layout, points):
    """Return levels, slopes and spreads by label, draws first; slopes do not hang on whitening."""
    found = {}
    for name, block in layout.blocks.items():
        for part in block.parts:
            label = "spike" if part.atom >= 0 else layout.cells.names[part.cell]
            label += f" {part.atom}" if part.atom >= 0 else ""
            levels = points[f"{name}.level"][:, part.levels]
            found |= {f"{label} level[{k}]": own for k, own in enumerate(levels.T)}
            slopes = points[f"{name}.white"][:, part.whitened] @ part.unwhiten.T
            found |= {f"{label} slope[{k}]": own for k, own in enumerate(slopes.T)}
            if part.atom < 0:
                spreads = points[f"{name}.spread"][:, part.spreads]
                found |= {f"{label} spread[{k}]": own for k, own in enumerate(spreads.T)}
    return found


def one_trial(layout, family, number, priors=NARROW):
    """Return the rank of each parameter of one simulated trial among its posterior draws."""
    rng = np.random.default_rng([list(FAMILIES).index(family), number])
    point = draw_prior(layout, 1, rng, priors)
    made = simulated(layout, point, rng)
    _, points, _ = sample_cells(made, SAMPLER, number)
    truth, draws = natural(layout, point), natural(made, points)
    return pd.DataFrame({
        "trial": number, "parameter": list(truth),
        "rank": [int((draws[name][::THIN] < truth[name][0]).sum()) for name in truth],
    })  # fmt: skip


def run(folder, count, families=tuple(FAMILIES), seconds=np.inf):
    """Go on until every family has so many trials, or so many processor seconds are used."""
    folder.mkdir(parents=True, exist_ok=True)
    layouts = {family: reference(family) for family in families}
    for upto in [*range(AT_ONCE, count, AT_ONCE), count]:
        for family in families:
            file = folder / f"{family}.csv"
            done = pd.read_csv(file)["trial"].max() + 1 if file.exists() else 0
            for number in range(done, upto):
                if time.process_time() > seconds:
                    return
                lines = one_trial(layouts[family], family, number)
                lines.to_csv(file, mode="a", header=not file.exists(), index=False)


def table(folder, families=tuple(FAMILIES)):
    """Return a line a family and parameter: its ranks in bins, and how far they are from even."""
    lines = []
    for family in families:
        ranks = pd.read_csv(folder / f"{family}.csv")
        for parameter, own in ranks.groupby("parameter", sort=False)["rank"]:
            counts = np.bincount(own * BINS // (DRAWS // THIN + 1), minlength=BINS)
            away = (own.mean() - DRAWS / THIN / 2) / np.sqrt(
                ((DRAWS // THIN + 1) ** 2 - 1) / 12 / len(own)
            )
            lines.append({
                "family": family, "parameter": parameter, "trials": len(own),
                "mean_away": round(away, 2),
                "chi_square": stats.chisquare(counts).statistic.round(2),
                "limit_99.9": round(stats.chi2.ppf(0.999, BINS - 1), 2),
                **{f"bin_{b}": int(n) for b, n in enumerate(counts)},
            })  # fmt: skip
    return pd.DataFrame(lines)


if __name__ == "__main__":
    where = Path(sys.argv[1])
    if sys.argv[2] == "--table":
        table(where).to_csv(sys.argv[3], index=False)
    else:
        run(where, int(sys.argv[2]), seconds=float((sys.argv[3:] or ["inf"])[0]))
