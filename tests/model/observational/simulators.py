"""Simulators with a known effect, in which the naive comparison is biased by construction."""

import numpy as np
import pandas as pd
from scipy.special import expit


def confounded(size, effect, rng, lost=False, strength=1.0):
    """Two arms told apart by severity, which also lowers the outcome; optionally people lost.

    The outcome is 0.6 - 0.15 severity + effect * arm + noise, so the average effect is `effect`.
    The severe are more often in arm 1 and, where people are lost, more often lost.
    """
    severity = rng.normal(size=size)
    sex = rng.integers(0, 2, size)
    arm = (rng.random(size) < expit(strength * severity + 0.3 * sex - 0.2)).astype(int)
    value = 0.6 - 0.15 * severity + 0.05 * sex + effect * arm + rng.normal(0, 0.1, size)
    if lost:
        value[rng.random(size) < expit(-1.5 + severity + 0.7 * arm)] = np.nan
    return value, arm, np.column_stack([severity, sex - 0.5])


def starting(size, log_ratio, rng, horizon=1.0):
    """Orders that start at once or late, the severe sooner; an order changes the hazard.

    Severity drives both starting and the event. Whoever has the event early never starts, so that
    those who ever start have survived to do so.
    """
    severity = rng.normal(size=size)
    start = rng.exponential(1 / (2.5 * np.exp(0.7 * severity)))
    event = event_times(start, severity, log_ratio, rng)
    seen = np.where((start < event) & (start < horizon), start, np.nan)
    return seen, np.where(event < horizon, event, np.nan), severity[:, None]


def event_times(start, severity, log_ratio, rng, base=0.8):
    """Times of an event whose hazard changes by `log_ratio` once the order starts."""
    hazard = base * np.exp(0.7 * severity)
    budget = rng.exponential(size=len(start))
    before = hazard * start
    after = start + (budget - before) / (hazard * np.exp(log_ratio))
    return np.where(budget < before, budget / hazard, after)


def risk_had_all(strategy, log_ratio, grace, rng, size=200_000):
    """Risk within a year had everybody started in the grace period, or nobody in it."""
    severity = rng.normal(size=size)
    start = rng.exponential(1 / (2.5 * np.exp(0.7 * severity)))
    if strategy == "start":
        start = np.minimum(start, grace)
    else:
        # Who would have started in the grace period starts as late as those who did not.
        start = np.where(start < grace, grace + (start * 0 + _later(severity, rng)), start)
    return (event_times(start, severity, log_ratio, rng) < 1).mean()


def _later(severity, rng):
    return rng.exponential(1 / (2.5 * np.exp(0.7 * severity)))


def orders(size, log_ratio_per_month, rng, horizon=3.0):
    """Orders of random planned length that a readmission ends, and readmissions by severity.

    Severity makes readmission likelier and orders longer. With `log_ratio_per_month` 0 the order
    does nothing; the total days on it are short for those readmitted early all the same, because
    readmission ends them. Nothing acts within a lag of 30 days.
    """
    severity = rng.normal(size=size)
    planned = rng.gamma(2.0, 0.5 * np.exp(0.3 * severity))
    day = 1 / 365.25
    free, on, time = np.ones(size, bool), np.zeros(size), np.full(size, np.nan)
    for step in range(round(horizon / day)):
        now = step * day
        months = np.minimum(planned, max(now - 30 * day, 0.0)) * 365.25 / 30
        hazard = 0.5 * np.exp(0.6 * severity + log_ratio_per_month * months) * day
        hit = free & (rng.random(size) < hazard)
        time[hit] = now + day
        free &= ~hit
        on += (free & (now < planned)) * day
    people = pd.DataFrame({"participant_id": np.arange(size).astype(str)})
    end = np.where(np.isnan(time), horizon, time)
    risk = people.assign(start_years=0.0, end_years=end)
    events = people.assign(time_years=time, amount=1.0).dropna()
    spells = people.assign(start_years=0.0, end_years=np.minimum(planned, end))
    return {
        "people": people, "risk": risk, "events": events, "spells": spells,
        "design": severity[:, None], "total_months": on * 365.25 / 30, "event": ~np.isnan(time),
    }  # fmt: skip


def stays_under_orders(size, rng, horizon=3.0):
    """Orders and stays that have nothing to do with each other but severity, stays again and again.

    A stay ends the order, as a revocation does, and another may be made at discharge. Total days
    under an order are few for those often in hospital: they had less time outside it.
    """
    day, severity = 1 / 365.25, rng.normal(size=size)
    rate, makes = 0.6 * np.exp(0.5 * severity), 0.8 / (1 + np.exp(-severity))
    risk, events, spells = [], [], []
    for person in range(size):
        now, total = 0.0, 0.0
        while now < horizon:
            stay = now + rng.exponential(1 / rate[person]) + day
            free = min(stay, horizon)
            risk.append((person, now, free))
            if rng.random() < makes[person]:
                end = min(now + rng.exponential(1.0), free)
                spells.append((person, now, end))
                total += end - now
            nights = min(1 + rng.exponential(150.0), (horizon - free) / day)
            if stay < horizon:
                events.append((person, stay, nights))
            now = free + nights * day
    columns = ("start_years", "end_years"), ("time_years", "amount"), ("start_years", "end_years")
    found = [
        pd.DataFrame(rows, columns=["participant_id", *names]).astype({"participant_id": str})
        for rows, names in zip((risk, events, spells), columns, strict=True)
    ]
    people = pd.DataFrame({"participant_id": np.arange(size).astype(str)})
    return people, severity[:, None], *found
