"""Follow-up that ended by the calendar: two ways recover the truth, complete cases do not."""

import numpy as np
import pandas as pd
import pytest
from followed_trial import STUDY, WEIGHTS, people, section, tables
from trialbalance.model.censoring import censored_means
from trialbalance.model.forms import fit


def trial(size, seed, censored=True):
    """Deaths at one a year in arm A and one in two years in B; recruits followed 0.3 years on."""
    arm, utility, cost = people(size, seed)
    rng = np.random.default_rng(seed + 1)
    death = rng.exponential(np.where(arm == 1, 2.0, 1.0))
    end = rng.uniform(0.3, 1.6, size) if censored else None
    return tables(arm, utility, cost, death=death, end=end)


def averaged(dataset_and_rows, replicates=200):
    rng = np.random.default_rng(3)
    table = censored_means(dataset_and_rows[1], WEIGHTS, ["A", "B"], "A", rng, replicates)
    means = table[table["comparator"].isna()]
    return means.set_index(["quantity", "method", "arm"])


@pytest.fixture(scope="module")
def truth():
    """Mean cost and effect of a very large trial that nobody leaves."""
    return averaged(trial(200_000, 9, censored=False), 1)["estimate"].xs("complete_case", level=1)


@pytest.fixture(scope="module")
def weighted():
    return averaged(trial(3000, 2))


@pytest.mark.parametrize("arm", ["A", "B"])
@pytest.mark.parametrize("quantity", ["cost", "effect"])
def test_complete_cases_are_biased_and_weights_are_not(truth, weighted, quantity, arm):
    target = truth[quantity, arm]
    naive = weighted.loc[(quantity, "complete_case", arm)]
    assert naive["upper"] < target
    own = weighted.loc[(quantity, "weighted", arm)]
    error = (own["upper"] - own["lower"]) / 3.92
    assert abs(own["estimate"] - target) < 3 * error
    assert abs(naive["estimate"] - target) > 4 * error


@pytest.mark.model
def test_the_model_by_visit_recovers_the_truth(truth):
    dataset, follow_up = trial(800, 5)
    own = section(draws=300, tune=400, chains=2)
    idata = fit(dataset, [], STUDY, own, 1, follow_up=follow_up, weights=WEIGHTS)
    naive = averaged((dataset, follow_up), 1)["estimate"].xs("complete_case", level=1)
    for name in ("cost", "effect"):
        for arm in ("A", "B"):
            draws = idata.posterior[f"mean_{name}"].sel(arm=arm).to_numpy()
            # The share of the year lived in the period of a death is not modelled on its own.
            assert abs(draws.mean() - truth[name, arm]) < 3 * draws.std()
            assert naive[name, arm] < truth[name, arm] - 2 * draws.std()
    alive = idata.posterior["alive"].sel(moment="1").mean(("chain", "draw"))
    np.testing.assert_allclose(alive, np.exp([-1.0, -0.5]), atol=0.06)


def test_without_censoring_weights_change_nothing():
    found = averaged(trial(400, 7, censored=False), 50)
    for quantity in ("cost", "effect"):
        for arm in ("A", "B"):
            same = [
                found.loc[(quantity, method, arm), ["estimate", "complete"]].to_list()
                for method in ("weighted", "complete_case")
            ]
            assert same[0] == pytest.approx(same[1])


def test_weights_are_those_of_kaplan_and_meier():
    """Four people: one leaves at 0.4 of the year, so the three left stand for four."""
    rows = pd.DataFrame(
        {
            "participant_id": list("abcd"), "arm": "A", "kind": "cost", "name": "records",
            "moment": "year", "start_years": 0.0, "end_years": 1.0,
            "value": [np.nan, 30.0, 60.0, 90.0],
            "status": ["not_reached", "observed", "observed", "observed"],
            "followed_years": [0.4, 0.2, 1.0, 1.0], "died": [False, True, False, False],
        }
    )  # fmt: skip
    found = censored_means(rows, None, ["A"], "A", np.random.default_rng(1), 20)
    # The death at 0.2 came before anybody left (weight 1); of three at risk at 0.4 one left.
    own = found[found["method"] == "weighted"]["estimate"].iloc[0]
    assert own == pytest.approx((30 + 1.5 * 60 + 1.5 * 90) / 4)


def test_an_arm_that_nobody_was_followed_in_is_left_blank():
    dataset, follow_up = trial(40, 8)
    late = (follow_up["arm"] == "B") & follow_up["moment"].isin(["m12", "p2"])
    follow_up.loc[late, ["value", "status"]] = [np.nan, "not_reached"]
    found = averaged((dataset, follow_up), 20)
    assert np.isnan(found.loc[("cost", "weighted", "B"), "estimate"])
    assert not np.isnan(found.loc[("cost", "weighted", "A"), "estimate"])


def test_totals_have_no_visits_to_weigh():
    rows = trial(4, 1)[1].iloc[:0]
    assert censored_means(rows, None, ["A"], "A", np.random.default_rng(1)).empty
