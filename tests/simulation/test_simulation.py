import copy
import functools
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from trialbalance.contracts import Problems
from trialbalance.simulation import parameter_table, resolve_parameters, simulate
from trialbalance.simulation.law.orders import order_length
from trialbalance.simulation.people.allocation import allocate, choose_exactly, permuted_blocks

FOLDER = Path(__file__).parents[2] / "config" / "studies" / "octet"
PARAMETERS = yaml.safe_load((FOLDER / "simulator.yaml").read_text(encoding="utf-8"))
STUDY = {
    "horizon_years": 1.0,
    "visits": {"baseline": 0.0, "month_6": 0.5, "month_12": 1.0},
    "periods": {"months_1_6": [0.0, 0.5], "months_7_12": [0.5, 1.0]},
}
HORIZON = 365
LATER_TO_2012 = 287.3 / (293.1 * 1.2450)


@functools.cache
def trial(seed):
    return simulate("inpatient_trial", PARAMETERS, STUDY, seed)


def changed(**changes):
    parameters = copy.deepcopy(PARAMETERS)
    for path, value in changes.items():
        place = parameters
        for key in path.split("__"):
            place = place[key]
        place["value"] = value
    return parameters


def spells(tables, kind):
    """Episodes of one kind with start, end and last day of follow-up in days from the index."""
    people = tables["participants"].set_index("participant_id")
    frame = tables["episodes"].query("type == @kind").join(people, on="participant_id")
    index = frame["randomisation_date"]
    start = (frame["start_date"] - index).dt.days
    end = (frame["end_date"] - index).dt.days.fillna(HORIZON)
    died = (frame["death_date"] - index).dt.days.fillna(HORIZON)
    return frame.assign(start=start, end=end, last=died)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_counts_of_the_design_are_exact(seed):
    people = trial(seed)["participants"]
    assert people["arm"].value_counts().to_dict() == {"cto": 167, "section_17": 169}
    followed = people[people["intention_to_treat"]]
    assert followed["arm"].value_counts().to_dict() == {"cto": 166, "section_17": 167}
    died = people[people["death_date"].notna()]
    assert died["arm"].value_counts().to_dict() == {"cto": 3, "section_17": 2}
    assert died["intention_to_treat"].all()
    assert int(people["reported"].sum()) == 328
    assert people["sex"].value_counts().to_dict() == {"male": 225, "female": 111}
    assert int(people["schizophrenia"].sum()) == 282
    assert people["site"].nunique() == 32
    assert str(people["randomisation_date"].min().date()) == "2008-11-10"
    assert str(people["randomisation_date"].max().date()) == "2011-02-22"


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_readmissions_are_exact_and_every_one_follows_a_night_at_home(seed):
    stays = spells(trial(seed), "occupancy").sort_values(["participant_id", "start"])
    assert (stays["end"] > stays["start"]).all()
    again = stays[stays["start"] >= 0]
    counts = again.drop_duplicates("participant_id")["arm"].value_counts().to_dict()
    assert counts == {"cto": 59, "section_17": 60}
    gap = stays["start"] - stays.groupby("participant_id")["end"].shift()
    assert (gap.dropna() >= 1).all()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_nobody_is_in_bed_or_under_an_order_beyond_follow_up(seed):
    for kind in ("occupancy", "legal_status"):
        assert (spells(trial(seed), kind).eval("end <= last")).all()
    stays = spells(trial(seed), "occupancy")
    nights = (stays["end"] - stays["start"].clip(lower=0)).groupby(stays["participant_id"]).sum()
    assert nights.max() <= HORIZON
    assert len(nights) == 333


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_spells_of_one_status_do_not_overlap_and_leave_lies_within_detention(seed):
    status = spells(trial(seed), "legal_status").sort_values(["participant_id", "item", "start"])
    gap = status["start"] - status.groupby(["participant_id", "item"])["end"].shift()
    assert (gap.dropna() >= 0).all()
    leave = status[status["item"] == "section_17_leave"]
    held = status[status["item"] == "detained"]
    both = leave.merge(held, on="participant_id", suffixes=("", "_held"))
    covered = both[(both["start_held"] <= both["start"]) & (both["end_held"] >= both["end"])]
    assert set(covered["record_id"]) == set(leave["record_id"])


@pytest.mark.parametrize("seed", [1, 2])
def test_nothing_is_used_or_answered_after_death_or_exclusion(seed):
    tables = trial(seed)
    people = tables["participants"].set_index("participant_id")
    use = tables["resource_use"].join(people[["death_date", "exclusion"]], on="participant_id")
    assert not (use["date"] >= use["death_date"]).any()
    assert (use["exclusion"] == "").all()
    visits = tables["visits"].join(people[["death_date", "exclusion"]], on="participant_id")
    assert not (visits["date"] >= visits["death_date"]).any()
    late = visits[visits["visit"] != "baseline"]
    assert set(late.loc[late["exclusion"] != "", "status"]) == {"withdrawn"}
    assert (visits["date"].notna() == (visits["status"] == "attended")).all()


