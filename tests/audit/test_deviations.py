"""The plan, locked: what differs later is listed, with its reason or with none."""

import shutil
from pathlib import Path

import pandas as pd
import pytest
import yaml
from trialbalance import contracts, house
from trialbalance.audit.standards.deviations import deviations, plan_files
from trialbalance.commands.lock import lock
from trialbalance.contracts import Problems
from trialbalance.graph import audit_paths, paths
from trialbalance.settings.load import load_study
from trialbalance.settings.resolve import settled


def listed(study) -> pd.DataFrame:
    """Return the deviations of a study copy as its rule lists them."""
    loaded = load_study(study.file)
    path = Path(audit_paths.lock_file(loaded))
    locked = yaml.safe_load(path.read_text()) if path.exists() else None
    now = {name: settled(loaded, name) for name in loaded.scenarios}
    return deviations(
        locked, plan_files(paths.Place(loaded)), now, loaded.base["audit"]["deviations"]
    )


def changed(study) -> dict[str, tuple]:
    table = listed(study)
    kept = table[table["changed"]]
    return {
        row.subject: (row.locked, row.present, None if pd.isna(row.reason) else row.reason)
        for row in kept.itertuples()
    }


def test_without_a_lock_there_is_no_row(study):
    assert listed(study).empty


def test_a_locked_plan_without_changes_has_no_deviation(study):
    lines = lock(str(study.file))
    assert "locked analysis_plan.md" in lines[0]
    table = listed(study)
    assert "analysis_plan" in set(table["subject"])
    assert not table["changed"].any()


def test_words_of_the_report_and_order_are_no_deviation(study):
    lock(str(study.file))
    study.change(
        study={"title": "Another"}, report={"title": "Another"}, audit={"tolerance": 0.001}
    )
    assert changed(study) == {}


def test_a_changed_setting_is_listed_with_its_reason(study):
    lock(str(study.file))
    study.change(
        costs={"discount_rate": 0.015},
        outcomes={"discount_rate": 0.015},
        audit={"deviations": {"costs.discount_rate": "new guidance"}},
    )
    assert changed(study) == {
        "costs.discount_rate": ("0.035", "0.015", "new guidance"),
        "outcomes.discount_rate": ("0.035", "0.015", None),
    }


def test_a_changed_plan_or_price_is_listed(study):
    lock(str(study.file))
    plan = study.folder / "analysis_plan.md"
    plan.write_text(plan.read_text() + "\nLater.\n")
    study.replace("unit_costs.csv", "visit,60,", "visit,61,")
    assert set(changed(study)) == {"analysis_plan", "unit_costs"}


def test_a_setting_of_base_is_listed_once_and_a_new_scenario_in_full(study):
    study.change(scenarios={"dearer": {"title": "Dearer", "costs": {"price_year": "2020/21"}}})
    lock(str(study.file))
    study.change(costs={"discount_rate": 0.01})
    assert listed(study)["subject"].tolist().count("costs.discount_rate") == 1
    study.change(scenarios={"dearer": {"costs": {"price_year": "2019/20"}}})
    table = listed(study)
    row = table[(table["scenario"] == "dearer") & (table["subject"] == "costs.price_year")].iloc[0]
    assert (row["locked"], row["present"]) == ("2020/21", "2019/20")


def test_a_reason_for_nothing_is_answered_in_a_sentence(study):
    lock(str(study.file))
    study.change(audit={"deviations": {"costs.discount": "typing mistake"}})
    with pytest.raises(Problems, match=r"audit\.deviations\.costs\.discount: found a reason for"):
        listed(study)


def test_a_lock_changed_by_hand_is_refused(study):
    lock(str(study.file))
    path = study.folder / audit_paths.LOCK
    path.write_text(path.read_text().replace("discount_rate: 0.035", "discount_rate: 0.015"))
    with pytest.raises(Problems, match="changed by hand"):
        listed(study)


def test_a_second_lock_and_a_missing_plan_are_answered_in_sentences(study, tmp_path):
    lock(str(study.file))
    with pytest.raises(Problems, match="a plan locked on"):
        lock(str(study.file))
    other = tmp_path / "other"
    shutil.copytree(house.resources() / "template", other)
    (other / "analysis_plan.md").unlink()
    with pytest.raises(Problems, match="no analysis plan"):
        lock(str(other))


def test_the_table_keeps_its_contract(study, tmp_path):
    for number in range(2):
        contracts.write(listed(study), tmp_path / f"{number}.csv", "deviations", synthetic=True)
        if not number:
            lock(str(study.file))
            study.change(costs={"discount_rate": 0.01})
    assert contracts.read(tmp_path / "0.csv", "deviations").empty
    assert contracts.read(tmp_path / "1.csv", "deviations")["changed"].any()
