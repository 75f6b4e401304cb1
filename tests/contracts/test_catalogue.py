"""The catalogue of tables: a table is its contract and what makes it, and nothing else lists it."""

import re
import shutil
from pathlib import Path

import pytest
from laid_study import Laid
from trialbalance import contracts, house
from trialbalance.contracts.catalogue import DOORS, FOLDERS, catalogue, stage_tables, table_of
from trialbalance.graph import audit_paths, paths, report_paths
from trialbalance.report.document import SECTIONS
from trialbalance.report.sections.appendix.plain_tables import plain_tables

RULES = (house.root() / "workflow" / "rules").glob("*.smk")
ADDED = """
name: regrets
title: Regrets
description: What each arm may cost in hindsight.
order: 35
written: {by: compare_arms, per: analysis, large: true}
reported: {section: results, order: 35, heading: In hindsight, columns: [arm, regret]}
sensitivity: release
primaryKey: [arm]
missingValues: [""]
fields:
  - arm
  - {name: regret, type: number, unit: currency, description: Regret.}
  - {name: threshold, constraints: null}
"""


@pytest.fixture
def one_more(tmp_path, monkeypatch):
    """A house whose contracts hold one more table."""
    schemas = tmp_path / "schemas"
    shutil.copytree(house.schemas(), schemas)
    (schemas / "tables" / "decision" / "regrets.yaml").write_text(ADDED)
    monkeypatch.setattr(house, "schemas", lambda: schemas)


def test_what_contracts_name_is_there():
    rules = set(re.findall(r"(?m)^rule (\w+)", "".join(path.read_text() for path in RULES)))
    sections = {name for name, _ in SECTIONS}
    for table in catalogue().values():
        assert table.by in rules, table.name
        assert table.per in ("study", "scenario", "analysis"), table.name
        assert not table.when or table.when in paths.ASKED, table.name
        assert set(table.doors) <= set(DOORS), table.name
        assert table.target in ("", "full", "multiverse"), table.name
        assert not table.printed or table.printed.section in sections, table.name
        assert ("{analysis}" in table.file) == (table.per == "analysis"), table.name


def test_no_two_tables_share_a_file_a_place_or_a_heading():
    every = list(catalogue().values())
    printed = [table.printed for table in every if table.printed]
    assert len({table.file for table in every}) == len(every)
    assert len({(table.stage, table.order) for table in every}) == len(every)
    assert len({(one.section, one.order) for one in printed}) == len(printed)
    for one in printed:
        table = next(table for table in every if table.printed is one)
        columns = {field["name"] for field in contracts.schema(table.name)["fields"]}
        assert {*one.columns, *filter(None, (one.blank,))} <= columns, table.name


def test_every_contract_stands_in_the_folder_of_a_stage():
    for path in (house.schemas() / "tables").rglob("*.yaml"):
        assert path.parent.name in FOLDERS
        assert path.parent.parent.name == "tables"


def test_a_file_names_its_table_whatever_the_analysis():
    for table in catalogue().values():
        if "." not in table.file:
            for analysis in ("qaly", "qaly_missingness_2", "x"):
                file = Path("results/trial/base") / table.path(analysis, "parquet")
                assert table_of(file) == table.name


def test_a_shared_column_is_told_otherwise_and_a_part_of_it_taken_away(one_more):
    arm, regret, threshold = contracts.schema("regrets")["fields"]
    assert arm["vocabulary"] == "arms"
    assert regret["unit"] == "currency"
    assert "constraints" not in threshold
    assert threshold["description"] == "What one unit of the outcome may cost."


def test_a_column_without_a_meaning_is_answered_with_the_nearest(one_more):
    path = house.schemas() / "tables" / "decision" / "regrets.yaml"
    path.write_text(ADDED.replace("- arm\n", "- amr\n"))
    with pytest.raises(KeyError, match="perhaps 'arm' was meant"):
        contracts.schema("regrets")


def test_one_more_contract_is_one_more_table_everywhere(one_more, tmp_path):
    place = Laid(tmp_path).run().place
    assert "regrets" in stage_tables("records", "decision")
    analysis = place.study.analyses()[0]
    file = f"<results>/my_trial/base/60_decision/{analysis}/regrets.parquet"
    wide = place._replace(format="parquet")
    assert paths.made(wide._replace(analysis=analysis), "regrets") == file
    assert report_paths.report_inputs(wide)[f"{analysis}.regrets"] == file
    assert file in audit_paths.manifest_inputs(wide)["files"]
    assert table_of(Path(file)) == "regrets"
    assert "regrets" in [entry.table for entry in plain_tables()]
    assert "## regrets\n" in contracts.dictionary()
