"""A simulated trial of visits and periods, with dropout, deaths and calendar as wanted."""

import numpy as np
import pandas as pd
from trialbalance.settings.sections.model import ModelSettings

VISITS = {"m0": 0.0, "m6": 0.5, "m12": 1.0}
STUDY = {
    "arms": {"A": {}, "B": {}}, "comparator": "A", "horizon_years": 1.0, "visits": VISITS,
    "periods": {"p1": [0.0, 0.5], "p2": [0.5, 1.0]},
}  # fmt: skip
WEIGHTS = pd.DataFrame(
    {"outcome": "qaly", "measure": "utility", "visit": list(VISITS),
     "time_years": list(VISITS.values()), "weight": [0.25, 0.5, 0.25]}
)  # fmt: skip
NORMAL = {
    "cells": "by_visit", "effect": {"family": "normal"}, "cost": {"family": "normal"},
    "draws": 500, "tune": 500,
}  # fmt: skip


def section(**settings):
    """Resolved model section with the given changes."""
    return ModelSettings(**{**NORMAL, **settings}).model_dump(mode="json")


def people(size, seed=1, gain=0.05):
    """Arms, utilities (people, visits) and costs (people, periods) of the law, all seen."""
    rng = np.random.default_rng(seed)
    arm = np.arange(size) % 2
    own = rng.standard_normal(size)
    utility = 0.6 + 0.15 * own[:, None] + 0.15 * rng.standard_normal((size, 3))
    utility[:, 1:] += gain * arm[:, None]
    burden = -0.4 * own + np.sqrt(0.84) * rng.standard_normal(size)
    cost = 1000 + 300 * burden[:, None] + 300 * rng.standard_normal((size, 2))
    return arm, utility, cost + 100 * arm[:, None]


def tables(arm, utility, cost, unseen=None, death=None, end=None):
    """Return dataset and follow_up; `unseen` marks missed visits, with the period before each."""
    size = len(arm)
    unseen = np.zeros((size, 3), bool) if unseen is None else unseen
    death = np.full(size, np.inf) if death is None else death
    end = np.ones(size) if end is None else np.minimum(end, 1.0)
    death = np.where(death <= end, death, np.inf)
    ids, arms = [f"p{number:06d}" for number in range(size)], np.array(["A", "B"])[arm]
    spans = [("measure", "utility", name, t, t) for name, t in VISITS.items()]
    spans += [("cost", "records", name, a, b) for name, (a, b) in STUDY["periods"].items()]
    parts = []
    for number, (kind, name, moment, start, stop) in enumerate(spans):
        visit = number if kind == "measure" else number - 2
        value = utility[:, visit] if kind == "measure" else cost[:, visit - 1]
        if kind == "cost":
            # Someone who dies in a period has cost in the part lived.
            value = value * np.clip((np.minimum(death, stop) - start) / (stop - start), 0, 1)
        dead = death <= start
        seen = ((end >= stop) | np.isfinite(death)) & ~unseen[:, visit]
        reached = (end >= stop) | np.isfinite(death)
        status = np.select([dead, seen, ~reached], ["dead", "observed", "not_reached"], "missed")
        value = np.where(status == "dead", 0.0, np.where(status == "observed", value, np.nan))
        parts.append(pd.DataFrame({
            "participant_id": ids, "arm": arms, "kind": kind, "name": name, "moment": moment,
            "start_years": start, "end_years": stop, "value": value, "status": status,
            "followed_years": np.minimum(end, death), "died": np.isfinite(death),
        }))  # fmt: skip
    dataset = pd.DataFrame({"participant_id": ids, "arm": arms})
    return dataset, pd.concat(parts, ignore_index=True)
