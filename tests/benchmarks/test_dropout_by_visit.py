"""Dropout that depends on the visit before, arm by arm: bias and coverage of the model by visit.

Month 12 is lost with log-odds that depend on month 6, by other slopes in the arms; the mean of who
is left is then wrong, and a total loses all visits of whoever missed one. Run at length with
``pytest -m slow -s tests/benchmarks/test_dropout_by_visit.py -n 0``.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "model"))

DIFFERENCE, PER_ARM = 0.035, 150
SLOPES = {"falling_in_one_arm": (0.0, -1.2), "apart": (-1.2, 0.4)}
WEIGHTS = pd.DataFrame(
    {"outcome": "qaly", "measure": "utility", "visit": ["m0", "m6", "m12"],
     "time_years": [0.0, 0.5, 1.0], "weight": [0.25, 0.5, 0.25]}
)  # fmt: skip


def one(slopes, seed, **sampler):
    """Return estimate, SD and whether the interval holds the truth, for one simulated trial."""
    from trialbalance.model.forms import fit
    from trialbalance.settings.sections.model import ModelSettings
    from visit_trial import STUDY, lose_last, tables, utilities

    rng = np.random.default_rng([seed, 7])
    arm, values = utilities(PER_ARM, DIFFERENCE, rng)
    seen = lose_last(arm, values, slopes, rng)
    costs = {("records", "year", 0.0, 1.0): rng.normal(1000.0, 300.0, len(arm))}
    dataset, follow_up, _ = tables(arm, seen, costs)
    follow_up["arm"] = dataset.set_index("participant_id")["arm"].reindex(
        follow_up["participant_id"]).to_numpy()  # fmt: skip
    section = ModelSettings(
        cells="by_visit", effect={"family": "normal"}, cost={"family": "normal"},
        **{"draws": 500, "tune": 500, "chains": 2} | sampler,
    ).model_dump(mode="json")  # fmt: skip
    posterior = fit(dataset, [], STUDY, section, seed, follow_up=follow_up,
                    weights=WEIGHTS).posterior["mean_effect"]  # fmt: skip
    draws = (posterior.sel(arm="B") - posterior.sel(arm="A")).to_numpy().ravel()
    lower, upper = np.quantile(draws, (0.025, 0.975))
    return draws.mean(), draws.std(), lower <= DIFFERENCE <= upper


def many(slopes, replicates, **sampler):
    found = np.array([one(slopes, seed, **sampler) for seed in range(replicates)])
    error = found[:, 0].std(ddof=1) / np.sqrt(replicates)
    return {"bias": found[:, 0].mean() - DIFFERENCE, "error": error,
            "spread": found[:, 0].std(ddof=1), "sd": found[:, 1].mean(),
            "coverage": found[:, 2].mean()}  # fmt: skip


@pytest.mark.model
@pytest.mark.parametrize("slopes", SLOPES.values(), ids=SLOPES)
def test_a_few_trials_are_near_the_truth(slopes):
    found = many(slopes, 3, draws=200, tune=300)
    assert abs(found["bias"]) < 4 * found["sd"] / np.sqrt(3)
    assert 0.01 < found["sd"] < 0.03


@pytest.mark.slow
@pytest.mark.parametrize("slopes", SLOPES.values(), ids=SLOPES)
def test_bias_and_coverage_over_forty_trials(slopes):
    found = many(slopes, 40)
    sys.stdout.write(f"\n{slopes}: " + ", ".join(f"{k} {v:.4f}" for k, v in found.items()) + "\n")
    assert abs(found["bias"]) < 3 * found["error"]
    # Of 40 with a chance of 0.95, fewer than 34 are seen in one of two thousand.
    assert found["coverage"] >= 34 / 40
