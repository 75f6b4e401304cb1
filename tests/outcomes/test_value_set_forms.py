"""Value sets with interactions, by profile, by age and sex; templates; digests; what is told."""

import hashlib
import itertools

import numpy as np
import pandas as pd
import pytest
from trialbalance import contracts, house
from trialbalance.commands.checking.value_set_doubts import doubts
from trialbalance.contracts import Problems
from trialbalance.outcomes.scores.profile_values import Group, place_people
from trialbalance.outcomes.scores.value_sets import look_up_profiles, tabulate_profiles
from trialbalance.settings.checks.checked import Checked
from trialbalance.settings.checks.files_beside import digest_findings, level_findings

FOLDER = house.resources() / "value_sets"
COLUMNS = ["term", "dimension", "level", "value"]
LEVELS = [("start", None, None, 1.0), *(
    ("level", d, k, -0.1 * (k - 1)) for d in ("a", "b", "c") for k in (1, 2, 3)
)]  # fmt: skip
STATES = list(itertools.product((1, 2, 3), repeat=3))


def table(*more):
    return pd.DataFrame([*LEVELS, *more], columns=COLUMNS)


def profiles(groups=((None, None, None),), worth=None, levels=(3, 3)):
    rows = [
        ("profile", "".join(map(str, state)), sex, low, high,
         worth(state, number) if worth else 1 - 0.1 * (sum(state) - 2) - 0.01 * number)
        for number, (sex, low, high) in enumerate(groups)
        for state in itertools.product(*(range(1, top + 1) for top in levels))
    ]  # fmt: skip
    columns = ["term", "profile", "sex", "age_from", "age_to", "value"]
    return pd.DataFrame(rows, columns=columns).assign(dimension=None, level=None)


DSU = [("male", 18, 34), ("male", 35, None), ("female", 18, 34), ("female", 35, None)]


def test_terms_on_several_dimensions_hold_where_their_conditions_do():
    """Written out once more: a and b both at 2; c at 3 or a at 2; anything at 3."""
    more = [("all", "a b", 2, -0.04), ("any", "c:3 a:2", None, -0.02), ("any", None, 3, -0.3)]
    found = tabulate_profiles(table(*more))
    for (a, b, c), value in zip(STATES, found.table, strict=True):
        expected = 1 - 0.1 * (a + b + c - 3)
        expected -= (
            0.04 * (a >= 2 and b >= 2) + 0.02 * (c >= 3 or a >= 2) + 0.3 * (max(a, b, c) == 3)
        )
        assert value == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(("term", "sentence"), [
    (("all", "a", 2, -0.1), "found 1 dimensions; allowed: two or more, a blank between them"),
    (("all", "a d", 2, -0.1), "found d; allowed: a, b, c"),
    (("any", "a:x b", 2, -0.1), "found a:x without a level"),
    (("any", None, None, -0.1), "found a blank; allowed: a whole number"),
])  # fmt: skip
def test_a_term_on_several_dimensions_that_cannot_hold_is_refused(term, sentence):
    with pytest.raises(Problems) as caught:
        tabulate_profiles(table(term), "own")
    assert "own.csv, row 12" in str(caught.value) and sentence in str(caught.value)


def test_a_value_set_by_profile_gives_what_its_rows_say_and_counts_the_digits():
    found = tabulate_profiles(profiles(), "own", ("x", "y"))
    value, best = look_up_profiles(np.array([[1.0, 1], [3, 2], [np.nan, 1]]), found)
    assert value[:2] == pytest.approx([1.0, 0.7]) and np.isnan(value[2])
    assert best.tolist() == [True, False, False]
    with pytest.raises(Problems, match="1 items, and profiles of 2 digits"):
        tabulate_profiles(profiles(), "own", ("x",))


def test_a_mapping_is_read_by_sex_and_completed_years_and_its_ceiling_is_a_profile():
    found = tabulate_profiles(profiles(DSU, lambda s, n: 0.98 - 0.1 * (sum(s) - 2) - 0.01 * n),
                              "own", ("x", "y"))  # fmt: skip
    people = pd.DataFrame({"participant_id": list("pqrs"), "sex": ["male"] * 2 + ["female", "male"],
                           "age": [18.0, 34.99, 35.0, 90.0]})  # fmt: skip
    tool = {"sex": "sex", "age": "age", "value_set": "own"}
    group = place_people(people, found.groups, tool, "outcomes.instruments.x")
    assert group.tolist() == [0, 0, 3, 1]
    value, best = look_up_profiles(np.ones((4, 2)), found, group)
    assert value == pytest.approx([0.98, 0.98, 0.95, 0.97])
    assert best.all()


