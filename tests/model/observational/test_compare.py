"""The table of associations: what is compared, what is only described, and in which words."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from trialbalance.contracts import Problems
from trialbalance.model.observational import compare_observed
from trialbalance.model.observational.described import bias_to_meet, describe
from trialbalance.settings.sections.modelling.observational import ObservationalSettings

sys.path.insert(0, str(Path(__file__).parent))
from simulators import confounded

STUDY = {
    "arms": {"leave": {}, "order": {}}, "comparator": "leave", "horizon_years": 1.0,
    "periods": {"before": [-0.5, 0.0], "year": [0.0, 1.0]},
}  # fmt: skip
OUTCOMES = {"wellbeing": {"outcome": "wellbeing"}}


def records(size=600, strength=0.7, seed=3):
    """Records of a confounded comparison, with orders, readmissions and costs beside them."""
    rng = np.random.default_rng(seed)
    value, arm, design = confounded(size, 0.08, rng, lost=True, strength=strength)
    ids = [f"p{number:04d}" for number in range(size)]
    people = pd.DataFrame({
        "participant_id": ids, "arm": np.array(["leave", "order"])[arm], "everyone": True,
        "severity": design[:, 0], "sex": np.where(design[:, 1] > 0, "male", "female"),
        "randomisation_date": pd.Timestamp("2010-01-01"), "death_date": pd.NaT,
        "well": pd.array(value > 0.6, dtype="boolean"),
    })  # fmt: skip
    people["death_date"] = pd.to_datetime(people["death_date"])
    people.loc[np.isnan(value), "well"] = pd.NA
    days = rng.integers(1, 200, size)
    end = np.minimum(rng.exponential(1.5, size), 1.0)
    return {
        "participants": people,
        "outcomes": pd.DataFrame({"participant_id": ids, "outcome": "wellbeing", "value": value}),
        "episodes": pd.DataFrame({
            "participant_id": ids[::2], "type": "legal_status", "item": "order",
            "start_date": (pd.Timestamp("2010-01-01") + pd.to_timedelta(days, "D"))[::2],
            "end_date": pd.NaT,
        }).astype({"end_date": "datetime64[ns]"}),
        "endpoint_risk": pd.DataFrame({
            "participant_id": ids, "endpoint": "readmission", "start_years": 0.0, "end_years": end,
        }),
        "endpoint_events": pd.DataFrame({
            "participant_id": ids, "endpoint": "readmission", "time_years": end, "amount": 9.0,
        })[end < 1],
        "participant_costs": pd.DataFrame({
            "participant_id": ids, "period": "year", "perspective": "health",
            "source_group": "records", "cost": 1000.0 + 500 * arm,
        }),
        "cost_observed": pd.DataFrame({
            "participant_id": ids, "period": "year", "source_group": "records", "observed": True,
        }),
    }  # fmt: skip


def compared(tables=None, comparison="observational", study=STUDY, **settings):
    settings = {"population": "everyone", "covariates": ["severity", "sex"], "resamples": 100,
                **settings}  # fmt: skip
    section = {
        "comparison": comparison,
        "observational": ObservationalSettings.model_validate(settings).model_dump(),
    }
    return compare_observed(tables or records(), study, section, 1)


def of(table, **where):
    for column, value in where.items():
        table = table[table[column] == value]
    return table


def test_arms_that_overlap_are_associated_and_balanced_by_weights():
    tables = compared(outcomes=OUTCOMES)
    lines = tables["associations"]
    contrast = of(lines, estimate="difference").set_index("method")
    assert set(contrast.index) == {"crude", "g_computation", "doubly_robust"}
    assert set(contrast["wording"]) == {"associated with"}
    assert contrast.loc["crude", "upper"] < 0.08
    for method in ("g_computation", "doubly_robust"):
        # Three standard errors, since this is one sample; coverage is tested over many.
        error = (contrast.loc[method, "upper"] - contrast.loc[method, "lower"]) / 3.92
        assert abs(contrast.loc[method, "value"] - 0.08) < 3 * error
    assert contrast.loc["doubly_robust", "n"] + contrast.loc["doubly_robust", "missing"] == 600
    assert 100 < contrast.loc["doubly_robust", "effective_n"] < 600
    sizes = of(lines, method="described")["effective_n"]
    assert sizes.sum() == pytest.approx(contrast.loc["doubly_robust", "effective_n"])
    balance = tables["covariate_balance"].set_index("covariate")
    assert balance.loc["severity", "before"] > 0.5
    assert abs(balance.loc["severity", "after"]) < 0.1
    assert set(balance["verdict"]) == {"balanced"}
    overlap = tables["overlap"]
    assert overlap["participants"].sum() == 600
    assert (overlap["upper"] >= overlap["lower"]).all()
    low, high = (of(overlap, decile=end).set_index("group")["participants"] for end in (1, 10))
    assert low["leave"] > low["order"]
    assert high["order"] > high["leave"]


def test_it_is_told_when_the_adjusted_methods_differ():
    tables = records(size=1500, strength=1.2)
    own = tables["participants"]["severity"].to_numpy()
    tables["outcomes"]["value"] = np.exp(1.2 * own)
    notes = of(compared(tables, outcomes=OUTCOMES)["associations"], estimate="difference")["note"]
    assert notes.str.contains("standard errors: one of their models is wrong").tolist() == [
        False, True, True
    ]  # fmt: skip
    straight = of(compared(outcomes=OUTCOMES)["associations"], estimate="difference")["note"]
    assert set(straight) == {"Common causes that were not measured may remain."}


def test_costs_of_a_perspective_are_an_outcome():
    lines = compared(outcomes={"cost": {"perspective": "health"}})["associations"]
    assert of(lines, method="doubly_robust")["value"].iloc[0] == pytest.approx(500)


@pytest.mark.parametrize("design", [True, False], ids=["by design", "as found"])
def test_no_contrast_where_arms_do_not_overlap(design):
    tables = compared(
        records(strength=0.7 if design else 30.0), "described" if design else "observational",
        outcomes={"well": {"outcome": "well", "kind": "binary", "bias": [-0.1, 0.1]}},
    )  # fmt: skip
    lines = tables["associations"]
    assert set(lines["wording"]) == {"described, not compared"}
    assert not of(lines, estimate="difference").size
    meet = of(lines, estimate="bias_to_meet").iloc[0]
    assert meet["note"].startswith("No contrast: the arms do not overlap")
    assert meet["value"] >= 0
    described = of(lines, method="described").set_index("arm")
    bounds = of(lines, method="bounds").set_index("arm")
    for arm in STUDY["arms"]:
        assert bounds.loc[arm, "lower"] < described.loc[arm, "value"] < bounds.loc[arm, "upper"]
        tried = of(lines, method="bias_sensitivity", estimate="risk", arm=arm)
        assert np.ptp(tried["value"] + tried["bias"]) < 1e-9


def test_an_arm_without_participants_stays_visible():
    study = STUDY | {"arms": {**STUDY["arms"], "probation": {}}}
    tables = compared(study=study, outcomes=OUTCOMES)
    nobody = of(tables["associations"], arm="probation")
    assert set(nobody["note"]) == {"No participants recruited."}
    assert of(nobody, method="described")["n"].tolist() == [0]
    assert not of(nobody, estimate="difference").size
    assert of(tables["associations"], arm="order", estimate="difference").size
    assert of(tables["overlap"], group="probation")["participants"].sum() == 0


def test_exposures_and_emulations_have_their_lines():
    lines = compared(
        exposures={"order_time": {"items": ["order"], "endpoint": "readmission"}},
        emulations={"order_early": {"items": ["order"], "endpoint": "readmission",
                                    "grace_days": 60, "step_days": 10}},
    )["associations"]  # fmt: skip
    ratio = of(lines, method="time_varying_exposure").iloc[0]
    assert ratio["lower"] < 1 < ratio["upper"]
    assert "as it stood 30 days before" in ratio["note"]
    assert "may remain" in ratio["note"]
    risks = of(lines, method="clone_censor_weight").set_index("estimate")
    difference = risks.loc["risk_starting", "value"] - risks.loc["risk_not_starting", "value"]
    assert risks.loc["risk_difference", "value"] == pytest.approx(difference)
    assert risks.loc["risk_difference", "lower"] < 0 < risks.loc["risk_difference", "upper"]
    assert set(lines["wording"]) == {"associated with"}


def test_groups_of_a_column_can_stand_in_place_of_the_arms():
    tables = records()
    tables["participants"].loc[0, "well"] = pd.NA
    found = compared(tables, by="well", covariates=["arm", "severity"], outcomes=OUTCOMES)
    contrast = of(found["associations"], method="doubly_robust").iloc[0]
    assert (contrast["arm"], contrast["comparator"]) == ("well: true", "well: false")
    assert contrast["adjusted_for"] == "arm, severity"
    assert contrast["value"] > 0
    known = tables["participants"]["well"].notna()
    assert (
        of(found["associations"], method="described")[["n", "missing"]].sum().sum() == known.sum()
    )
    assert set(found["overlap"]["group"]) == {"well: false", "well: true"}


def test_a_measure_at_a_visit_is_an_outcome_and_says_when_it_is_illustrative():
    tables = records()
    ids = tables["participants"]["participant_id"]
    measures = pd.DataFrame({"participant_id": ids, "measure": "score", "visit": "end"})
    tables["measures"] = pd.concat([measures.assign(value=1.0, visit="start"),
                                    measures.assign(value=3.0)])  # fmt: skip
    one = {"outcome": "score", "visit": "end", "illustrative": True}
    lines = compared(tables, outcomes={"score": one})["associations"]
    assert set(of(lines, method="described")["value"]) == {3.0}
    assert lines["note"].str.startswith("Illustrative, assumed.").all()


def test_what_being_lost_could_mean_is_a_map_whose_corner_is_lost_as_relapsed():
    study = STUDY | {"arms": {**STUDY["arms"], "probation": {}}}
    one = {"outcome": "well", "kind": "binary", "lost": [0, 0.5, 1]}
    tables = compared(comparison="described", study=study, outcomes={"well": one})
    cells, bounds = tables["lost_map"], of(tables["associations"], method="bounds")
    assert len(cells) == 2 * 9
    order, leave = (bounds.set_index("arm").loc[arm] for arm in ("order", "leave"))
    corners = of(cells, arm="order").set_index(["lost_in_arm", "lost_in_comparator"])
    assert corners.loc[(0, 0), "arm_mean"] == pytest.approx(order["lower"])
    assert corners.loc[(1, 1), "comparator_mean"] == pytest.approx(leave["upper"])
    assert set(of(cells, arm="probation")["higher"]) == {"not known"}
    assert set(of(cells, arm="probation")["note"]) == {"No participants recruited."}
    # By design nothing is compared: what would look like overlap is not printed.
    assert tables["overlap"].empty
    assert tables["covariate_balance"].empty


EARLY = {"items": ["order"], "endpoint": "readmission", "grace_days": 60, "step_days": 10}
BY_LAW = EARLY | {"asked_by": "screened", "criteria": ["history", "harm"]}


def asked(tables, days, unmet=()):
    """Add a table of criteria: all met on a day, but for those of `unmet`, who lack one."""
    ids = tables["participants"]["participant_id"]
    parts = [
        pd.DataFrame({
            "participant_id": ids, "asked_by": "screened", "criterion": criterion, "answer": "met",
            "asked_on": pd.Timestamp("2010-01-01") + pd.to_timedelta(days, "D"),
        })
        for criterion in ("history", "harm")
    ]  # fmt: skip
    parts[1].loc[ids.isin(unmet), "answer"] = "not_evidenced"
    return tables | {"criteria": pd.concat(parts, ignore_index=True)}


def test_time_zero_is_the_first_day_on_which_the_law_finds_every_criterion_met():
    tables = records(300)
    unmet = tables["participants"]["participant_id"][:100]
    whole = compared(tables, emulations={"x": EARLY})["associations"]
    same = compared(asked(tables, 0), emulations={"x": BY_LAW})["associations"]
    assert whole["value"].tolist() == same["value"].tolist()
    some = compared(asked(tables, 0, unmet), emulations={"x": BY_LAW})["associations"]
    assert set(some["n"]) == {200}
    assert some["note"].str.startswith("200 of 300 were eligible; ").all()


def test_who_started_before_being_eligible_is_left_out():
    tables = records()
    people = tables["participants"]
    later = compared(asked(tables, 100), emulations={"x": BY_LAW})["associations"]
    starts = tables["episodes"]["start_date"]
    started = (starts < pd.Timestamp("2010-04-11")).sum()
    assert set(later["n"]) == {len(people) - started}


@pytest.mark.parametrize(
    ("criteria", "unmet", "sentence"),
    [
        (["histroy"], (), r"emulations\.x\.criteria: found histroy; allowed: harm, history"),
        (["harm"], "all", "found nobody who met them all"),
    ],
)
def test_criteria_that_were_not_asked_about_or_that_nobody_met(criteria, unmet, sentence):
    tables = records(60)
    ids = tables["participants"]["participant_id"]
    tables = asked(tables, 0, ids if unmet == "all" else ())
    with pytest.raises(Problems, match=sentence):
        compared(tables, emulations={"x": BY_LAW | {"criteria": criteria}})


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"emulations": {"x": EARLY | {"criteria": ["harm"]}}}, "both, or neither"),
        ({"outcomes": {"x": {"perspective": "health", "visit": "end"}}}, "beside an outcome"),
    ],
)
def test_settings_that_do_not_go_together(settings, sentence):
    with pytest.raises(ValueError, match=sentence):
        ObservationalSettings.model_validate(settings)


def test_an_exposure_that_nobody_has_gets_no_estimate():
    line = compared(exposures={"x": {"items": ["other"], "endpoint": "readmission"}})
    line = line["associations"].iloc[0]
    assert np.isnan(line["value"])
    assert line["note"].startswith("No estimate: nobody is exposed before an event")


def test_the_same_seed_gives_the_same_table():
    pd.testing.assert_frame_equal(
        compared(outcomes=OUTCOMES)["associations"], compared(outcomes=OUTCOMES)["associations"]
    )


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"covariates": ["severty"]}, r"model\.observational\.covariates\.severty: found severty"),
        ({"population": "all"}, r"model\.observational\.population: found all"),
        ({"outcomes": {"x": {"outcome": "y"}}},
         r"model\.observational\.outcomes\.x\.outcome: found y; allowed: wellbeing, or a column"),
        ({"exposures": {"x": {"items": ["order"], "endpoint": "y"}}},
         r"model\.observational\.exposures\.x\.endpoint: found y; allowed: readmission"),
        ({"outcomes": {"x": {"perspective": "moon"}}}, "no costs for moon; allowed: health"),
    ],
)  # fmt: skip
def test_names_that_nothing_has(settings, sentence):
    with pytest.raises(Problems, match=sentence):
        compared(**settings)


def test_described_intervals_are_the_known_ones():
    share = describe(np.array([1.0] * 7 + [0.0] * 13), "binary", None)
    assert [round(share[end], 3) for end in ("lower", "upper")] == [0.181, 0.567]
    mean = describe(np.array([1.0, 2.0, 3.0, 4.0]), "mean", [0, 5])
    assert [round(mean[end], 3) for end in ("lower", "upper")] == [0.446, 4.554]
    assert describe(np.array([2.0]), "mean", None)["value"] == 2
    assert np.isnan(describe(np.array([2.0]), "mean", None)["lower"])


def test_intervals_that_overlap_need_no_bias_to_meet():
    assert bias_to_meet({"lower": 0, "upper": 2}, {"lower": 1, "upper": 3}) == 0
    assert bias_to_meet({"lower": 5, "upper": 6}, {"lower": 1, "upper": 3}) == 2
