"""The run in open standards: a data package that another program finds valid, and a crate."""

import datetime
import json

import pandas as pd
import pytest
from frictionless import Package, system
from laid_study import Laid
from trialbalance.audit.standards.crate import PROFILES, run_crate
from trialbalance.audit.standards.datapackage import data_package
from trialbalance.audit.standards.manifest import manifest
from trialbalance.provenance.record import record

TODAY = datetime.date(2026, 11, 23)


def listed(laid: Laid) -> tuple[pd.DataFrame, object]:
    folder = laid.results / laid.study.name
    files = [str(path) for path in sorted(folder.rglob("*")) if path.suffix in (".csv", ".yaml")]
    return manifest(files, laid.study.name, True), folder


@pytest.fixture(scope="module")
def fresh(tmp_path_factory) -> Laid:
    """Return a study of its own, which other tests leave alone."""
    return Laid(tmp_path_factory.mktemp("standards")).run()


def judged(laid: Laid):
    table, folder = listed(laid)
    path = folder / "datapackage.json"
    path.write_text(json.dumps(data_package(table, folder, "A trial")), encoding="utf-8")
    with system.use_context(trusted=True):
        return Package(str(path)).validate()


@pytest.mark.filterwarnings("ignore")
def test_another_program_finds_the_package_valid(fresh):
    report = judged(fresh)
    assert report.valid, report.flatten(["name", "fieldName", "message"])[:5]
    names = {task.name for task in report.tasks}
    assert {"base-20_costs-ledger", "base-10_data-participants"} <= names
    assert len(names) == len(report.tasks) > 20


@pytest.mark.filterwarnings("ignore")
def test_a_person_that_nobody_knows_is_found(fresh, tmp_path):
    other = Laid(tmp_path / "other").run()
    table, folder = listed(other)
    package = data_package(table, folder, "A trial")
    path = folder / "base/10_data/visits.csv"
    first = pd.read_csv(path)["participant_id"].iloc[0]
    path.write_text(path.read_text().replace(f"{first},", "nobody,"), encoding="utf-8")
    for resource in package["resources"]:
        resource.pop("hash")
        resource.pop("bytes")
    (folder / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    report = Package(str(folder / "datapackage.json")).validate()
    assert "foreign-key" in {row[0] for row in report.flatten(["type"])}


def crate(laid: Laid) -> dict[str, dict]:
    table, folder = listed(laid)
    provenance = record("my_trial", 1, {"unit_costs": laid.study_folder / "unit_costs.csv"}, {})
    text = run_crate(table, provenance, folder, "A <trial>", "audit/Snakefile", TODAY)
    return {entity["@id"]: entity for entity in json.loads(text)["@graph"]}


def test_the_crate_names_every_file_with_its_digest(fresh):
    entities = crate(fresh)
    table, _ = listed(fresh)
    for row in table.itertuples():
        assert entities[row.file]["sha256"] == row.sha256
        assert entities[row.file]["@type"] == "File"
    parts = {part["@id"] for part in entities["./"]["hasPart"]}
    assert parts == {*table["file"], "audit/Snakefile"}


def test_the_crate_says_which_run_made_it(fresh):
    entities = crate(fresh)
    root, run = entities["./"], entities["#run"]
    assert root["mainEntity"] == run["instrument"] == {"@id": "audit/Snakefile"}
    assert root["mentions"] == {"@id": "#run"}
    assert {one["@id"] for one in root["conformsTo"]} == set(PROFILES)
    assert root["datePublished"] == "2026-11-23"
    assert "ComputationalWorkflow" in entities["audit/Snakefile"]["@type"]
    assert run["object"] == {"@id": "#input-unit_costs"} or run["object"] == [
        {"@id": "#input-unit_costs"}
    ]
    assert "base/60_decision/qaly_health_care/arms.csv" in {one["@id"] for one in run["result"]}
    assert "simulated records" in root["description"]


def test_the_same_run_is_described_in_the_same_words(fresh):
    assert crate(fresh) == crate(fresh)
