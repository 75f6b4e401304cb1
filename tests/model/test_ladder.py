"""The ladder: rungs that differ, rungs that the data refuse, and what may be compared."""

import numpy as np
import pytest
from scipy import stats
from simulated_trial import STUDY, dataset, section
from trialbalance import contracts
from trialbalance.model.cells.from_data.by_total import cells_by_total
from trialbalance.model.cells.rows import lay_out
from trialbalance.model.checking import rungs as ladder_of
from trialbalance.model.checking.agreement import compare_roads
from trialbalance.model.checking.comparison import differences, log_jacobian, measure
from trialbalance.model.checking.crosscheck import cross_check
from trialbalance.model.checking.ladder import COLUMNS, fit_ladder
from trialbalance.model.checking.power_scaling import prior_sensitivity
from trialbalance.model.checking.rungs import rungs
from trialbalance.model.components import by_total
from trialbalance.model.forms import fit
from trialbalance.model.results import arm_draws

CONTRAST = {"interval": 0.95, "marked": [20000.0]}
OWN = {
    "effect": {"family": "normal"}, "cost": {"family": "normal", "hurdle": "auto"},
    "draws": 1000, "tune": 500, "chains": 2,
}  # fmt: skip


def laid(frame, own):
    return lay_out(cells_by_total(frame, [], STUDY, own))


def positive(size=150):
    """No structural values: nobody at the ceiling, no cost of zero."""
    frame = dataset(size)
    rng = np.random.default_rng(3)
    frame["effect"] = np.where(
        frame["at_ceiling"].astype(bool), rng.beta(6, 3, size), frame["effect"]
    )
    frame["at_ceiling"] = False
    return frame.assign(cost=frame["cost"] + 500)


