"""A simulated trial with known arm means, small enough for tests."""

import numpy as np
import pandas as pd
from trialbalance.settings.sections.model import ModelSettings

STUDY = {"arms": {"A": {}, "B": {}}, "comparator": "A", "horizon_years": 1.0}


def section(**settings):
    """Resolved model section with the given changes."""
    given = {"cells": "totals", "draws": 1000, "tune": 1000} | settings
    return ModelSettings(**given).model_dump(mode="json")


def dataset(size, missing=0.0, seed=1, gain=0.3, deaths=0):
    """Beta effects with a spike where baseline is at the ceiling; gamma costs with zeros."""
    rng = np.random.default_rng(seed)
    arm = np.arange(size) % 2
    top = rng.random(size) < 0.4
    baseline = np.where(top, 1.0, rng.beta(6, 3, size))
    at_ceiling = top & (rng.random(size) < 0.4)
    mean = 1 / (1 + np.exp(-(0.8 + 0.4 * (baseline - 0.75) / 0.2 + gain * arm)))
    below = -0.594 + 1.594 * rng.beta(mean * 12, (1 - mean) * 12)
    effect = np.where(at_ceiling, 1.0, below)
    cost = rng.gamma(1.5, 10000 * np.exp(-0.5 * (effect - 0.6)))
    cost = np.where(rng.random(size) < 0.1, 0.0, cost)
    frame = pd.DataFrame(
        {
            "participant_id": [f"p{i}" for i in range(size)], "arm": np.array(["A", "B"])[arm],
            "cost": cost, "effect": effect, "died": False,
            "at_ceiling": pd.array(at_ceiling, dtype="boolean"),
            "baseline_effect": baseline, "baseline_at_ceiling": pd.array(top, dtype="boolean"),
        }
    )  # fmt: skip
    gone = rng.random(size) < missing
    frame.loc[gone, "effect"] = np.nan
    frame.loc[gone, "at_ceiling"] = None
    if deaths:
        frame.loc[: deaths - 1, "died"] = True
        frame.loc[: deaths - 1, "effect"] = rng.uniform(0.1, 0.5, deaths)
        frame.loc[: deaths - 1, "at_ceiling"] = False
    return frame