def test_interview_records_need_the_visit_that_asks():
    tables = trial(1)
    asked = resolve_parameters(PARAMETERS)["interview_items"]
    use = tables["resource_use"]
    assert (use["period"].notna() != use["date"].notna()).all()
    heard = use[use["item"].isin(asked)].assign(
        visit=lambda frame: frame["period"].map(
            {"months_1_6": "month_6", "months_7_12": "month_12"}
        )
    )
    status = heard.merge(tables["visits"], on=["participant_id", "visit"])["status"]
    assert set(status) == {"attended"}


def test_answers_are_in_range_and_only_of_visits_that_took_place():
    tables = trial(1)
    answers = tables["responses"]
    highest = answers.groupby("instrument")["level"].max().to_dict()
    assert highest == {"eq5d3l": 3, "oxcap_mh": 5}
    assert answers["level"].min() == 1
    sizes = answers.groupby(["participant_id", "visit"]).size()
    assert set(sizes) == {21}
    attended = tables["visits"].query("status == 'attended'")
    assert len(sizes) == len(attended)
    best = answers.query("instrument == 'eq5d3l' and visit == 'baseline'").groupby("participant_id")
    assert (
        0.15
        < best["level"].apply(lambda level: bool((level == 1).fillna(False).all())).mean()
        < 0.45
    )


def test_the_same_seed_gives_the_same_records_and_another_seed_others():
    again = simulate("inpatient_trial", PARAMETERS, STUDY, 1)
    for name, table in trial(1).items():
        pd.testing.assert_frame_equal(table, again[name])
    assert not trial(1)["resource_use"].equals(trial(2)["resource_use"])


def test_streams_are_named_so_that_one_part_changes_without_moving_another():
    parameters = changed(visits__attended={"baseline": 0.9, "month_6": 0.5, "month_12": 0.5})
    other = simulate("inpatient_trial", parameters, STUDY, 1)
    for name in ("participants", "episodes"):
        pd.testing.assert_frame_equal(other[name], trial(1)[name])
    assert (other["visits"]["status"] == "attended").sum() < (
        trial(1)["visits"]["status"] == "attended"
    ).sum()


def test_a_longer_follow_up_and_another_design_need_other_parameters_only():
    sizes = {"first": 40, "second": 40, "empty": 0}
    spread = {"first": 0.5, "second": 0.5}
    parameters = changed(
        participants__arm_sizes=sizes,
        participants__exclusions={},
        participants__deaths={"first": 1, "second": 0},
        participants__categories={
            "sex": {"male": 40, "female": 40},
            "schizophrenia": {"true": 60, "false": 20},
        },
        stays__index__short_median={"first": 10, "second": 10},
        stays__index__long_share={"first": 0.05, "second": 0.05},
        stays__readmission__readmitted={"first": 5, "second": 6},
        stays__readmission__median={"first": 30, "second": 30},
        orders__policy={"first": "cto"},
        orders__received_share={"first": 1.0, "second": 1.0},
        orders__later__share=spread,
        periodic__informal_care={
            "kind": "amount",
            "yearly": 100,
            "user_share": 0.5,
            "shape": 1,
            "severity": 0,
        },
        injections__depot_injection={
            "user_share": 0.5,
            "intervals": [28],
            "interval_shares": [1.0],
            "attended": 1.0,
        },
        visits__attended={"entry": 1.0, "year_3": 0.8},
        visits__late_sd={"entry": 0, "year_3": 5},
        instruments__eq5d3l__trend=[0, 0.1],
        instruments__oxcap_mh__trend=[0, 0.1],
    )
    study = {
        "horizon_years": 3.0,
        "visits": {"entry": 0.0, "year_3": 3.0},
        "periods": {"before": [-0.5, 0.0], "years_1_3": [0.0, 3.0]},
    }
    parameters["periodic"] = {
        item: {**spec, "value": {**spec["value"], "before": 0.5}}
        for item, spec in parameters["periodic"].items()
    }
    tables = simulate("inpatient_trial", parameters, study, 5)
    people = tables["participants"]
    assert people["arm"].value_counts().to_dict() == {"first": 40, "second": 40}
    assert set(tables["resource_use"]["period"].dropna()) == {"before", "years_1_3"}
    stays = tables["episodes"].merge(people, on="participant_id")
    assert ((stays["start_date"] - stays["randomisation_date"]).dt.days.max()) > HORIZON


