"""What a fit by visit and its sentences would give away: a seventh to an eleventh attack."""

import re

import numpy as np
import pandas as pd
import pytest
from attacked_study import ARMS, ONE, people, results, settings, table
from trialbalance import contracts
from trialbalance.audit.release import make_edition, may_leave

MODEL, DECISION = "base/50_model/all", "base/60_decision/all"
CELLS = (("records", "early"), ("records", "late"), ("interview", "early"), ("interview", "late"))


def follow_up(found: dict, late: dict[str, float] | None = None) -> pd.DataFrame:
    """Return cost by source and period: all of it early, but for what is named as late."""
    whole, parts = found["all.dataset"], []
    for name, moment in CELLS:
        own = whole[["participant_id", "arm"]].assign(kind="cost", name=name, moment=moment)
        cost = whole["cost"] * {"records": 0.6, "interview": 0.4}[name]
        few = own["participant_id"].map(late or {}).fillna(0.0)
        own["value"] = cost if moment == "early" else few * (name == "records")
        if name == "interview" and moment == "late":
            own["value"] = cost.to_numpy()[::-1]
        parts.append(own)
    own = whole[["participant_id", "arm"]].assign(kind="measure", name="utility", moment="m12")
    parts.append(own.assign(value=whole["effect"]))
    return pd.concat(parts, ignore_index=True).assign(
        status="observed", start_years=0.0, end_years=1.0, followed_years=1.0, died=False
    )


