"""A cost that is the same for everybody is known, not modelled: zero prices give zero costs."""

import numpy as np
import pytest
from filled import filled
from simulated_trial import STUDY, dataset, section
from trialbalance.decision import compare_arms
from trialbalance.model.forms import fit
from trialbalance.model.prepare import prepare
from trialbalance.model.results import arm_draws

NORMAL = {"effect": {"family": "normal"}, "cost": {"family": "normal"}, "draws": 200, "tune": 300}


@pytest.mark.model
def test_zero_prices_give_zero_incremental_cost():
    frame = dataset(80).assign(cost=0.0)
    fitted = fit(frame, [], STUDY, section(**NORMAL), 1)
    draws = arm_draws(fitted)
    assert (draws["cost"] == 0).all()
    table = compare_arms(draws, STUDY | {"currency": "GBP"}, filled("decision", {}), "qaly")[
        "incremental"
    ]
    assert table.loc[0, ["cost", "cost_lower", "cost_upper"]].tolist() == [0, 0, 0]
    assert table.loc[0, "position"].startswith("costs the same")
    effects = draws.pivot(index="draw", columns="arm", values="effect")
    assert effects.std().gt(0).all()
    assert "not modelled" in fitted.attrs["notes"]


def test_a_known_group_stands_last_and_leaves_the_others_as_they_were():
    frame = dataset(40)
    frame = frame.assign(cost_a=5.0, cost_b=frame["cost"])
    trial = prepare(frame, ["a", "b"], STUDY, section(**NORMAL))
    assert trial.groups == ["b", "a"]
    assert np.isnan(trial.cost_known[0])
    assert trial.cost_known[1] == 5.0
    assert np.isnan(trial.cost[:, 1]).all()
    alone = prepare(frame, ["b"], STUDY, section(**NORMAL))
    assert np.array_equal(trial.cost[:, 0], alone.cost[:, 0], equal_nan=True)
