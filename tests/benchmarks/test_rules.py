"""Seconds by rule: added up from Snakemake's own files, and every rule has one."""

import re

import pytest
import rules

HEAD = "s\th:m:s\tmax_rss\tmax_vms\tmax_uss\tmax_pss\tio_in\tio_out\tmean_load\tcpu_time\n"


def test_jobs_of_a_rule_are_added_up_and_the_longest_stands_first(tmp_path):
    logs = tmp_path / "study" / "base" / "logs"
    logs.mkdir(parents=True)
    line = "{s}\t0:00:01\t{rss}\t1\t1\t1\t0\t0\t50\t{cpu}\n"
    for name, s, rss, cpu in (
        ("fit_model_qaly", 20.0, 512.0, 18.0),
        ("fit_model_visits", 30.0, 1024.0, 25.0),
        ("compare_scenarios", 1.5, 256.0, 1.0),
        ("read_records", 0.1, "-", "-"),
    ):
        (logs / f"{name}.tsv").write_text(HEAD + line.format(s=s, rss=rss, cpu=cpu))
    found = rules.by_rule(tmp_path)
    assert found["rule"].tolist() == ["fit_model", "compare_scenarios", "read_records"]
    assert found.loc[0, ["jobs", "seconds", "processor", "memory"]].tolist() == [2, 50, 43, 1]
    assert found.loc[2, "processor"] == 0


def test_every_rule_that_runs_a_script_writes_a_benchmark_file_beside_its_log():
    for path in (rules.CLONE / "workflow" / "rules").glob("*.smk"):
        for rule in re.split(r"(?m)^(?=(?:use )?rule )", path.read_text("utf-8"))[1:]:
            log = re.search(r"    log:\n        (.+)\.log\",\n", rule)
            if log:
                assert f'    benchmark:\n        {log[1]}.tsv"\n' in rule, rule.split(":")[0]
            else:
                assert "    script:" not in rule, rule.split(":")[0]


def test_a_price_is_changed_and_nothing_else(tmp_path):
    path = tmp_path / "unit_costs.csv"
    path.write_text("item,unit_cost,source\nbed,100.00,\nvisit,40.00,PSSRU\n")
    rules.change_a_price(path)
    assert path.read_text() == "item,unit_cost,source\nbed,110.00,\nvisit,40.00,PSSRU\n"


@pytest.mark.slow
@pytest.mark.parametrize("name", rules.RUNS)
def test_each_run_tells_its_seconds_by_rule(name, tmp_path):
    (tmp_path / "tests").mkdir()
    table = rules.run(name, tmp_path)
    assert table["rule"].iloc[-1] == "whole run"
    assert (table["seconds"] > 0).all()
    # Rules share cores: together they take no more than two cores had, and a share of the whole.
    inside, whole = table.iloc[:-1]["processor"].sum(), table["processor"].iloc[-1]
    assert 0.2 * whole < inside < 1.1 * whole