def fitted(seen: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return what a fit writes of these cells: recorded means, as anchored means are."""
    mean = seen.groupby(["arm", "kind", "name", "moment"], sort=False)["value"].mean().reset_index()
    cost = mean[mean["kind"] == "cost"]
    keys = ["arm", "name", "moment", "value"]
    rows = [
        (f"period_mean[{arm}, {name} {moment}]", value)
        for arm, name, moment, value in cost[keys].itertuples(index=False, name=None)
    ]
    by_source = cost.groupby(["arm", "name"], sort=False)["value"].sum()
    rows += [(f"mean_cost_group[{arm}, {name}]", value) for (arm, name), value in by_source.items()]
    rows += [(f"{word}[records late, {arm}]", 1.0) for word in ("level", "spread") for arm in ARMS]
    rows += [(f"mean_cost[{arm}]", by_source[arm].sum()) for arm in ARMS]
    names, values = map(list, zip(*rows, strict=True))
    shown = mean.drop(columns="value").assign(mean=mean["value"]).to_dict("list")
    means = table("visit_means", **shown, start_years=0.0, end_years=1.0, observed=40)
    return {
        f"{MODEL}/parameters.csv": table("parameters", parameter=names, mean=values),
        f"{MODEL}/visit_means.csv": means,
    }


def released(late: dict[str, float] | None = None, **more: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return what leaves of one analysis with these costs late."""
    found = people()
    found = {
        name: t for name, t in found.items() if name not in ("adherent.dataset", "dear/all.dataset")
    }
    found["all.follow_up"] = follow_up(found, late)
    edition = make_edition(fitted(found["all.follow_up"]) | more, found, settings())
    return {file: left.after for file, left in edition.tables.items()}


def test_a_period_in_which_one_person_costs_something_shows_no_mean_whatever_the_table():
    left = released({ONE: 9_000.0})
    means = left[f"{MODEL}/visit_means.csv"].set_index(["arm", "name", "moment"])["mean"]
    assert np.isnan(means[ARMS[0], "records", "late"])
    assert means[ARMS[0], "utility", "m12"] > 0
    rows = left[f"{MODEL}/parameters.csv"].set_index("parameter")["mean"]
    named = rows.index.str.contains("records late")
    assert named.sum() == 6
    # Where nobody cost anything, nothing is said of anybody.
    assert rows[named].dropna().to_dict() == {f"period_mean[{ARMS[1]}, records late]": 0.0}


def test_a_period_held_back_follows_from_no_difference_of_those_that_leave():
    left = released({ONE: 9_000.0})
    rows = left[f"{MODEL}/parameters.csv"].set_index("parameter")["mean"]
    means = left[f"{MODEL}/visit_means.csv"].set_index(["arm", "name", "moment"])["mean"]
    source = rows[f"mean_cost_group[{ARMS[0]}, records]"]
    assert np.isnan(source) or np.isnan(means[ARMS[0], "records", "early"])
    others = [means[ARMS[0], name, moment] for name, moment in CELLS if (name, moment) != CELLS[1]]
    assert np.isnan(others).any()
    assert rows[f"mean_cost[{ARMS[0]}]"] > 0


def test_periods_in_which_many_cost_something_leave():
    late = {f"P{number:03d}": 100.0 + number for number in range(1, 80)} | {ONE: 150.0}
    left = released(late)
    assert left[f"{MODEL}/visit_means.csv"]["mean"].notna().all()
    assert left[f"{MODEL}/parameters.csv"]["mean"].notna().all()


@pytest.mark.parametrize(
    ("name", "leaves"),
    [
        ("level[records late at 0, new_service]", False),
        ("slope[records late at 0 on utility baseline]", False),
        ("level[effect at 1, new_service]", False),
        ("level[nobody knows at 0, new_service]", False),
        ("alive[new_service, 0.5]", False),
        ("level[death 0 to 1, new_service]", False),
        ("level[interview early at 0, new_service]", True),
        ("level[records early, new_service]", True),
    ],
)
def test_a_share_that_few_make_up_is_in_no_parameter_whatever_the_engine_calls_it(name, leaves):
    found = people()
    whole = found["all.dataset"]
    found["all.dataset"] = whole.assign(at_ceiling=whole.index.isin([5, 6, 45]))
    found = {n: t for n, t in found.items() if n not in ("adherent.dataset", "dear/all.dataset")}
    # Three of each arm cost nothing late.
    few = {"P001", "P002", "P003", "P041", "P042", "P043"}
    late = {name: 0.0 if name in few else 120.0 for name in whole["participant_id"]}
    found["all.follow_up"] = follow_up(found, late)
    rows = {f"{MODEL}/parameters.csv": table("parameters", parameter=[name], mean=[-1.9])}
    left = make_edition(rows, found, settings()).tables[f"{MODEL}/parameters.csv"].after
    assert left["mean"].notna().item() is leaves


def test_the_largest_influence_of_a_person_is_not_printed_beside_the_sd_it_is_counted_in():
    whole = people()["all.dataset"]
    mine = whole[whole["arm"] == ARMS[0]]["cost"]
    sd = 250.0
    influence = (mine.max() - mine.mean()) / (len(mine) - 1) / sd
    # What the attacker does with it: within a hundredth of the largest cost of a person.
    assert influence * sd * (len(mine) - 1) + mine.mean() == pytest.approx(mine.max(), rel=0.01)
    checks = table("model_checks", check=["r_hat", "influence", "pareto_k"],
                   value=[1.0, influence, 0.9], verdict=["pass", "pass", "note"],
                   advice=["", "", "1 above 0.7; look at it"])  # fmt: skip
    left = released(**{f"{MODEL}/model_checks.csv": checks})[f"{MODEL}/model_checks.csv"]
    assert left["value"].isna().tolist() == [False, True, True]
    assert left["verdict"].tolist() == ["pass", "pass", "note"]
    assert left["advice"].iloc[2] == "… above …; look at it"


def test_no_sentence_says_a_number_that_is_rounded_or_held_back_in_its_own_column():
    sentence = "would need to cost GBP 3,322.03 less per person"
    file = f"{DECISION}/switching.csv"
    own = table("switching", threshold=[20_000.0], arm=[ARMS[0]], comparator=[ARMS[1]],
                cost_change=[-3322.03], words=[sentence], words_best=[sentence])  # fmt: skip
    left = released(**{file: own})[file]
    assert left["cost_change"].item() == -3322.0
    assert left["words"].item() == "would need to cost GBP … less per person"
    for name in ("words", "words_best"):
        assert not re.search(r"\d", left[name].item())


def test_every_text_of_every_released_table_is_said_to_be_words_names_or_a_sentence():
    kinds = ("words", "names", "lists", "reasons", "sentences", "exact", "withheld")
    for name in filter(may_leave, contracts.tables()):
        contract = contracts.schema(name)
        key = contract.get("primaryKey", [])
        spoken = {key} if isinstance(key, str) else set(key)
        spoken |= {column for kind in kinds for column in contract["disclosure"].get(kind, ())}
        spoken |= set(contract.get("figures", []))
        texts = {
            field["name"]
            for field in contract["fields"]
            if field.get("type", "string") not in ("number", "integer", "boolean", "year")
            and "vocabulary" not in field
            and "enum" not in field.get("constraints", {})
        }
        assert texts <= spoken, (name, texts - spoken)


def test_a_subgroup_of_enough_people_leaves_and_one_of_few_does_not():
    found = people()
    sex = ["intersex", *["female", "male"] * 20][:40] * 2
    found = {"participants": found["participants"].assign(sex=sex),
             "all.dataset": found["all.dataset"].assign(group_sex=sex)}  # fmt: skip
    rows = table("subgroups", subgroup=["sex: female", "sex: male", "sex: intersex"], arm=ARMS[0],
                 comparator=ARMS[1], cost=[1.0, 2.0, 3.0], threshold=20_000.0)  # fmt: skip
    edition = make_edition({f"{DECISION}/subgroups.csv": rows}, found, settings())
    left = edition.tables[f"{DECISION}/subgroups.csv"].after
    assert left["cost"].isna().tolist() == [False, False, True]
    assert left["subgroup"].tolist() == ["sex: female", "sex: male", "sex: intersex"]


def test_the_methods_of_a_release_say_what_was_fitted_to_each_cell():
    words = {"family": "gamma", "distribution": "a gamma distribution, and more", "name": "records",
             "equation": "y", "spikes": "0", "prior_spread": "half-normal 1.5"}  # fmt: skip
    own = table("fitted_cells", cell=["records early"], kind="cost", moment="early", **words,
                possible=[80], observed=[76])  # fmt: skip
    left = released(**{f"{MODEL}/fitted_cells.csv": own})[f"{MODEL}/fitted_cells.csv"]
    assert left[list(words)].iloc[0].to_dict() == words
    assert left[["possible", "observed"]].iloc[0].tolist() == [80, 75]


def test_a_text_of_which_no_contract_speaks_does_not_leave():
    found, file = people(), f"{DECISION}/incremental.csv"
    tables = results(found)
    tables[file] = tables[file].assign(position="costs more", told="37,804 in all")
    left = make_edition(tables, found, settings()).tables[file].after
    assert left["position"].item() == "costs more"
    assert left["told"].isna().item()
