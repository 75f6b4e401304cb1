"""Trials with known means, one kind a cell of the grid; arm 0 is the comparator."""

import numpy as np
import pandas as pd
from scipy import special

ARMS = {"control": {}, "new": {}}
STUDY = {"arms": ARMS, "comparator": "control", "horizon_years": 1.0}
THRESHOLD = 25_000
LOWER, MEAN_COST, CV = -0.594, 8_000.0, 1.0
# Effects that the two kinds of utility have by arm, on the scale of the family's link.
LEVELS = {"beta": (0.9, 1.2), "negative": (0.9, 1.1), "normal": (0.6, 0.65)}
COST_LEVELS = (0.0, 0.15)
ZEROS, CEILING, PRECISION, SHAPE = 0.15, 0.35, 8.0, 2.0
MNAR_DELTA = -0.05


def cost_link_sd(icc):
    """SD between clusters on the log of mean cost that gives an intraclass correlation."""
    return CV * np.sqrt(icc / (1 - icc))


def effect_link_sd(kind, icc):
    """SD between clusters on the link of the effect, by the delta method."""
    if kind == "normal":
        return 0.2 * np.sqrt(icc / (1 - icc))
    if kind == "negative":
        return np.sqrt(icc / (1 - icc) / SHAPE)
    level = special.expit(np.mean(LEVELS["beta"]))
    within = np.sqrt(level * (1 - level) / (1 + PRECISION))
    return np.sqrt(icc / (1 - icc)) * within / (level * (1 - level))


def people(cell, per_arm, rng, own_cluster=False):
    """Draw complete trial data; ``own_cluster`` gives everybody a cluster of their own."""
    size = 2 * per_arm
    arm = np.repeat([0, 1], per_arm)
    baseline = rng.normal(0, 1, size)
    site = np.zeros(size, int)
    moved_cost, moved_effect = np.zeros(size), np.zeros(size)
    if cell["clusters_per_arm"]:
        count = size if own_cluster else 2 * cell["clusters_per_arm"]
        own = np.arange(per_arm) % cell["clusters_per_arm"]
        site = np.arange(size) if own_cluster else own[np.arange(size) % per_arm]
        site = site if own_cluster else site + arm * cell["clusters_per_arm"]
        z = rng.multivariate_normal([0, 0], [[1, -0.3], [-0.3, 1]], count)
        moved_cost = cost_link_sd(cell["icc"]) * z[site, 0]
        moved_effect = effect_link_sd(cell["effect"], cell["icc"]) * z[site, 1]
    cost, score = _cost(cell, arm, baseline, moved_cost, rng)
    effect, top = _effect(cell, arm, baseline, moved_effect, cell["correlation"] * score, rng)
    return pd.DataFrame(
        {
            "participant_id": np.arange(size).astype(str), "arm": np.array(list(ARMS))[arm],
            "site": site, "cost": cost, "effect": effect, "at_ceiling": top, "died": False,
            "severity": baseline,
        }
    )  # fmt: skip


def _cost(cell, arm, baseline, moved, rng):
    """Return costs and the standardised score by which the effect follows them."""
    size = len(arm)
    if cell["cost"] == "normal":
        z = rng.normal(0, 1, size)
        sd = 0.5 * MEAN_COST
        return MEAN_COST * (1 + np.array(COST_LEVELS)[arm]) + sd * z + sd * moved / CV, z
    mean = MEAN_COST * np.exp(np.array(COST_LEVELS)[arm] + 0.2 * baseline + moved)
    if cell["cost"] == "lognormal":
        sd = np.sqrt(np.log1p(CV**2))
        z = rng.normal(0, 1, size)
        return mean * np.exp(sd * z - sd**2 / 2), (special.expit(z) - 0.5) / 0.2083
    ratio = rng.gamma(1 / CV**2, CV**2, size)
    zero = (rng.random(size) < ZEROS) if cell["cost"] == "hurdle" else np.zeros(size, bool)
    some = 1 - ZEROS * (cell["cost"] == "hurdle")
    score = np.where(zero, 0.0, 1 - np.exp(-ratio)) - some * 0.5
    return np.where(zero, 0.0, mean * ratio), score / 0.3


def _effect(cell, arm, baseline, moved, shift, rng):
    """Return effects, and who is at the ceiling."""
    size = len(arm)
    level = np.array(LEVELS[cell["effect"]])[arm] + moved
    if cell["effect"] == "normal":
        return level + 0.2 * shift + 0.2 * rng.normal(0, 1, size), np.zeros(size, bool)
    level = level + 0.3 * baseline + 0.6 * shift
    if cell["effect"] == "negative":
        return 1 - rng.gamma(SHAPE, np.exp(-level) / SHAPE), np.zeros(size, bool)
    mean = special.expit(level)
    below = LOWER + (1 - LOWER) * rng.beta(mean * PRECISION, (1 - mean) * PRECISION)
    top = rng.random(size) < special.expit(special.logit(CEILING) + 0.6 * shift)
    return np.where(top, 1.0, np.minimum(below, 1 - 1e-9)), top


def truth(cell, size=2_000_000):
    """Return the true difference of mean net benefit, by a trial of millions."""
    rng = np.random.default_rng(20_261_123)
    frame = people(cell, size // 2, rng, own_cluster=True)
    means = frame.groupby("arm")[["cost", "effect"]].mean()
    contrast = means.loc["new"] - means.loc["control"]
    shifted = 0.0
    if cell["mechanism"] == "mnar":
        shifted = MNAR_DELTA * _chance(cell, frame).mean()
    return THRESHOLD * (contrast["effect"] + shifted) - contrast["cost"]


def _chance(cell, frame):
    return special.expit(special.logit(cell["missing"]) + 0.7 * frame["severity"])


def lose(cell, frame, rng):
    """Take effects away at random given severity.

    Where effects are not missing at random, those who are not seen in the new arm have an effect
    that is lower by ``MNAR_DELTA``; nobody sees it, so only the truth changes.
    """
    if not cell["missing"]:
        return frame
    gone = rng.random(len(frame)) < _chance(cell, frame)
    frame = frame.copy()
    frame.loc[gone, "effect"] = np.nan
    frame["at_ceiling"] = frame["at_ceiling"].astype("boolean").mask(gone)
    return frame
