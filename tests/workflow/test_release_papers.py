"""The papers of a release: one version everywhere, a dated changelog, and what a forge shows."""

import re
import subprocess
import tomllib

import pytest
import yaml
from trialbalance import house

ROOT = house.root()
CHANGELOG = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
RELEASES = re.findall(r"^## (\d+\.\d+\.\d+) \((\d{4}-\d\d-\d\d)\)$", CHANGELOG, re.MULTILINE)
CITATION = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
FORGE = ROOT / ".github"
FORMS = sorted((FORGE / "ISSUE_TEMPLATE").glob("*.yml"))


def test_one_version_and_one_date():
    package = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    version, date = RELEASES[0]
    assert package["project"]["version"] == version
    assert str(CITATION["version"]) == version
    assert str(CITATION["date-released"]) == date


def test_releases_stand_newest_first_below_what_is_unreleased():
    heads = re.findall(r"^## (\S+)", CHANGELOG, re.MULTILINE)
    assert heads == ["Unreleased", *(version for version, _ in RELEASES)]
    numbers = [(*map(int, version.split(".")), date) for version, date in RELEASES]
    assert sorted(numbers, reverse=True) == numbers


def test_each_release_begins_with_what_alters_results():
    for part in re.split(r"^## .*$", CHANGELOG, flags=re.MULTILINE)[1:]:
        heads = re.findall(r"^### (.+)$", part, re.MULTILINE)
        assert not heads or heads[0] == "Changes that alter results"


def test_the_citation_has_what_its_format_requires():
    assert {"cff-version", "message", "title", "authors", "license", "type"} <= set(CITATION)
    assert CITATION["authors"]


def test_the_address_of_the_repository_waits_for_its_owner():
    """A placeholder would be an address that somebody follows; a comment is not."""
    lines = (ROOT / "CITATION.cff").read_text(encoding="utf-8").splitlines()
    assert "url" in CITATION or any(line.startswith("# url: ") for line in lines)


def test_the_forge_runs_what_everybody_runs():
    jobs = yaml.safe_load((FORGE / "workflows" / "ci.yml").read_text(encoding="utf-8"))["jobs"]
    runs = [step["run"] for job in jobs.values() for step in job["steps"] if "run" in step]
    assert ".ci/run" in runs
    assert "snakemake --lint" in runs
    assert all("timeout-minutes" in job for job in jobs.values())
    listed = subprocess.run(
        ["git", "ls-files", "-s", ".ci/run"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert listed.stdout.startswith("100755")


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.stem)
def test_a_form_asks_for_something(form):
    told = yaml.safe_load(form.read_text(encoding="utf-8"))
    if form.stem == "config":
        assert told == {"blank_issues_enabled": True}
        return
    assert {"name", "description", "body"} <= set(told)
    fields = [field for field in told["body"] if field["type"] != "markdown"]
    names = [field["id"] for field in fields]
    assert len(names) == len(set(names))
    assert any(field.get("validations", {}).get("required") for field in fields)
    assert all(field["attributes"]["label"] for field in fields)


def test_pages_for_contributors_are_there():
    names = {path.name for path in FORGE.glob("*.md")}
    assert names == {
        *("CONTRIBUTING.md", "SECURITY.md", "CODE_OF_CONDUCT.md"),
        "pull_request_template.md",
    }


@pytest.mark.parametrize("page", ["config/README.md", "results/README.md"])
def test_documents_that_are_written_by_the_code_are_marked_as_such(page):
    told = subprocess.run(
        ["git", "check-attr", "linguist-generated", page],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.strip().endswith(": set")
