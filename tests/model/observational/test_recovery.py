"""Each method finds a known effect where the naive estimate does not."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from trialbalance.model.observational.arms import arm_means, weigh
from trialbalance.model.observational.emulation import emulate
from trialbalance.model.observational.exposure import associate
from trialbalance.model.observational.trials import trial_lines

sys.path.insert(0, str(Path(__file__).parent))
from simulators import confounded, orders, risk_had_all, starting, stays_under_orders

EXPOSURE = {
    "form": "cumulative", "lag_days": 30.0, "per_days": 30.0, "step_days": 14.0,
    "counted": "events", "recurrent": False,
}  # fmt: skip


def contrasts(effect, replicates=40, size=800, **details):
    """Return differences by method over replicates, and whether robust intervals cover."""
    found, covered = [], []
    for seed in range(replicates):
        value, arm, design = confounded(size, effect, np.random.default_rng(seed), **details)
        means, influence = arm_means(value, arm, 2, design, "mean", 1.0)
        found.append([means[name][1] - means[name][0] for name in means])
        difference = influence[:, 1] - influence[:, 0]
        error = difference.std(ddof=1) / np.sqrt(size)
        covered.append(abs(difference.mean() - effect) < 1.96 * error)
    return np.array(found), np.mean(covered)


@pytest.mark.parametrize("effect", [0.0, 0.08])
@pytest.mark.parametrize("lost", [False, True])
def test_adjusted_arms_recover_what_the_crude_difference_does_not(effect, lost):
    found, covered = contrasts(effect, lost=lost)
    error = found.std(axis=0, ddof=1) / np.sqrt(len(found))
    bias = found.mean(axis=0) - effect
    assert bias[0] < -0.08
    assert (np.abs(bias[1:]) < 3.5 * error[1:]).all(), bias / error
    assert covered > 0.85


def test_doubly_robust_needs_one_of_its_two_models():
    # The outcome is curved in severity: a line through it is wrong, the propensity is right.
    errors = []
    for seed in range(30):
        rng = np.random.default_rng(seed)
        _, arm, design = confounded(1500, 0.0, rng)
        value = np.exp(0.8 * design[:, 0]) + rng.normal(0, 0.1, 1500)
        means, _ = arm_means(value, arm, 2, design, "mean", 1.0)
        errors.append([means[name][1] - means[name][0] for name in means])
    bias = np.abs(np.mean(errors, axis=0))
    assert bias[0] > 0.5
    assert bias[1] > 5 * bias[2]
    assert bias[2] < 0.06


def test_binary_outcomes_are_standardised():
    rng = np.random.default_rng(5)
    size = 40_000
    x = rng.normal(size=size)
    arm = (rng.random(size) < 1 / (1 + np.exp(-x))).astype(int)
    risk = [1 / (1 + np.exp(-(-0.5 + x + shift))) for shift in (0.0, 0.7)]
    value = (rng.random(size) < np.where(arm, risk[1], risk[0])).astype(float)
    means, _ = arm_means(value, arm, 2, x[:, None], "binary", 1.0)
    truth = risk[1].mean() - risk[0].mean()
    for method in ("g_computation", "doubly_robust"):
        assert means[method][1] - means[method][0] == pytest.approx(truth, abs=0.015)
    assert means["crude"][1] - means["crude"][0] > truth + 0.15


@pytest.mark.parametrize("odd_ones", [[0, 1], [1, 0]], ids=["almost", "wholly"])
def test_arms_that_covariates_tell_apart_have_nothing_in_common(odd_ones):
    # Where they are told apart wholly all weights are 1: the effective size alone would not say so.
    x = np.concatenate([np.linspace(-2, -1, 30), np.linspace(1, 2, 30), [0.5, -0.5]])
    together = weigh(np.tile([0, 1], 31), 2, x[:, None], 1.0)
    apart = weigh(np.array([0] * 30 + [1] * 30 + odd_ones), 2, x[:, None], 1.0)
    assert (together.effective > 29).all()
    assert together.in_common(0, 1) == 1
    assert apart.in_common(0, 1) < 0.2


def test_emulation_recovers_the_effect_of_starting_where_ever_and_never_do_not():
    settings = {"grace_days": 60.0, "step_days": 10.0}
    grace, log_ratio = 60 / 365.25, np.log(0.5)
    rng = np.random.default_rng(0)
    truth = [risk_had_all(one, log_ratio, grace, rng) for one in ("wait", "start")]
    found, naive = [], []
    for seed in range(12):
        start, event, design = starting(2500, log_ratio, np.random.default_rng(seed))
        result = emulate(start, event, np.full(2500, np.inf), design, settings, 1.0, 1.0)
        found.append(result["risk"])
        ever = ~np.isnan(start)
        naive.append([(~np.isnan(event))[~ever].mean(), (~np.isnan(event))[ever].mean()])
    difference = np.diff(truth)[0]
    gaps = np.diff(np.array(found))[:, 0] - difference
    assert abs(gaps.mean()) < max(3.5 * gaps.std(ddof=1) / np.sqrt(len(gaps)), 0.012)
    assert abs(np.diff(np.mean(naive, axis=0))[0] - difference) > 0.1


def test_emulation_shows_nothing_where_there_is_nothing():
    settings = {"grace_days": 60.0, "step_days": 10.0}
    found, naive = [], []
    for seed in range(12):
        start, event, design = starting(2000, 0.0, np.random.default_rng(100 + seed))
        found.append(np.diff(
            emulate(start, event, np.full(2000, np.inf), design, settings, 1.0, 1.0)["risk"]
        )[0])  # fmt: skip
        ever = ~np.isnan(start)
        naive.append((~np.isnan(event))[ever].mean() - (~np.isnan(event))[~ever].mean())
    assert abs(np.mean(found)) < 3.5 * np.std(found, ddof=1) / np.sqrt(len(found))
    assert abs(np.mean(naive)) > 0.1


def ratios(log_ratio, seeds, size=500):
    """Return the log rate ratio and error of the method, and the naive slope on total months."""
    found, naive = [], []
    for seed in seeds:
        drawn = orders(size, log_ratio, np.random.default_rng(seed))
        result = associate(
            drawn["risk"], drawn["events"], drawn["spells"], drawn["people"], drawn["design"],
            EXPOSURE, 3.0,
        )  # fmt: skip
        found.append((result["log_ratio"], result["error"]))
        design = sm.add_constant(np.column_stack([drawn["total_months"], drawn["design"]]))
        model = sm.GLM(drawn["event"].astype(float), design, sm.families.Poisson())
        naive.append(model.fit(cov_type="HC0").params[1])
    return np.array(found), np.array(naive)


def test_duration_does_nothing_under_the_null_where_its_total_seems_protective():
    found, naive = ratios(0.0, range(8))
    error = found[:, 0].std(ddof=1) / np.sqrt(len(found))
    assert abs(found[:, 0].mean()) < 3.5 * error
    assert (np.abs(found[:, 0]) < 2.8 * found[:, 1]).all()
    assert (naive < 0).all()
    assert naive.mean() < -5 * naive.std(ddof=1) / np.sqrt(len(naive))


def test_duration_that_does_something_is_found():
    found, _ = ratios(-0.06, range(10, 18))
    error = found[:, 0].std(ddof=1) / np.sqrt(len(found))
    assert abs(found[:, 0].mean() + 0.06) < 3.5 * error
    assert found[:, 0].mean() < -3 * error


def test_nights_go_with_no_order_under_the_null_where_total_days_seem_to_save_them():
    settings = EXPOSURE | {"counted": "amount", "recurrent": True, "step_days": 30.0}
    found, naive = [], []
    for seed in range(8):
        rng = np.random.default_rng(seed)
        people, severity, risk, events, spells = stays_under_orders(250, rng)
        result = associate(risk, events, spells, people, severity, settings, 3.0)
        found.append((result["log_ratio"], result["error"]))
        ids = people["participant_id"]
        own = spells.assign(years=spells["end_years"] - spells["start_years"])
        total, nights = (
            table.groupby("participant_id")[column].sum().reindex(ids, fill_value=0.0).to_numpy()
            for table, column in ((own, "years"), (events, "amount"))
        )
        ever = total > 0
        design = sm.add_constant(np.column_stack([total[ever], severity[ever]]))
        naive.append(sm.OLS(nights[ever], design).fit().params[1])
    found, naive = np.array(found), np.array(naive)
    assert abs(found[:, 0].mean()) < 3.5 * found[:, 0].std(ddof=1) / np.sqrt(len(found))
    assert (np.abs(found[:, 0]) < 3.3 * found[:, 1]).all()
    assert naive.mean() < -5 * naive.std(ddof=1) / np.sqrt(len(naive))


def eligible_by_law(size, log_ratio, seed):
    """Records of `starting` counted from the day on which the law finds the criteria met.

    One in three never meet them, and never start.
    """
    rng = np.random.default_rng(seed)
    start, event, design = starting(size, log_ratio, rng)
    ids, zero = np.arange(size).astype(str), rng.integers(0, 60, size)
    never = rng.random(size) < 1 / 3
    start = np.where(never, np.nan, start)
    index = pd.Timestamp("2010-01-01")
    days = {name: zero + value * 365.25 for name, value in (("start", start), ("event", event))}
    met = pd.DataFrame({
        "participant_id": ids, "asked_on": index + pd.to_timedelta(zero, "D"),
        "asked_by": "screened", "criterion": "history",
        "answer": np.where(never, "not_met", "met"),
    })  # fmt: skip
    # Who has not met them on the first day meets them on no later one; others stay eligible.
    later = met.assign(asked_on=met["asked_on"] + pd.Timedelta(days=30))
    spells = pd.DataFrame({
        "participant_id": ids, "type": "legal_status", "item": "order", "end_date": pd.NaT,
        "start_date": index + pd.to_timedelta(np.ceil(days["start"]), "D"),
    }).dropna(subset="start_date").astype({"end_date": "datetime64[ns]"})  # fmt: skip
    events = pd.DataFrame({
        "participant_id": ids, "endpoint": "readmission", "amount": 1.0,
        "time_years": days["event"] / 365.25,
    }).dropna()  # fmt: skip
    people = pd.DataFrame({
        "participant_id": ids, "randomisation_date": index,
        "death_date": pd.Series(pd.NaT, range(size), dtype="datetime64[ns]"),
    })  # fmt: skip
    records = {"criteria": pd.concat([met, later]), "episodes": spells, "endpoint_events": events}
    return records, {"people": people, "design": design, "adjusted_for": "severity"}


def test_an_effect_is_recovered_among_those_whom_the_law_finds_eligible():
    one = {"items": ["order"], "endpoint": "readmission", "grace_days": 60.0, "step_days": 10.0,
           "asked_by": "screened", "criteria": ["history"]}  # fmt: skip
    grace, log_ratio = 60 / 365.25, np.log(0.5)
    rng = np.random.default_rng(0)
    truth = [risk_had_all(strategy, log_ratio, grace, rng) for strategy in ("wait", "start")]
    # Everybody can be followed for a year after the latest time zero.
    study = {"horizon_years": 1 + 59 / 365.25}
    chosen = {"truncation": 1.0, "resamples": 2}
    gaps, naive = [], []
    for seed in range(5):
        records, data = eligible_by_law(3600, log_ratio, seed)
        lines = trial_lines("x", one, records, data, study, chosen, rng)
        gaps.append(lines[2]["value"] - np.diff(truth)[0])
        assert lines[0]["note"].startswith(f"{lines[0]['n']} of 3600 were eligible")
        ids = data["people"]["participant_id"]
        ever = ids.isin(records["episodes"]["participant_id"])
        happened = ids.isin(records["endpoint_events"]["participant_id"])
        naive.append(happened[ever].mean() - happened[~ever].mean() - np.diff(truth)[0])
    assert abs(np.mean(gaps)) < max(3.5 * np.std(gaps, ddof=1) / np.sqrt(len(gaps)), 0.012)
    assert abs(np.mean(naive)) > 0.1
