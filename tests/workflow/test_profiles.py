"""Profiles of other machines: what shares a job, what grows by attempt, what an image holds."""

import re
import subprocess
import sys

import pytest
import yaml
from trialbalance import house

WORKFLOW = house.root() / "workflow"
TEXT = "\n".join(path.read_text("utf-8") for path in (WORKFLOW / "rules").glob("*.smk"))
# Fits, and what runs as long as they do: a job each.
LONG = {
    "fit_model", "climb_ladder", "cross_check", "scale_priors", "estimate_endpoints",
    "compare_observed", "fit_selection", "release_results",
}  # fmt: skip


def profile(name):
    return yaml.safe_load((WORKFLOW / "profiles" / name / "config.yaml").read_text("utf-8"))


def groups(name="slurm"):
    return dict(line.split("=") for line in profile(name)["groups"])


def local_rules():
    found = re.findall(r"^localrules:\n((?:    \w+,\n)+)", TEXT, re.MULTILINE)
    return set(re.findall(r"\w+", "".join(found)))


def test_the_profiles_differ_in_how_they_submit_alone():
    one, other = profile("slurm"), profile("cluster-generic")
    assert {key for key in one if one[key] != other.get(key)} == {"executor"}
    assert {key for key in other if key not in one} == {
        "cluster-generic-submit-cmd",
        "cluster-generic-cancel-cmd",
    }


def test_every_rule_shares_a_job_or_is_long_or_runs_where_snakemake_does():
    scripted = {
        re.match(r"(?:rule (\w+)|use rule \w+ as (\w+))", part)[1]
        or re.match(r"use rule \w+ as (\w+)", part)[1]
        for part in re.split(r"(?m)^(?=(?:use )?rule \w+)", TEXT)
        if re.match(r"(use )?rule \w+", part) and ("script:" in part or part.startswith("use"))
    }
    grouped, local = set(groups()), local_rules()
    assert grouped | LONG | local == scripted
    assert not grouped & LONG
    assert not grouped & local


def test_memory_and_minutes_of_every_rule_grow_with_each_attempt():
    told = re.findall(r"^        (mem_mb|runtime)=(.+),$", TEXT, re.MULTILINE)
    assert len(told) > 20
    assert all(re.fullmatch(r"by_attempt\(\d+\)", amount) for _, amount in told)
    assert all("* attempt" in line for line in profile("slurm")["default-resources"])


def test_the_image_is_made_of_files_that_are_there_and_the_python_of_the_package():
    recipe = (WORKFLOW / "envs" / "Containerfile").read_text("utf-8")
    for line in re.findall(r"^COPY (.+)$", recipe, re.MULTILINE):
        for name in line.split()[:-1]:
            assert (house.root() / name).exists(), name
    package = (house.root() / "pyproject.toml").read_text("utf-8")
    wanted = re.search(r'requires-python = ">=([\d.]+)"', package)
    assert f"python:{wanted[1]}-slim" in recipe
    assert (WORKFLOW / "envs" / "constraints.txt").exists()


@pytest.mark.slow
def test_no_job_waits_for_a_rule_that_waits_for_the_same_job(study, tmp_path):
    (tmp_path / "studies.yaml").write_text(f"studies: [{study.folder}/study.yaml]\n", "utf-8")
    command = [sys.executable, "-m", "snakemake", "all", "full"]
    command += ["-s", str(house.root() / "Snakefile"), "--configfile", "studies.yaml"]
    command += ["--rulegraph"]
    drawn = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    names = dict(re.findall(r'(\d+)\[label = "(\w+)', drawn))
    after = {}
    for first, second in re.findall(r"(\d+) -> (\d+)", drawn):
        after.setdefault(names[first], set()).add(names[second])
    of = groups()

    def beyond(rule, group):
        """Return the rules reached from one without passing through its group."""
        found, todo = set(), [one for one in after.get(rule, ()) if of.get(one) != group]
        while todo:
            one = todo.pop()
            if one not in found:
                found.add(one)
                todo += after.get(one, ())
        return found

    for rule, group in of.items():
        assert not {one for one in beyond(rule, group) if of.get(one) == group}, rule
    assert len(after) > 10
