"""A cost that is the same for everybody is known, not modelled: zero prices give zero costs."""

import numpy as np
import pytest
from filled import filled
from simulated_trial import STUDY, dataset, section
from trialbalance.decision import compare_arms
from trialbalance.model.cells.from_data.by_total import cells_by_total
from trialbalance.model.forms import fit
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
    cells = cells_by_total(frame, ["a", "b"], STUDY, section(**NORMAL))
    assert cells.groups == ("b", "a")
    assert cells.names == ["effect", "b"]
    assert (cells.fixed_cost == [0.0, 5.0]).all()
    alone = cells_by_total(frame, ["b"], STUDY, section(**NORMAL))
    assert np.array_equal(cells.value, alone.value, equal_nan=True)