def test_permuted_blocks_are_balanced_after_every_block():
    drawn = permuted_blocks(40, ["a", "b"], [4], np.random.default_rng(3)) == "a"
    assert (drawn.reshape(-1, 4).sum(axis=1) == 2).all()


def test_allocation_refuses_sizes_that_blocks_cannot_reach():
    with pytest.raises(Problems, match="near equal sizes"):
        allocate(np.zeros(40), {"a": 36, "b": 4}, [2], np.random.default_rng(1))
    with pytest.raises(Problems, match="multiples of 2"):
        allocate(np.zeros(4), {"a": 2, "b": 2}, [3], np.random.default_rng(1))
    with pytest.raises(Problems, match="5 in all"):
        allocate(np.zeros(5), {"a": 2, "b": 2}, [2], np.random.default_rng(1))


def test_choice_of_more_than_are_eligible_is_refused():
    with pytest.raises(Problems, match="3 to choose in arm a among 2"):
        choose_exactly({"a": 3}, np.array(["a", "a"]), np.ones(2, bool), np.zeros(2))


def test_an_order_ends_early_lapses_or_is_extended_in_the_stated_shares():
    uniform = (np.arange(1000) + 0.5) / 1000
    spec = {"term": 183, "early_share": 0.2, "extended_share": 0.3}
    length = order_length(spec, uniform, np.zeros(1000))
    assert (length < 183).mean() == pytest.approx(0.2, abs=0.002)
    assert (length == 183).mean() == pytest.approx(0.5, abs=0.002)
    assert (length == 366).mean() == pytest.approx(0.3, abs=0.002)


def test_every_parameter_says_whether_it_was_published_and_where():
    table = parameter_table(PARAMETERS)
    assert set(table["status"]) == {"published", "assumed"}
    assert (table["source"].str.len() > 5).all()
    assert table["parameter"].is_unique


@pytest.mark.parametrize(
    ("leaf", "words"),
    [
        ({"value": 1, "source": "x"}, "a.b.status: found None"),
        ({"value": 1, "status": "guessed", "source": "x"}, "found guessed"),
        ({"value": 1, "status": "assumed"}, "no source"),
        ({"status": "assumed", "source": "x"}, "no value"),
        ({"value": 1, "status": "assumed", "source": "x", "vlaue": 2}, "an unknown key"),
        (3, "a bare value"),
    ],
)
def test_a_parameter_without_status_or_source_is_refused(leaf, words):
    with pytest.raises(Problems) as caught:
        resolve_parameters({"a": {"b": leaf}})
    assert words in str(caught.value)


def test_all_faults_of_a_parameters_file_are_said_at_once():
    with pytest.raises(Problems) as caught:
        resolve_parameters({"a": 1, "b": {"value": 1}})
    assert len(caught.value.findings) == 3


# ---- expectations over replicates -------------------------------------------------------------


def prices():
    """Price of each item and its settings, at 2012/13 prices."""
    table = pd.read_csv(FOLDER / "unit_costs.csv").set_index("item")
    later = table["price_year"] == "2023/24"
    items = yaml.safe_load((FOLDER / "study.yaml").read_text(encoding="utf-8"))["costs"]["items"]
    return table["unit_cost"].where(~later, table["unit_cost"] * LATER_TO_2012), items


def health_cost(tables, price, items):
    """Health and social care cost a head, missed interviews at the mean of the arm."""
    counted = [name for name, item in items.items() if item["payer"] in ("nhs", "local_authority")]
    asked = [name for name in counted if items[name].get("source") == "interview"]
    people = tables["participants"].set_index("participant_id")
    stays = spells(tables, "occupancy")
    nights = (stays["end"] - stays["start"].clip(lower=0)).groupby(stays["participant_id"]).sum()
    hospital = nights.reindex(people.index).fillna(0) * price["acute_bed_day"]
    use = tables["resource_use"]
    use = use[use["item"].isin(counted)].assign(cost=use["quantity"] * use["item"].map(price))
    told = use["item"].isin(asked)
    total = hospital + use[~told].groupby("participant_id")["cost"].sum().reindex(
        people.index
    ).fillna(0)
    status = tables["visits"].pivot_table(
        index="participant_id", columns="visit", values="status", aggfunc="first"
    )
    for period, visit in (("months_1_6", "month_6"), ("months_7_12", "month_12")):
        heard = use[told & (use["period"] == period)].groupby("participant_id")["cost"].sum()
        heard = heard.reindex(people.index).fillna(0).where(status[visit] == "attended")
        means = heard[people["reported"]].groupby(people["arm"]).mean()
        total = total + heard.fillna(people["arm"].map(means))
    return pd.DataFrame({"arm": people["arm"], "total": total, "hospital": hospital})[
        people["reported"]
    ]


