"""Clinical endpoints: each kind against an independent analysis of the same data."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from trialbalance.contracts import Problems
from trialbalance.model.endpoints.effects import RATIOS, effects
from trialbalance.model.endpoints.estimate import estimate_endpoints, wording
from trialbalance.model.endpoints.terms import make_terms
from trialbalance.model.persontime import find_exposure, split_time
from trialbalance.settings.sections.model import ModelSettings
from trialbalance.settings.sections.modelling.endpoints import EndpointModel

STUDY = {"arms": {"order": {}, "leave": {}}, "comparator": "leave", "horizon_years": 1.0}
EMPTY = STUDY | {"arms": {**STUDY["arms"], "probation": {}}}
SIZE = 900
MODELS = {
    "any": {"endpoint": "readmission", "kind": "binary", "covariates": ["severity", "sex"]},
    "number": {"endpoint": "readmission", "kind": "count", "covariates": ["severity", "sex"]},
    "first": {"endpoint": "readmission", "kind": "time_to_event", "covariates": ["severity"],
              "exposure": {"items": ["order"], "form": "current", "lag_days": 0}},
    "well": {"endpoint": "well", "kind": "proportion", "groups": "site",
             "benchmark": {"value": 0.5, "source": "elsewhere"}},
}  # fmt: skip


def simulate(seed=11):
    """Recurrent readmissions by a gamma frailty: an order multiplies the rate by 0.7.

    An order, for half of the people of either arm and half of the year, multiplies it by 1.5.
    """
    rng = np.random.default_rng(seed)
    arm = np.array(["order", "leave"])[rng.integers(0, 2, SIZE)]
    severity, sex = rng.normal(size=SIZE), rng.integers(0, 2, SIZE)
    rate = 0.9 * np.exp(0.5 * severity) * np.where(arm == "order", 0.7, 1.0)
    rate = rate * rng.gamma(4.0, 0.25, SIZE)
    status = rng.random(SIZE) < 0.5
    follow = np.where(rng.random(SIZE) < 0.2, rng.random(SIZE), 1.0)
    times = []
    for person in range(SIZE):
        drawn = np.sort(rng.random(rng.poisson(1.5 * rate[person])))
        kept = (drawn < 0.5) & status[person] | (rng.random(len(drawn)) < 1 / 1.5)
        times += [(f"p{person:03d}", time) for time in drawn[kept & (drawn < follow[person])]]
    ids = [f"p{person:03d}" for person in range(SIZE)]
    start = pd.Timestamp("2010-01-01")
    people = pd.DataFrame({
        "participant_id": ids, "arm": arm, "severity": severity, "everyone": True,
        "sex": np.where(sex, "male", "female"), "randomisation_date": start,
        "site": rng.choice(["north", "south", "west", "tiny"], SIZE, p=[0.5, 0.3, 0.193, 0.007]),
    })  # fmt: skip
    people["well"] = pd.array(rng.random(SIZE) < 0.4, dtype="boolean")
    people.loc[::10, "well"] = pd.NA
    people.loc[people["site"] == "tiny", "well"] = True
    return {
        "participants": people,
        "endpoint_events": pd.DataFrame(times, columns=["participant_id", "time_years"]).assign(
            endpoint="readmission", amount=5.0
        ),
        "endpoint_risk": pd.DataFrame({
            "participant_id": ids, "endpoint": "readmission", "start_years": 0.0,
            "end_years": follow,
        }),
        "episodes": pd.DataFrame({
            "participant_id": np.array(ids)[status], "type": "legal_status", "item": "order",
            "start_date": start, "end_date": start + pd.Timedelta(days=182.625),
        }),
    }  # fmt: skip


def settings(models, comparison="randomised", **changed):
    models = {
        name: EndpointModel.model_validate({"population": "everyone", **one}).model_dump()
        for name, one in models.items()
    }
    return ModelSettings().model_dump() | {
        "endpoints": models, "comparison": comparison, "draws": 600, "tune": 600, **changed
    }  # fmt: skip


@pytest.fixture(scope="module")
def records():
    return simulate()


@pytest.fixture(scope="module")
def tables(records):
    return estimate_endpoints(records, EMPTY, settings(MODELS), 5)


@pytest.fixture(scope="module")
def found(tables):
    """Return a function that looks one line of the effects up."""
    effects = tables["endpoint_effects"]

    def look(endpoint, estimate, arm=None, group=None):
        chosen = effects[(effects["endpoint"] == endpoint) & (effects["estimate"] == estimate)]
        for column, value in (("arm", arm), ("group", group)):
            chosen = chosen[chosen[column].isna() if value is None else chosen[column] == value]
        (row,) = chosen.to_dict("records")
        return row

    return look


def regression(records, kind):
    """Return log ratio of arm order and its error, by statsmodels on the same data."""
    people = records["participants"]
    number = people["participant_id"].map(records["endpoint_events"]["participant_id"]
                                          .value_counts()).fillna(0).to_numpy()  # fmt: skip
    design = np.column_stack([
        np.ones(SIZE), people["arm"] == "order", people["severity"], people["sex"] == "male"
    ]).astype(float)  # fmt: skip
    if kind == "count":
        years = records["endpoint_risk"]["end_years"].to_numpy()
        model = sm.NegativeBinomial(number, design, exposure=years)
        fit = model.fit(disp=0)
        return fit.params[1], fit.bse[1]
    fit = sm.GLM((number > 0).astype(float), design, sm.families.Binomial()).fit()
    risk = [fit.predict(np.column_stack([design[:, :1], np.full(SIZE, arm), design[:, 2:]])).mean()
            for arm in (1, 0)]  # fmt: skip
    return risk


def test_risks_are_those_of_a_standardised_logistic_regression(records, found):
    risk = regression(records, "binary")
    assert found("any", "risk", "order")["mean"] == pytest.approx(risk[0], abs=0.01)
    assert found("any", "risk", "leave")["mean"] == pytest.approx(risk[1], abs=0.01)
    difference = found("any", "risk_difference", "order")
    assert difference["mean"] == pytest.approx(risk[0] - risk[1], abs=0.01)
    ratio = found("any", "relative_risk", "order")
    assert ratio["median"] == pytest.approx(risk[0] / risk[1], abs=0.03)
    assert ratio["lower"] < ratio["median"] < ratio["upper"]


def test_rate_ratio_is_that_of_a_negative_binomial_regression(records, found):
    log_ratio, error = regression(records, "count")
    ratio = found("number", "rate_ratio", "order")
    assert np.log(ratio["median"]) == pytest.approx(log_ratio, abs=0.25 * error)
    width = np.log(ratio["upper"] / ratio["lower"]) / 3.92
    assert width == pytest.approx(error, rel=0.12)
    assert ratio["lower"] < 0.7 < ratio["upper"]
    assert ratio["wording"] == "compared as randomised"
    total = found("number", "rate", "order")["events"] + found("number", "rate", "leave")["events"]
    assert total == len(records["endpoint_events"])


def test_hazard_ratios_are_those_of_a_cox_regression_with_the_exposure_over_time(records, found):
    people = records["participants"].set_index("participant_id")
    first = records["endpoint_events"].groupby("participant_id")["time_years"].min()
    rows = []
    for who, end in records["endpoint_risk"][["participant_id", "end_years"]].to_numpy():
        time = first.get(who, np.inf)
        stop, event = min(time, end), time <= end
        on = (records["episodes"]["participant_id"] == who).any()
        person = people.loc[who]
        parts = [(0, min(stop, 0.5), event and stop <= 0.5, on)]
        if stop > 0.5:
            parts.append((0.5, stop, event, False))
        rows += [(*part, person["arm"] == "order", person["severity"]) for part in parts]
    entry, stop, event, on, arm, severity = (
        np.array(column, float) for column in zip(*rows, strict=True)
    )
    design = np.column_stack([arm, on, severity])
    fit = sm.PHReg(stop, design, status=event, entry=entry, ties="efron").fit()
    for number, row in enumerate((found("first", "hazard_ratio", "order"),
                                  found("first", "hazard_ratio", group="order"))):  # fmt: skip
        assert np.log(row["median"]) == pytest.approx(fit.params[number], abs=0.3 * fit.bse[number])
        assert row["lower"] < (0.7, 1.5)[number] < row["upper"]
    assert found("first", "hazard_ratio", group="order")["wording"] == "associated with"


def test_event_free_time_is_the_area_under_event_free_share():
    rate, horizon = 0.8, 2.0
    records = {
        "participants": pd.DataFrame({"participant_id": ["p", "q"], "arm": ["order", "leave"],
                                      "everyone": True}),
        "endpoint_events": pd.DataFrame({"participant_id": ["p"], "endpoint": "x",
                                         "time_years": [1.0], "amount": [1.0]}),
        "endpoint_risk": pd.DataFrame({"participant_id": ["p", "q"], "endpoint": "x",
                                       "start_years": 0.0, "end_years": [1.0, 2.0]}),
    }  # fmt: skip
    models = settings({"x": {"endpoint": "x", "kind": "time_to_event", "intervals": 2}})
    (term,) = make_terms(records, STUDY | {"horizon_years": horizon}, models["endpoints"])
    draws = {"level": np.log(np.full((3, 2), rate)), "interval": np.zeros((3, 1))}
    values = {(name, arm): value[0] for name, arm, *_, value in effects(term, draws, "leave", 1)}
    assert values["event_free", "order"] == pytest.approx(np.exp(-rate * horizon))
    area = (1 - np.exp(-rate * horizon)) / rate
    assert values["event_free_time", "order"] == pytest.approx(area)
    assert values["hazard_ratio", "order"] == pytest.approx(1)


def test_groups_are_drawn_to_one_another_the_small_ones_most(records, found):
    seen = records["participants"].dropna(subset=["well"])
    crude = seen.groupby("site")["well"].mean().astype(float)
    overall = found("well", "proportion")
    assert overall["mean"] == pytest.approx(seen["well"].astype(float).mean(), abs=0.01)
    assert found("well", "proportion", group="north")["mean"] == pytest.approx(
        crude["north"], abs=0.02
    )
    tiny = found("well", "proportion", group="tiny")
    assert crude["tiny"] == 1
    assert overall["mean"] < tiny["mean"] < 0.9
    assert tiny["n"] == tiny["events"] == (seen["site"] == "tiny").sum()


def test_a_proportion_from_elsewhere_is_set_beside_each_group(found):
    for group in (None, "north", "tiny"):
        keys = {} if group is None else {"group": group}
        own, apart = (found("well", what, **keys)
                      for what in ("proportion", "difference_from_benchmark"))  # fmt: skip
        assert apart["lower"] == pytest.approx(own["lower"] - 0.5)
        assert apart["n"] == own["n"]
        assert apart["wording"] == "described"


def test_no_mean_of_a_ratio_and_every_check_kept(tables):
    effects, checks = tables["endpoint_effects"], tables["endpoint_checks"]
    ratios = effects["estimate"].isin(RATIOS)
    assert effects.loc[ratios, "mean"].isna().all()
    somebody = (effects["arm"] != "probation") & ~ratios
    assert effects.loc[somebody, "mean"].notna().all()
    assert set(checks["verdict"]) == {"pass"}, checks[checks["verdict"] != "pass"]
    assert checks["check"].is_unique
    assert {"r_hat", "divergences"} <= set(checks["check"])


def test_an_arm_without_participants_is_there_and_blank(tables):
    empty = tables["endpoint_effects"].query("arm == 'probation'")
    assert set(empty["endpoint"]) == {"any", "number", "first"}
    assert (empty.loc[empty["comparator"].isna(), "n"] == 0).all()
    assert empty[["median", "mean", "lower", "upper"]].isna().all(axis=None)


def test_unknown_covariates_are_told(records):
    people = records["participants"].copy()
    people.loc[:4, "severity"] = np.nan
    models = settings({"any": MODELS["any"]})["endpoints"]
    (term,) = make_terms(records | {"participants": people}, STUDY, models)
    assert term.adjusted_for == "severity (5 unknown, taken at the mean), sex"
    assert term.size.sum() == SIZE


@pytest.mark.parametrize(
    ("comparison", "told"),
    [("randomised", "compared as randomised"), ("observational", "associated with"),
     ("described", None)],
)  # fmt: skip
def test_what_is_said_of_arms_that_were_not_randomised(comparison, told):
    assert wording(("risk_difference", "a", "b", "", None), comparison) == told
    assert wording(("risk", "a", "", "", None), comparison) == "described"
    some = wording(("rate_ratio", "a", "b", "", None), comparison, everybody=False)
    assert some == ("compared among those ever at risk" if comparison == "randomised" else told)
    assert wording(("hazard_ratio", "", "", "order", None), comparison) == "associated with"


def test_time_at_risk_and_events_are_kept_whatever_the_cuts(records):
    risk, events = records["endpoint_risk"], records["endpoint_events"]
    for cuts in ([0, 1], [0, 0.3, 0.31, 1], np.linspace(0, 1, 53)):
        rows = split_time(risk, events, cuts)
        assert rows["years"].sum() == pytest.approx(risk["end_years"].sum())
        assert rows["events"].sum() == len(events)
        assert rows["amount"].sum() == pytest.approx(events["amount"].sum())


def test_spells_of_another_status_or_before_the_index_date_are_no_exposure(records):
    spells = records["episodes"].assign(end_date=pd.Timestamp("2009-12-01"))
    assert find_exposure(records["participants"], spells, ["order"]).empty
    assert find_exposure(records["participants"], records["episodes"], ["leave"]).empty


@pytest.mark.parametrize(
    ("one", "sentence"),
    [
        ({"endpoint": "lost", "kind": "binary"}, r"endpoints\.x\.endpoint: found lost"),
        ({"endpoint": "lost", "kind": "count"}, "with time at risk: readmission"),
        ({"endpoint": "severity", "kind": "binary"}, "severity: found values beside true and"),
        ({"endpoint": "well", "kind": "binary", "covariates": ["age"]},
         r"endpoints\.x\.covariates\.age: found age"),
        ({"endpoint": "well", "kind": "binary", "population": "all"}, "population: found all"),
        ({"endpoint": "well", "kind": "proportion", "groups": "ward"}, "groups: found ward"),
    ],
)  # fmt: skip
def test_names_that_nothing_has(records, one, sentence):
    with pytest.raises(Problems, match=sentence):
        make_terms(records, STUDY, settings({"x": one})["endpoints"])


def test_an_exposure_needs_episodes_and_a_population_somebody(records):
    models = settings({"first": MODELS["first"]})["endpoints"]
    with pytest.raises(Problems, match=r"no episodes; allowed: legal-status episodes"):
        make_terms(records | {"episodes": None}, STUDY, models)
    spells = records["episodes"].assign(item="leave")
    with pytest.raises(Problems, match="the same exposure at all times at risk"):
        make_terms(records | {"episodes": spells}, STUDY, models)
    nobody = records["participants"].assign(everyone=False)
    with pytest.raises(Problems, match="everyone: found nobody"):
        make_terms(records | {"participants": nobody}, STUDY, models)


@pytest.mark.parametrize(
    ("one", "sentence"),
    [
        ({"kind": "proportion"}, "groups: allowed for kind: proportion, which needs it"),
        ({"kind": "binary", "benchmark": {"value": 0.5, "source": "x"}}, "benchmark: allowed for"),
        ({"kind": "binary", "groups": "site"}, "groups: allowed for kind: proportion"),
        ({"kind": "count", "exposure": {"items": ["order"]}}, "exposure: allowed for kind: time"),
        ({"kind": "proportion", "groups": "site", "covariates": ["age"]}, "covariates: allowed"),
    ],
)
def test_details_that_do_not_belong_to_a_kind(one, sentence):
    with pytest.raises(ValueError, match=sentence):
        EndpointModel.model_validate({"endpoint": "x", **one})