@pytest.fixture(scope="module")
def climbed():
    """The own model, one more rung, and one that has no bounds to work with."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            ladder_of,
            "RUNGS",
            {"normal_gamma": ("normal", "gamma"), "beta_gamma": ("beta", "gamma")},
        )
        frame, own = positive(), section(**OWN)
        fitted = fit(frame, [], STUDY, own, 1)
        told = []
        tables = fit_ladder(
            fitted, frame, [], STUDY, own, 0.95, 1, progress=lambda *x: told.append(x)
        )
    return fitted, frame, own, tables, told


def test_rungs_leave_out_the_own_model():
    own = section(effect={"family": "beta", "lower": -0.594})
    assert list(rungs(own)) == ["own", "normal_normal", "normal_gamma", "beta_lognormal"]
    event = rungs(section(effect={"family": "bernoulli"}))
    assert {each["effect"]["family"] for each in event.values()} == {"bernoulli"}
    assert [each["cost"]["family"] for each in event.values()] == ["gamma", "normal", "lognormal"]


def test_the_ladder_stands_side_by_side(climbed, tmp_path):
    fitted, _, _, tables, told = climbed
    table = tables["ladder"]
    assert list(table.columns) == COLUMNS
    assert (
        table["rung"].to_list()
        == ["own", "own", "normal_gamma", "normal_gamma"] + ["beta_gamma"] * 2
    )
    own = table[table["rung"] == "own"].set_index("arm")
    assert own["cost"].to_numpy() == pytest.approx(
        fitted.posterior["mean_cost"].mean(("chain", "draw")).to_numpy()
    )
    refused = table[table["rung"] == "beta_gamma"]
    assert refused["cost"].isna().all()
    assert refused["note"].str.startswith("not fitted: study.yaml").all()
    assert table.loc[:3, "predictive_p"].between(0, 1).all()
    shares, texts = zip(*told, strict=True)
    assert list(shares) == sorted(shares)
    assert texts[0] == "rung own: describing"
    assert "rung normal_gamma: preparing the density" in texts
    assert texts[-1] == "rung beta_gamma: fitting"
    words = {"arms": ["A", "B"]}
    for name, each in tables.items():
        contracts.write(each, tmp_path / f"{name}.csv", name, True, words)
        assert len(contracts.read(tmp_path / f"{name}.csv", name, words)) == len(each)


def test_skewed_costs_prefer_the_gamma_rung(climbed):
    table = climbed[3]["ladder"].set_index(["rung", "arm"])
    assert set(table["measure"].dropna()) == {"continuous effect; continuous cost"}
    assert table.loc[("normal_gamma", "A"), "elpd_difference"] == 0
    gap, error = table.loc[("own", "A"), ["elpd_difference", "elpd_difference_error"]]
    assert gap < -2 * error < 0


def test_densities_are_in_the_units_of_the_data(climbed):
    """The elpd of the normal model is near the log density of the data at its least squares."""
    _, frame, _, tables, _ = climbed
    design = np.column_stack(
        [np.ones(len(frame)), frame["arm"] == "B", frame["baseline_effect"]]
    ).astype(float)
    total = 0.0
    for name in ("cost", "effect"):
        values = frame[name].to_numpy()
        rest = values - design @ np.linalg.lstsq(design, values, rcond=None)[0]
        total += stats.norm.logpdf(rest, 0, rest.std()).sum()
    elpd = tables["ladder"].set_index("rung").loc["own", "elpd"].iloc[0]
    # About a dozen parameters, and cost given effect, stand between the two.
    assert abs(elpd - total) < 25


def test_measures_that_differ_are_not_compared():
    frame = dataset(80)
    plain = section(effect={"family": "normal"}, cost={"family": "normal"})
    spiked = section(effect={"family": "beta", "lower": -0.594}, cost={"family": "gamma"})
    names = [measure(laid(frame, own)) for own in (plain, spiked)]
    assert names == [
        "continuous effect; continuous cost",
        "effect with a share at the ceiling; cost with a share at zero (total)",
    ]
    fits = {
        name: {"measure": name, "people": ("p",), "elpd": np.zeros(1), "high": 0} for name in names
    }
    for gap, error, why in differences(fits).values():
        assert np.isnan([gap, error]).all()
        assert why == "not compared: no other fit on the same measure"


def test_a_high_pareto_k_is_compared_with_nothing():
    one = {"measure": "m", "people": ("p", "q"), "elpd": np.zeros(2), "high": 0}
    found = differences({"a": one, "b": one, "c": {**one, "high": 2}})
    assert found["a"][:2] == found["b"][:2] == (0.0, 0.0)
    assert found["c"][2] == "not compared: participants above the gate of Pareto k (2)"


def test_values_moved_inside_their_bounds_are_another_measure():
    frame = positive(80)
    own = section(effect={"family": "beta", "lower": -0.594, "spike": "no"})
    moved = frame.assign(effect=frame["effect"].where(frame.index > 0, -0.594))
    expected = "continuous effect; some values moved inside their bounds; continuous cost"
    assert measure(laid(moved, own)) == expected


def test_the_whole_of_a_bounded_cost_is_a_share_of_its_own():
    frame = positive(80)
    bounded = {"family": "gamma", "maximum": {"total": float(frame["cost"].max())}}
    own = section(cost=bounded, dependence="none")
    assert measure(laid(frame, own)) == "continuous effect; cost with a share at the whole (total)"


def test_jacobian_counts_continuous_values_only():
    frame = dataset(80)
    own = section(effect={"family": "beta", "lower": -0.594}, cost={"family": "gamma"})
    found = log_jacobian(laid(frame.drop(columns="baseline_effect"), own))
    continuous = ~frame["at_ceiling"].astype(bool).to_numpy()
    positive_cost = frame["cost"].to_numpy() > 0
    mean = frame["cost"][positive_cost].mean()
    expected = -(continuous * np.log(1.594) + positive_cost * np.log(mean))
    np.testing.assert_allclose(found, expected)


def test_prior_sensitivity_of_a_fit(climbed, tmp_path):
    fitted = climbed[0]
    table = prior_sensitivity(fitted, "A", CONTRAST)
    assert table["quantity"].to_list() == ["cost", "effect", "net_benefit"]
    assert set(table["verdict"]) == {"none"}
    # Everybody was seen: means stand on the data, whatever a prior says.
    assert (table["prior"] < 0.05).all()
    spread = [np.diff(fitted.posterior[f"mean_{name}"].to_numpy(), axis=-1).std()
              for name in ("cost", "effect")]  # fmt: skip
    moved = (table["stronger_prior"] - table["weaker_prior"]).abs().iloc[:2]
    assert (moved < 0.05 * np.array(spread)).all()
    words = {"arms": ["A", "B"]}
    contracts.write(table, tmp_path / "one.csv", "prior_sensitivity", True, words)


def test_normal_model_agrees_with_the_frequentist_road_on_complete_data(climbed):
    fitted, frame, own, tables, _ = climbed
    roads = cross_check(frame, by_total(frame, []), STUDY, own, CONTRAST, 1)
    table = compare_roads(roads, arm_draws(fitted), tables["ladder_draws"], CONTRAST, True)
    normal = table[table["road"] == "bayesian_normal"]
    assert set(normal["verdict"]) == {"agrees"}
    assert (normal["difference_in_se"].abs() < 0.1).all()