def utility(tables, visit):
    """EQ-5D-3L utility (UK tariff) of those who answered all five questions."""
    answers = tables["responses"].query("instrument == 'eq5d3l' and visit == @visit")
    wide = answers.dropna().pivot_table(index="participant_id", columns="item", values="level")
    wide = wide.dropna()
    loss = {
        "mobility": (0, 0.069, 0.314),
        "self_care": (0, 0.104, 0.214),
        "usual_activities": (0, 0.036, 0.094),
        "pain_discomfort": (0, 0.123, 0.386),
        "anxiety_depression": (0, 0.071, 0.236),
    }
    level = wide[list(loss)].to_numpy(dtype=int)
    lost = sum(np.array(step)[level[:, k] - 1] for k, step in enumerate(loss.values()))
    lost = lost + 0.081 * (level > 1).any(axis=1) + 0.269 * (level == 3).any(axis=1)
    return pd.Series(1 - lost, index=wide.index)


def capability(tables, visit):
    answers = tables["responses"].query("instrument == 'oxcap_mh' and visit == @visit")
    wide = answers.dropna().pivot_table(index="participant_id", columns="item", values="level")
    wide = wide.dropna()
    return (wide.sum(axis=1).astype(float) - 16) / 64


def figures(seed, price, items):
    tables = simulate("inpatient_trial", PARAMETERS, STUDY, seed)
    cost = health_cost(tables, price, items)
    both = pd.concat([utility(tables, "baseline"), capability(tables, "baseline")], axis=1).dropna()
    after = pd.concat([cost["total"], utility(tables, "month_6")], axis=1).dropna()
    people = tables["participants"].set_index("participant_id")
    community = spells(tables, "legal_status").query("item != 'detained'").sort_values("start")
    first = community[community["intention_to_treat"]].drop_duplicates("participant_id")
    length = (first["end"] - first["start"]).groupby(first["arm"]).median()
    missed = tables["visits"].query("visit == 'month_12' and status in ['attended', 'missed']")
    missed = missed.set_index("participant_id")["status"].eq("missed").astype(float)
    lowest = utility(tables, "baseline").rename("u")
    pair = pd.concat([missed, lowest], axis=1).dropna()
    found = {
        "complete": float(
            people.loc[capability(tables, "baseline").index, "intention_to_treat"].sum()
        ),
        "correlation": float(np.corrcoef(both.to_numpy().T)[0, 1]),
        "cost_utility": float(np.corrcoef(after.to_numpy().T)[0, 1]),
        "missing_utility": float(np.corrcoef(pair.to_numpy().T)[0, 1]),
    }
    for arm, lines in cost.groupby("arm"):
        found |= {
            f"mean_{arm}": lines["total"].mean(),
            f"sd_{arm}": lines["total"].std(ddof=1),
            f"share_{arm}": lines["hospital"].sum() / lines["total"].sum(),
            f"first_{arm}": float(length[arm]),
        }
    return found


def test_one_severity_drives_cost_utility_and_missingness():
    price, items = prices()
    mean = pd.DataFrame([figures(seed, price, items) for seed in range(12)]).mean()
    assert mean["cost_utility"] < -0.05
    assert mean["missing_utility"] < -0.02
    assert 0.25 < mean["correlation"] < 0.55


@pytest.mark.slow
def test_expectations_over_a_thousand_replicates_match_what_was_published():
    price, items = prices()
    mean = pd.DataFrame([figures(40_000 + k, price, items) for k in range(1000)]).mean()
    assert mean["mean_cto"] == pytest.approx(35595, rel=0.01)
    assert mean["mean_section_17"] == pytest.approx(36003, rel=0.01)
    assert mean["sd_cto"] == pytest.approx(44886, rel=0.03)
    assert mean["sd_section_17"] == pytest.approx(41406, rel=0.03)
    assert mean["correlation"] == pytest.approx(0.415, rel=0.02)
    assert mean["complete"] == pytest.approx(172, rel=0.01)
    assert mean["first_cto"] == pytest.approx(183, rel=0.01)
    assert mean["first_section_17"] == pytest.approx(8, rel=0.02)
    assert min(mean["share_cto"], mean["share_section_17"]) > 0.85


@pytest.mark.slow
def test_a_replicate_takes_at_most_fifty_milliseconds():
    simulate("inpatient_trial", PARAMETERS, STUDY, 0)
    taken = []
    for seed in range(20):
        start = time.process_time()
        simulate("inpatient_trial", PARAMETERS, STUDY, seed)
        taken.append(time.process_time() - start)
    assert np.median(taken) < 0.05
