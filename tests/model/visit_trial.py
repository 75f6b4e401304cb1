"""Trials with visits at 0, 6 and 12 months, and the tables that describe them."""

import numpy as np
import pandas as pd
from scipy import optimize

VISITS = {"m0": 0.0, "m6": 0.5, "m12": 1.0}
STUDY = {"arms": {"A": {}, "B": {}}, "comparator": "A", "horizon_years": 1.0, "visits": VISITS}
AREAS = {"discount_rate": 0.0}
SD, MEAN = 0.25, 0.7
CORRELATION = np.array([[1, 0.6, 0.5], [0.6, 1, 0.75], [0.5, 0.75, 1]])


def utilities(size, difference, rng):
    """Arm and utilities of a trial whose arms differ by so many QALYs; ``size`` an arm."""
    arm = np.repeat([0, 1], size)
    values = rng.multivariate_normal(np.full(3, MEAN), CORRELATION * SD**2, 2 * size)
    # Equal gains at 6 and 12 months weigh 1/2 and 1/4 of a year.
    values[:, 1:] += arm[:, None] * difference / 0.75
    return arm, values


def intercept(slope, share):
    """Log-odds at the mean, so that a share is lost when a standard normal has the slope."""
    z = np.linspace(-6, 6, 1001)
    weight = np.exp(-(z**2) / 2) / np.exp(-(z**2) / 2).sum()

    def gap(level):
        return weight @ (1 / (1 + np.exp(-level - slope * z))) - share

    return optimize.brentq(gap, -6, 6)


def lose_last(arm, values, slopes, rng, share=0.3):
    """Blank month 12 with log-odds that depend on month 6, by arm."""
    z = np.empty(len(arm))
    level = np.array([intercept(slope, share) for slope in slopes])
    for one in (0, 1):
        own = arm == one
        expected = MEAN + (values[own, 1] - MEAN).mean()
        z[own] = (values[own, 1] - expected) / SD
    chance = 1 / (1 + np.exp(-level[arm] - np.asarray(slopes)[arm] * z))
    seen = values.copy()
    seen[rng.random(len(arm)) < chance, 2] = np.nan
    return seen


def tables(arm, values, costs, death=None, until=None, status=None):
    """Tables dataset, follow_up and measures; ``costs`` holds columns by group and period.

    ``costs`` is a dict of (group, period, start, end) to values; death and the end of follow-up are
    in years, infinite for none.
    """
    size = len(arm)
    ids = np.array([f"p{number}" for number in range(size)])
    death = np.full(size, np.inf) if death is None else death
    until = np.full(size, np.inf) if until is None else until
    died = death <= 1.0
    last = np.minimum(np.minimum(death, until), 1.0)
    common = {"participant_id": ids, "followed_years": last, "died": died}
    rows, dates = [], []
    for column, (visit, time) in enumerate(VISITS.items()):
        dead = time >= death
        value = np.where(dead, 0.0, values[:, column])
        state = np.where(dead, "dead", np.where(np.isnan(value), "missed", "observed"))
        rows.append(pd.DataFrame({**common, "kind": "measure", "name": "utility", "moment": visit,
                                  "start_years": time, "end_years": time, "value": value,
                                  "status": state}))  # fmt: skip
        dates.append(pd.DataFrame({"participant_id": ids, "visit": visit, "measure": "utility",
                                   "time_years": time}))  # fmt: skip
    for (group, period, start, end), paid in costs.items():
        dead = death <= start
        value = np.where(dead, 0.0, paid)
        state = np.where(dead, "dead", np.where(np.isnan(value), "missed", "observed"))
        rows.append(pd.DataFrame({**common, "kind": "cost", "name": group, "moment": period,
                                  "start_years": start, "end_years": end, "value": value,
                                  "status": state}))  # fmt: skip
    dataset = pd.DataFrame({"participant_id": ids, "arm": np.array(["A", "B"])[arm],
                            "died": died, "baseline_effect": values[:, 0]})  # fmt: skip
    groups = sorted({name[0] for name in costs})
    for group in groups:
        dataset[f"cost_{group}"] = sum(
            np.where(death <= name[2], 0.0, paid)
            for name, paid in costs.items()
            if name[0] == group
        )
    dataset["cost"] = dataset[[f"cost_{group}" for group in groups]].sum(axis=1, skipna=False)
    return dataset, pd.concat(rows, ignore_index=True), pd.concat(dates, ignore_index=True)
