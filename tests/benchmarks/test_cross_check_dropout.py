"""The second road where dropout at month 12 depends on month 6: bias and coverage.

By default 24 trials with 200 resamples; ``pytest -m slow`` runs 200 of each (about three minutes).
"""

import sys
from pathlib import Path

import numpy as np
import pytest
from trialbalance.model.checking.crosscheck import cross_check
from trialbalance.model.components import by_total, by_visit
from trialbalance.settings.sections.model import ModelSettings

sys.path.insert(0, str(Path(__file__).parent.parent / "model"))
from visit_trial import AREAS, STUDY, VISITS, lose_last, tables, utilities

TRUTH, SIZE = 0.035, 150
DROPOUT = [(0.0, -1.2), (-1.2, 0.4)]
SECTION = ModelSettings(
    effect={"covariates": ["baseline_effect"]},
    cost={"covariates": []},
    cross_check={"resamples": 200},
).model_dump(mode="json")


def estimates(slopes, trials, whole_only=False):
    """Estimate, standard error and interval of the difference in QALYs of each trial."""
    found = []
    for number in range(trials):
        rng = np.random.default_rng([20, number])
        arm, values = utilities(SIZE, TRUTH, rng)
        cost = rng.gamma(2, 1000, len(arm)) + 3000 * (0.9 - values[:, 1])
        seen = lose_last(arm, values, slopes, rng)
        dataset, follow_up, measures = tables(arm, seen, {("records", "year", 0.0, 1.0): cost})
        dataset["effect"] = seen @ [0.25, 0.5, 0.25]
        components = by_visit(
            dataset, ["records"], follow_up, measures, list(VISITS), STUDY, AREAS
        )  # fmt: skip
        if whole_only:
            components = by_total(dataset, ["records"])
        contrast = {"interval": 0.95, "marked": []}
        table = cross_check(dataset, components, STUDY, SECTION, contrast, number)
        row = table[table["road"] == "imputed_bootstrap"].set_index("quantity").loc["effect"]
        found.append(row[["estimate", "standard_error", "lower", "upper"]].to_numpy(float))
    return np.array(found)


def told(found):
    """Bias in standard errors, and the share of intervals that hold the truth."""
    estimate, error, lower, upper = found.T
    return (estimate.mean() - TRUTH) / error.mean(), ((lower < TRUTH) & (upper > TRUTH)).mean()


@pytest.mark.parametrize("slopes", DROPOUT)
def test_dropout_by_what_was_seen_leaves_the_estimate_alone(slopes):
    """24 trials tell a bias of the totals' size (1.5 to 2.5 standard errors) from none."""
    bias, coverage = told(estimates(slopes, 24))
    assert abs(bias) < 0.6
    assert coverage > 0.8


def test_totals_alone_would_not_do():
    bias, _ = told(estimates(DROPOUT[1], 12, whole_only=True))
    assert bias < -1.2


@pytest.mark.slow
@pytest.mark.parametrize("slopes", DROPOUT)
def test_bias_and_coverage_of_the_second_road(slopes):
    bias, coverage = told(estimates(slopes, 200))
    print(f"{slopes}: bias {bias:.3f} standard errors, coverage {coverage:.3f}")  # noqa: T201
    assert abs(bias) < 0.2
    assert 0.92 <= coverage <= 0.98
