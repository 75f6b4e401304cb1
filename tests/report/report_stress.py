"""Studies of handed-over draws of any size and kind, decided on as stage decision does."""

import numpy as np
import pandas as pd
from filled import filled
from trialbalance.decision import compare_arms


def stress_settings(arms, currency="GBP", outcome="qaly", thresholds=None, door="draws", **study):
    """Return settings of a study of draws: arms by name and label, its currency and outcome."""
    marked = thresholds or {"marked": [20000, 30000], "primary": 20000}
    return {
        "study": {
            "title": "Options compared by draws", "synthetic": True, "currency": currency,
            "arms": {arm: {"label": label} for arm, label in arms.items()},
            "comparator": next(iter(arms)), "horizon_years": 1.0, **study,
        },
        "data": {"door": door},
        "costs": {"perspectives": {"care": {"label": "Publicly paid care"}}},
        "outcomes": {"effects": {}},
        "model": {},
        "decision": {"thresholds": {outcome: marked}},
        "report": {"texts": {}},
        "analyses": {
            "main": {"title": "Main analysis", "outcome": outcome, "perspective": "care",
                     "population": "intention_to_treat"},
        },
    }  # fmt: skip


def drawn(arms, draws=400, seed=1, cost=9000.0, effect=0.6, spread=(500.0, 0.02)):
    """Return draws of mean cost and effect of each arm around means that differ a little."""
    rng = np.random.default_rng(seed)
    shift = np.linspace(-1, 1, len(arms))
    costs = cost + 800 * shift + spread[0] * rng.standard_normal((draws, len(arms)))
    effects = effect + 0.03 * shift + spread[1] * rng.standard_normal((draws, len(arms)))
    return pd.DataFrame(
        {
            "draw": np.repeat(np.arange(1, draws + 1), len(arms)),
            "arm": np.tile(list(arms), draws),
            "cost": costs.ravel(),
            "effect": effects.ravel(),
        }
    )


def decided(draws, settings, **decision):
    """Return the tables of the only analysis, as stage decision makes them of draws."""
    (name, one), *_ = settings["analyses"].items()
    section = filled("decision", settings["decision"] | decision)
    own = compare_arms(draws, settings["study"], section, one["outcome"])
    return {"analyses": {name: {"draws": draws, **own}}}
