"""The selection model: what a known selection does, and where it is refused."""

import numpy as np
import pandas as pd
import pytest
from simulated_trial import STUDY, section
from trialbalance.contracts import Problems
from trialbalance.model.cells.from_data.by_total import cells_by_total
from trialbalance.model.selection import cases_of, fit_selection, outcomes_of
from trialbalance.settings.sections.modelling.missing_not_at_random import SelectionSettings

NORMAL = {"effect": {"family": "normal"}, "cost": {"family": "normal"}, "dependence": "none"}


def people(size=400, slope=-1.5, seed=2):
    """Normal outcomes; the better the effect of somebody, the likelier it is seen (slope < 0)."""
    rng = np.random.default_rng(seed)
    arm = np.arange(size) % 2
    baseline = rng.normal(0.6, 0.2, size)
    effect = 0.6 + 0.05 * arm + 0.5 * (baseline - 0.6) + rng.normal(0, 0.15, size)
    cost = 5000 + 800 * arm - 4000 * (effect - 0.6) + rng.normal(0, 1000, size)
    frame = pd.DataFrame(
        {
            "participant_id": [f"p{i}" for i in range(size)],
            "arm": np.array(["A", "B"])[arm],
            "cost": cost, "effect": effect, "died": False, "baseline_effect": baseline,
        }
    )  # fmt: skip
    chance = 1 / (1 + np.exp(0.7 - slope * (effect - effect.mean()) / effect.std()))
    seen = frame.copy()
    seen.loc[rng.random(size) < chance, "effect"] = np.nan
    return frame, seen


@pytest.fixture(scope="module")
def fitted():
    whole, seen = people()
    # The slope that made the data, per SD of the observed effects.
    slope = -1.5 * seen["effect"].std() / whole["effect"].std()
    cases = {"effect_scale": 1.0, "effect_fixed": [round(slope, 3)], "cost_fixed": []}
    own = section(**NORMAL, draws=500, tune=500, chains=2, selection=cases)
    told = []
    draws, table = fit_selection(seen, [], STUDY, own, 1, lambda *step: told.append(step[0]))
    assert told == sorted(told) and told[-1] == 100
    return whole, draws, table


@pytest.mark.model
def test_the_right_slope_recovers_means_that_missing_at_random_misses(fitted):
    whole, draws, table = fitted
    truth = whole.groupby("arm")[["cost", "effect"]].mean()
    spread = draws.groupby(["case", "arm"], sort=False)[["cost", "effect"]].std()
    found = draws.groupby(["case", "arm"], sort=False)[["cost", "effect"]].mean()
    random, right, prior = draws["case"].unique()
    assert (random, prior) == ("missing_at_random", "prior") and right.startswith("effect -1.")
    for arm in ("A", "B"):
        off = (found.loc[random, arm] - truth.loc[arm, "effect"])["effect"]
        assert off > 2 * spread.loc[(random, arm), "effect"]
        near = found.loc[(right, arm), "effect"] - truth.loc[arm, "effect"]
        assert abs(near) < 2.5 * spread.loc[(right, arm), "effect"]
        for case in (random, right):
            near = found.loc[(case, arm), "cost"] - truth.loc[arm, "cost"]
            assert abs(near) < 2 * spread.loc[(case, arm), "cost"]
    slopes = table[table["parameter"] == "effect_delta"].set_index("case")["mean"]
    assert slopes[random] == 0 and slopes[right] == pytest.approx(float(right.split()[1]))


@pytest.mark.model
def test_no_slope_is_the_regression_on_those_seen(fitted):
    """Missing at random, the adjusted contrast of those observed (their cost says more)."""
    _, draws, _ = fitted
    seen = people()[1]
    rows = seen.dropna(subset=["effect"])
    mean = rows[["baseline_effect", "cost"]].mean()
    design = np.column_stack(
        [rows["arm"] == "A", rows["arm"] == "B",
         rows["baseline_effect"] - mean["baseline_effect"]]
    ).astype(float)  # fmt: skip
    residual = rows["cost"] - rows.groupby("arm")["cost"].transform("mean")
    slopes, *_ = np.linalg.lstsq(np.column_stack([design, residual]), rows["effect"], rcond=None)
    own = draws[draws["case"] == "missing_at_random"]
    own = own.pivot_table(index="draw", columns="arm", values="effect")
    contrast = own["B"] - own["A"]
    assert abs(contrast.mean() - (slopes[1] - slopes[0])) < 0.6 * contrast.std()


def test_costs_that_everybody_has_stand_apart():
    _, seen = people(60)
    seen["cost_records"], seen["cost_interview"] = seen["cost"], seen["cost"] * 0.1
    seen.loc[seen["effect"].isna(), "cost_interview"] = np.nan
    seen.loc[:3, "died"] = True
    cells = cells_by_total(seen, ["records", "interview"], STUDY, section(**NORMAL))
    found = {outcome.name: outcome for outcome in outcomes_of(cells)}
    assert list(found) == ["recorded", "effect", "unrecorded"]
    assert [outcome.selected for outcome in found.values()] == [False, True, True]
    assert not found["effect"].applies[:4].any() and len(found["recorded"].missing) == 0
    back = found["recorded"].centre + found["recorded"].scale * found["recorded"].standard
    np.testing.assert_allclose(back, seen["cost_records"])


def test_cases_that_ship():
    plan = SelectionSettings().model_dump()
    _, seen = people(60)
    outcomes = outcomes_of(cells_by_total(seen, [], STUDY, section(**NORMAL)))
    assert list(cases_of(plan, outcomes)) == [
        "missing_at_random", "effect -1", "effect -0.5", "effect 0.5", "effect 1",
    ]  # fmt: skip
    asked = cases_of({**plan, "effect_scale": 0.5, "cost_scale": 2.0}, outcomes)
    # Everybody has a cost, so it has no slope.
    assert asked["prior"] == ([0.0, 0.0], [0.5, 0.0])


@pytest.mark.parametrize(
    ("frame", "settings", "said"),
    [
        (
            people(60)[0], {"selection": {}},
            "dataset: found nobody alive lacks cost or effect; allowed: somebody whose cost or "
            "effect is missing; leave model.selection out.",
        ),
        (
            people(60)[1], {},
            "study.yaml, setting model.selection: found nothing; allowed: its cases; declare "
            "model.selection; {} takes the cases that ship here.",
        ),
        (
            people(60)[1], {"selection": {}, "effect": {"family": "bernoulli"}},
            "study.yaml, setting model.selection: found a selection model; allowed: none where "
            "model.effect.family is bernoulli; use decision.missing_not_at_random.",
        ),
    ],
)  # fmt: skip
def test_where_it_is_refused(frame, settings, said):
    with pytest.raises(Problems) as caught:
        fit_selection(frame, [], STUDY, section(**{**NORMAL, **settings}), 1)
    assert [finding.sentence() for finding in caught.value.findings] == [said]
