"""The studies on their own simulators: a null that stays null, an empty arm kept in view."""

import functools

import numpy as np
import pytest
from trialbalance import house
from trialbalance.dataset.described.group_means import describe_groups
from trialbalance.model.observational import compare_observed
from trialbalance.outcomes import score_outcomes
from trialbalance.settings.load import load_study
from trialbalance.settings.yamlfile import read_yaml
from trialbalance.simulation import simulate


@functools.cache
def study(name):
    """Return the settled settings of a study and the parameters of its simulator."""
    folder = house.studies() / name
    return load_study(folder / "study.yaml").base, read_yaml(folder / "simulator.yaml")[0]


def drawn(name, seed, **changed):
    """Return records of a study and its scored outcomes, with parameters changed."""
    settings, parameters = study(name)
    for dotted, value in changed.items():
        group, _, key = dotted.partition(".")
        parameters = parameters | {group: parameters[group] | {key: parameters[group][key] | {
            "value": value}}}  # fmt: skip
    kind = settings["data"]["simulator"]["kind"]
    records = simulate(kind, parameters, settings["study"], seed)
    tables = score_outcomes(
        *(records[table] for table in ("participants", "visits", "responses", "episodes")), {},
        settings["study"], settings["outcomes"], resource_use=records["resource_use"],
    )  # fmt: skip
    return settings, records | tables


def test_compulsion_goes_with_no_gaps_where_gaps_are_as_frequent_without_it():
    settings, parameters = study("octet_followup")
    equal = parameters["contacts"]["gap_yearly"]["value"]
    chosen = settings["model"]["observational"]
    name = "compulsion_and_discontinuity"
    exposure = chosen["exposures"][name] | {"step_days": 28.0}
    section = {
        "comparison": "randomised", "observational": chosen | {"exposures": {name: exposure}},
    }  # fmt: skip
    ratios = {}
    for yearly in (equal, 0.05):
        found = []
        for seed in range(1, 4):
            changed = {"contacts.gap_yearly_compelled": yearly}
            _, records = drawn("octet_followup", seed, **changed)
            table = compare_observed(records, settings["study"], section, 1)["associations"]
            found.append(np.log(table["value"].iloc[0]))
        ratios[yearly] = np.array(found)
    error = ratios[equal].std(ddof=1) / np.sqrt(3)
    assert abs(ratios[equal].mean()) < 3.5 * error
    assert ratios[0.05].mean() < -3.5 * error


@pytest.fixture(scope="module")
def withdrawal():
    return drawn("heroin_withdrawal", 1)


def test_the_arm_that_nobody_entered_stands_in_every_table(withdrawal):
    settings, records = withdrawal
    section = {key: settings["model"][key] for key in ("comparison", "observational")}
    # Costs are told elsewhere; here nothing was valued.
    tables = compare_observed(records, settings["study"], section, 1)
    tables["consequences"] = describe_groups(records, settings["study"], settings["dataset"])
    for name in ("associations", "lost_map", "consequences"):
        table = tables[name]
        mine = table[table["arm"] == "probation"]
        assert len(mine), name
        assert mine["note"].str.contains("no participants recruited", case=False).all(), name
    assert {"probation"} <= set(records["questionnaires"]["arm"])


def test_no_contrast_is_printed_and_lost_as_relapsed_is_a_corner(withdrawal):
    settings, records = withdrawal
    section = {key: settings["model"][key] for key in ("comparison", "observational")}
    tables = compare_observed(records, settings["study"], section, 1)
    lines = tables["associations"]
    assert set(lines["wording"]) == {"described, not compared"}
    assert "difference" not in set(lines["estimate"])
    assert {"retention", "completion", "abstinence", "self_efficacy"} <= set(lines["name"])
    assert {"recognition", "ambivalence", "taking_steps"} <= set(lines["name"])
    corner = tables["lost_map"].query("name == 'abstinence' and lost_in_arm == 0")
    low = lines[(lines["method"] == "bounds") & (lines["name"] == "abstinence")]
    low = low.set_index("arm")["lower"]
    for arm in ("prison", "inpatient"):
        assert corner[corner["arm"] == arm]["arm_mean"].unique() == pytest.approx(low[arm])


def test_time_in_contact_is_blank_for_who_has_no_records_of_contact():
    _, records = drawn("octet_followup", 1)
    values = records["outcomes"].pivot(index="participant_id", columns="outcome", values="value")
    people = records["participants"].set_index("participant_id")
    known = people["contact_records"].astype(bool)
    assert (values["contact_years"].notna() == known.reindex(values.index)).all()
    whole = 1 + 1 / 1.035 + 1 / 1.035**2
    for outcome in ("community_years", "contact_years", "unbroken_contact_years"):
        assert values[outcome].dropna().between(0, whole + 1e-9).all()
    assert (values["unbroken_contact_years"] <= values["contact_years"] + 1e-9).dropna().sum() == (
        known.sum()
    )