@pytest.mark.parametrize(("change", "sentence"), [
    ({"sex": "unknown"}, "sex unknown, age 40 of p1"),
    ({"age": np.nan}, "sex male, age blank of p1"),
    ({"age": 17.9}, "sex male, age 17.9 of p1"),
])  # fmt: skip
def test_nobody_is_left_without_a_group_in_silence(change, sentence):
    groups = (Group("male", 18, 34), Group("male", 35, np.inf))
    people = pd.DataFrame([{"participant_id": "p1", "sex": "male", "age": 40.0} | change])
    tool = {"sex": "sex", "age": "age", "value_set": "own"}
    with pytest.raises(Problems, match=sentence):
        place_people(people, groups, tool, "outcomes.instruments.x")
    with pytest.raises(Problems, match="no column sex of participants"):
        place_people(people.drop(columns="sex"), groups, tool, "outcomes.instruments.x")


@pytest.mark.parametrize(("spoil", "sentence"), [
    (lambda t: t.drop(index=4), "no profile 22 for male aged 18 to 34"),
    (lambda t: pd.concat([t, t.iloc[[0]]]), "profile 11 twice for male aged 18 to 34"),
    (lambda t: t.assign(profile=t["profile"].replace("33", "3x")), "found 3x; allowed: 2 digits"),
    (lambda t: t.assign(value=t["value"].mask(t.index == 2)), "column value: found a blank"),
    (lambda t: t.assign(age_from=t["age_from"].replace(35, 34)), "in which the same person may be"),
    (lambda t: pd.concat([t, t.iloc[[0]].assign(term="start")]), "start beside rows of term"),
])  # fmt: skip
def test_a_faulty_table_of_profiles_is_told(spoil, sentence):
    with pytest.raises(Problems) as caught:
        tabulate_profiles(spoil(profiles(DSU)), "own", ("x", "y"))
    assert sentence in str(caught.value)


def test_a_worse_profile_that_is_worth_more_is_noted():
    assert doubts(profiles(), "own") == []
    odd = profiles(worth=lambda state, _: 0.9 if state == (3, 3) else 1 - 0.1 * (sum(state) - 2))
    assert [one.found for one in doubts(odd, "own")] == [
        "2 steps to a worse answer that is worth more"
    ]


def test_dimensions_of_different_lengths_need_the_study_to_say_so():
    uneven = table().drop(index=9)
    with pytest.raises(Problems, match="no level 3 of c"):
        tabulate_profiles(uneven, "own")
    stated = {"a": 3, "b": 3, "c": 2}
    assert tabulate_profiles(uneven, "own", (), stated).levels == (3, 3, 2)
    with pytest.raises(Problems, match=r"found 3 levels of a; allowed: 4 levels, as outcomes"):
        tabulate_profiles(uneven, "own", (), stated | {"a": 4})


@pytest.mark.parametrize("path", sorted((FOLDER / "templates").glob("*.csv")), ids=lambda p: p.stem)
def test_a_template_is_refused_while_blank_and_read_when_filled(path, tmp_path):
    with pytest.raises(Problems, match="column value: found a blank"):
        contracts.read(path, "value_set")
    text = pd.read_csv(path, dtype=str).assign(value="0.1")
    text.to_csv(tmp_path / path.name, index=False)
    read = contracts.read(tmp_path / path.name, "value_set")
    if path.stem != "by_profile_age_sex":
        tops = read[read["term"] == "level"].groupby("dimension", sort=False)["level"].max()
        stated = tops.astype(int).to_dict() if len(set(tops)) > 1 else None
        assert tabulate_profiles(read, path.stem, (), stated).levels == tuple(tops)


def test_another_file_than_the_one_whose_digest_is_stated_is_refused(tmp_path):
    file = tmp_path / "mapped.csv"
    profiles().to_csv(file, index=False)
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    tool = {"value_set": "mapped", "sha256": digest}
    settings = {"outcomes": {"instruments": {"x": tool}},
                "data": {"questionnaires": {"x": {"levels": 5}}}}  # fmt: skip
    study = tmp_path / "study.yaml"
    assert digest_findings(Checked(settings, study, {})) == []
    assert "5, where mapped has 3" in level_findings(Checked(settings, study, {}))[0].sentence()
    file.write_text(file.read_text() + "\n")
    (finding,) = digest_findings(Checked(settings, study, {}))
    assert f"allowed: {digest}" in finding.sentence() and "for mapped.csv" in finding.sentence()


def test_what_a_study_names_and_has_not_got_is_answered_with_its_template(study):
    from trialbalance.graph.named_files import missing_files
    from trialbalance.settings.load import load_study

    study.change(outcomes={"instruments": {"eq5d3l": {"value_set": "icecap_a_uk"}}})
    told = [one.sentence() for one in missing_files(load_study(study.file))]
    assert any("icecap_a_uk.csv into the study's folder and fill in its values" in t for t in told)
