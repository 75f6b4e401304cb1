"""Exports and their mapping are inputs from outside; the tables made of them are records."""

from pathlib import Path

import pytest
from exported_trial import write_study
from trialbalance.commands.blind import draw_key
from trialbalance.contracts import Problems
from trialbalance.graph import audit_paths, named_files, paths
from trialbalance.graph.outside import from_outside
from trialbalance.provenance.content import content_digests
from trialbalance.settings.load import load_study

MADE = {"participants", "visits", "responses", "resource_use", "episodes"}


@pytest.fixture
def file(tmp_path):
    return write_study(tmp_path / "own", "redcap")


def test_export_dictionary_and_mapping_count_by_their_content(file):
    found = paths.export_inputs(paths.Place(load_study(file)))
    assert set(found) == {"mapping", "export.main", "dictionary.main"}
    assert from_outside(found) == list(found.values())
    before = content_digests(found.values())
    for name in found:
        kept = Path(found[name]).read_bytes()
        Path(found[name]).write_bytes(kept + b" ")
        after = content_digests(found.values())
        assert [path for path in after if after[path] != before[path]] == [found[name]]
        Path(found[name]).write_bytes(kept)


def test_only_the_tables_that_the_mapping_makes_are_read_as_records(file):
    found = paths.data_inputs(paths.Place(load_study(file)))
    assert set(found) == MADE
    assert all(path.startswith("<results>/own/base/10_data/imported/") for path in found.values())
    assert from_outside(found) == []


def test_a_manifest_names_the_exports_and_the_mapping(file):
    found = audit_paths.source_inputs(paths.Place(load_study(file)))
    assert {"mapping", "export.main", "dictionary.main"} <= set(found)


@pytest.mark.parametrize("find", [audit_paths.release_inputs, audit_paths.workbook_inputs])
def test_neither_release_nor_workbook_reads_an_export_or_its_mapping(file, find):
    place = paths.Place(load_study(file))
    read = set(map(str, find(place).values()))
    assert read and not read & set(paths.export_inputs(place).values())
    assert not [path for path in read if "/imported/" in path]


def test_a_blind_study_hides_the_arms_of_what_was_imported(file):
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("study:  ", "study:\n  blind: true\n#", 1), encoding="utf-8")
    draw_key(str(file))
    place = paths.Place(load_study(file))
    assert "/imported/" in paths.recorded_inputs(place)["participants"]
    assert "/recorded/" in paths.data_inputs(place)["participants"]
    assert set(load_study(file).base["study"]["arms"]) == {"arm_a", "arm_b"}


def test_an_export_that_is_not_there_is_named_with_its_place_in_the_mapping(file):
    (file.parent / "dictionary.csv").unlink()
    with pytest.raises(Problems, match=r"no such file, which exports\.main\.dictionary of"):
        named_files.must_exist({"own": load_study(file)})


@pytest.mark.parametrize("name", ["../elsewhere.csv", "linked.csv"])
def test_an_export_outside_the_folder_of_the_study_is_not_opened(file, name):
    (file.parent.parent / "elsewhere.csv").write_text("secret\n")
    (file.parent / "linked.csv").symlink_to(file.parent.parent / "elsewhere.csv")
    mapping = file.parent / "mapping.yaml"
    text = mapping.read_text(encoding="utf-8").replace("redcap.csv", name)
    mapping.write_text(text, encoding="utf-8")
    with pytest.raises(Problems) as stopped:
        named_files.must_exist({"own": load_study(file)})
    assert "exports.main.file: found a" in str(stopped.value)
    assert "secret" not in str(stopped.value)


def test_a_scenario_cannot_import_otherwise(file):
    text = file.read_text(encoding="utf-8")
    scenario = "\nscenarios:\n  other:\n    title: Other\n    data: {mapping: other.yaml}\n"
    file.write_text(text + scenario, encoding="utf-8")
    with pytest.raises(Problems, match=r"data\.mapping: found another in a scenario"):
        load_study(file)


@pytest.mark.parametrize("given", ["files: {participants: a.csv}", "simulator: {kind: x}"])
def test_an_export_beside_files_or_a_simulator_is_refused(file, given):
    text = file.read_text(encoding="utf-8").replace("door: export", f"door: export\n  {given}")
    file.write_text(text, encoding="utf-8")
    with pytest.raises(Problems, match=r"data\.mapping: found beside files, a simulator"):
        load_study(file)


def test_a_mapping_that_is_not_there_is_one_sentence(file):
    (file.parent / "mapping.yaml").unlink()
    with pytest.raises(Problems, match=r"mapping\.yaml: found no such file; check the path"):
        load_study(file)
