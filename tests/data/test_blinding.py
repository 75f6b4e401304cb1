"""Blind mode: settings and records in which nothing says which arm is which."""

import pandas as pd
import pytest
import yaml
from trialbalance import contracts
from trialbalance.commands.blind import draw_key
from trialbalance.contracts import Problems
from trialbalance.data.blinding import blind_records, blinding_table
from trialbalance.graph import paths
from trialbalance.settings.blinding import naming_arms
from trialbalance.settings.load import load_study

ARMS = ("new_service", "usual_care", "New service", "Usual care", "New Service", "assessment")


@pytest.fixture
def blind(study):
    """Return the template study made blind, its one intervention item pooled."""
    study.change(study={"reveals": ["assessment"]})
    draw_key(str(study.folder))
    return study.change(study={"blind": True})


def raw(study) -> dict[str, pd.DataFrame]:
    loaded = load_study(study.file)
    files = paths.recorded_inputs(paths.Place(loaded))
    return {n: contracts.read_text(path)[0] for n, path in files.items() if n != "key"}


def made(study) -> dict[str, pd.DataFrame]:
    loaded = load_study(study.file)
    key = {arm: name for name, arm in yaml.safe_load(
        (study.folder / "blinding_key.yaml").read_text()).items()}  # fmt: skip
    return blind_records(raw(study), key, loaded.hidden["items"], loaded.hidden["words"])


def test_no_setting_names_an_arm(blind):
    loaded = load_study(blind.file)
    text = repr(loaded.scenarios)
    assert not [word for word in ARMS if word in text]
    assert list(loaded.base["study"]["arms"]) == ["arm_a", "arm_b"]
    assert loaded.base["study"]["comparator"] == "arm_a"
    assert "pooled_item_1" in loaded.base["costs"]["items"]
    assert naming_arms(loaded.base, ["arm_a", "arm_b"]) == []


def test_no_record_does(blind):
    for name, table in made(blind).items():
        text = table.to_csv()
        assert not [word for word in ARMS if word in text], name


def test_pooled_use_is_everyones_and_keeps_its_total(blind):
    use = made(blind)["resource_use"]
    mine = use[use["item"] == "pooled_item_1"]
    before = raw(blind)["resource_use"]
    total = pd.to_numeric(before.loc[before["item"] == "assessment", "quantity"]).sum()
    assert pd.to_numeric(mine["quantity"]).sum() == pytest.approx(total)
    people = raw(blind)["participants"]["participant_id"]
    assert sorted(mine["participant_id"]) == sorted(people)
    assert len(set(mine["quantity"])) == 1


def test_the_key_decides_and_stands_beside_the_study_only(blind):
    arms = made(blind)["participants"]["arm"]
    key = yaml.safe_load((blind.folder / "blinding_key.yaml").read_text())
    assert arms.map(key).tolist() == raw(blind)["participants"]["arm"].tolist()
    files = paths.data_inputs(paths.Place(load_study(blind.file)))
    assert all(path.startswith("<results>") for path in files.values())


def test_an_item_of_one_arm_alone_must_be_pooled(blind):
    blind.change(study={"reveals": []}, report={"intervention_items": []})
    with pytest.raises(Problems, match="assessment, which nobody of one of the arms uses"):
        made(blind)


def test_one_stray_record_does_not_hide_that_an_item_is_of_one_arm(blind):
    blind.change(study={"reveals": []}, report={"intervention_items": []})
    tables = raw(blind)
    people, use = tables["participants"], tables["resource_use"]
    users = people["participant_id"].isin(use.loc[use["item"] == "assessment", "participant_id"])
    other = people.loc[~people["arm"].isin(people.loc[users, "arm"]), "participant_id"].iloc[0]
    stray = use[use["item"] == "assessment"].head(1).assign(participant_id=other, record_id="stray")
    tables["resource_use"] = pd.concat([use, stray], ignore_index=True)
    with pytest.raises(Problems, match="assessment, which hardly anybody of one of the arms uses"):
        blind_records(tables, {"new_service": "arm_a", "usual_care": "arm_b"}, [], [])


def test_the_items_of_the_intervention_are_pooled_without_being_named(blind):
    blind.change(study={"reveals": []})
    assert load_study(blind.file).hidden["items"] == ["assessment", "nurse_visit"]
    assert not [word for word in ARMS if word in repr(load_study(blind.file).scenarios)]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"study": {"reveals": ["nothing"]}}, "found nothing; allowed: hospital_night"),
        ({"data": {"files": None, "simulator": {"kind": "recall_trial"}}}, "hides nothing"),
    ],
)
def test_what_cannot_be_blind_is_refused(blind, change, sentence):
    with pytest.raises(Problems, match=sentence):
        load_study(blind.change(**change).file)


def test_without_its_key_a_blind_study_does_not_run(blind):
    key = blind.folder / "blinding_key.yaml"
    key.write_text("arm_a: other\narm_b: usual_care\n")
    with pytest.raises(Problems, match="a key of other arms"):
        load_study(blind.file)
    key.unlink()
    with pytest.raises(Problems, match="run trialbalance blind my_trial"):
        load_study(blind.file)
    assert load_study(blind.file, as_recorded=True).base["study"]["blind"] is False


def test_a_key_is_drawn_once(blind):
    with pytest.raises(Problems, match="drawn before"):
        draw_key(str(blind.folder))


def test_what_cannot_be_blinded_is_listed():
    table = blinding_table(2, ["pooled_item_1"], ["decision.reference"])
    left = table[table["treatment"] == "cannot be blinded"]["subject"].tolist()
    assert "decision.reference" in left
    assert any("numbers of participants" in subject for subject in left)
