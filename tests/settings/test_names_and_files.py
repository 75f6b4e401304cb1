"""Names are none of the workflow's own, and files that a study names are its own."""

import copy
import os

import pytest
import yaml
from trialbalance.commands.check import check_study
from trialbalance.commands.new_study import make_study
from trialbalance.contracts import Problems
from trialbalance.contracts.catalogue import catalogue
from trialbalance.settings.checks.names.reserved import DEVICES, reserved, rule_names
from trialbalance.settings.checks.own_files import files_named
from trialbalance.settings.load import load_study

SECRET = "SECRETWORD"
# Setting -> ending, and the settings that name a file by it.
NAMING = {
    "data.files.visits": (".csv", lambda name: {"data": {"files": {"visits": name}}}),
    "costs.unit_costs": (".csv", lambda name: {"costs": {"unit_costs": name}}),
    "costs.price_index": (".csv", lambda name: {"costs": {"price_index": name}}),
    "outcomes.instruments.eq5d3l.value_set": (
        ".csv",
        lambda name: {"outcomes": {"instruments": {"eq5d3l": {"value_set": name[:-4]}}}},
    ),
    "legal.rule_set": (".yaml", lambda name: {"legal": {"rule_set": name[:-5]}}),
    "data.simulator.parameters": (
        ".yaml",
        lambda name: {
            "data": {"files": None, "simulator": {"kind": "template", "parameters": name}}
        },
    ),
    "report.texts.background": (".md", lambda name: {"report": {"texts": {"background": name}}}),
    "report.sections.0.text": (
        ".md",
        lambda name: {"report": {"sections": [{"title": "Own", "text": name}]}},
    ),
    "report.logo.file": (
        ".png",
        lambda name: {"report": {"logo": {"file": name, "alternative": "mark"}}},
    ),
}
# A name that may hold no slash cannot leave the folder.
BY_WORD = ("outcomes.instruments.eq5d3l.value_set", "legal.rule_set", "report.logo.file")


def secret(study, ending: str):
    """Return a file beside the study's folder that is nobody's to read."""
    file = study.folder.parent / f"secret{ending}"
    file.write_text(f"{SECRET}: 1\n")
    return file


def linked(study, ending):
    (study.folder / f"x{ending}").symlink_to(secret(study, ending))
    return f"x{ending}"


def in_linked_folder(study, ending):
    secret(study, ending)
    (study.folder / "there").symlink_to(study.folder.parent)
    return f"there/secret{ending}"


def outside(study, ending):
    return f"../{secret(study, ending).name}"


def absolute(study, ending):
    return str(secret(study, ending))


def pipe(study, ending):
    os.mkfifo(study.folder / f"x{ending}")
    return f"x{ending}"


def device(study, ending):
    (study.folder / f"x{ending}").symlink_to("/dev/zero")
    return f"x{ending}"


def folder(study, ending):
    (study.folder / f"x{ending}").mkdir()
    return f"x{ending}"


WORDS = {
    linked: "a link to another file",
    in_linked_folder: "a link to another file",
    outside: "a path that leaves the study's folder",
    absolute: "a path that leaves the study's folder",
    pipe: "a folder, device or pipe",
    device: "a link to another file",
    folder: "a folder, device or pipe",
}


@pytest.mark.parametrize("place", WORDS)
@pytest.mark.parametrize("setting", NAMING)
def test_a_file_that_is_none_of_the_studys_is_refused_unread(study, setting, place):
    ending, change = NAMING[setting]
    name = place(study, ending)
    study.change(**change(name))
    with pytest.raises(Problems) as problems:
        load_study(study.file)
    told = str(problems.value)
    assert setting in told and SECRET not in told
    if setting in BY_WORD and "/" in name:
        return
    assert f"setting {setting}: found {WORDS[place]}; allowed: a file in the study's folder" in told
    assert "copy it there, or set data.files_elsewhere: true" in told


def test_the_studys_other_files_are_nothing_to_read_records_from(study):
    study.change(data={"files": {"visits": "study.yaml"}})
    with pytest.raises(Problems, match=r"study\.yaml, which is the study's for another purpose"):
        load_study(study.file)


def test_the_rule_set_below_a_rule_set_is_looked_at_as_well(study):
    (study.folder / "mine.yaml").write_text("based_on: theirs\n")
    (study.folder / "theirs.yaml").symlink_to(secret(study, ".yaml"))
    study.change(legal={"rule_set": "mine"})
    with pytest.raises(Problems, match="based_on: a link to another file") as problems:
        load_study(study.file)
    assert SECRET not in str(problems.value)


@pytest.mark.parametrize(
    ("below", "words"),
    [
        ("../secret", "based_on: found ../secret; allowed: letters, digits and _"),
        ("theirs", "found theirs; allowed: a rule set beside this one; correct the name"),
        ("[1]", r"found \[1\]; allowed: letters"),
    ],
)
def test_a_rule_set_below_that_cannot_be_is_one_sentence(study, below, words):
    (study.folder / "mine.yaml").write_text(f"based_on: {below}\n")
    study.change(legal={"rule_set": "mine"})
    with pytest.raises(Problems, match=words):
        load_study(study.file)


def test_every_file_of_a_study_is_among_those_that_are_looked_at(study):
    """A setting that reads like a file's name is one; a new one must be added here."""
    study.change(report={"texts": {"plan": "a.md"}, "sections": [{"title": "t", "text": "b.md"}]})
    base = load_study(study.file).base
    named = set(files_named(base, study.folder).values())

    def files(value):
        if isinstance(value, dict):
            return {name for item in value.values() for name in files(item)}
        if isinstance(value, list):
            return {name for item in value for name in files(item)}
        endings = (".csv", ".parquet", ".yaml", ".md", ".svg", ".png")
        return {value} if isinstance(value, str) and value.endswith(endings) else set()

    assert files(base) == named != set()


@pytest.mark.parametrize("kind", ["scenario", "analysis", "arm"])
def test_reserved_names_are_refused_with_their_line(study, kind):
    part = {"scenario": "scenarios", "analysis": "analyses", "arm": "study.arms"}[kind]
    content = yaml.safe_load(study.file.read_text(encoding="utf-8"))
    like = {
        "scenario": {"title": "t", "costs": {"discount_rate": 0.05}},
        "analysis": next(iter(content["analyses"].values())),
        "arm": {"label": "other"},
    }[kind]
    names = sorted(reserved(kind))
    many = {name: copy.deepcopy(like) for name in names}
    study.change(**({"study": {"arms": many}} if kind == "arm" else {part: many}))
    with pytest.raises(Problems) as problems:
        load_study(study.file)
    told = [one for one in problems.value.findings if one.remedy == "rename it"]
    assert {one.column for one in told} >= {f"{part}.{name}" for name in names}
    assert all(one.row for one in told)
    assert "no stage, folder, file, rule or target of the workflow" in str(problems.value)


@pytest.mark.parametrize("name", ["release", "certificates", "read_totals", "fit_model", "con"])
def test_a_study_is_not_called_as_the_workflow_calls_something(study, tmp_path, name):
    study.folder = study.folder.rename(study.folder.with_name(name))
    with pytest.raises(Problems, match=f"a study folder called {name}; allowed: a name that is no"):
        load_study(study.folder / "study.yaml")
    with pytest.raises(Problems, match="no stage, folder, file, rule or target"):
        make_study(name, tmp_path / "new")


@pytest.mark.parametrize("name", ["multiverse_heavy", "refit_of_base"])
def test_a_scenario_named_like_those_of_a_multiverse_is_refused(study, name):
    study.change(scenarios={name: {"title": "t", "model": {"draws": 500}}})
    with pytest.raises(Problems, match=rf"scenarios\.{name}.*rename it"):
        load_study(study.file)


def test_every_rule_target_table_and_folder_is_reserved():
    assert {"all", "release", "certificates", "write_report", "read_draws"} <= reserved("study")
    assert rule_names() <= reserved("study") and set(DEVICES) <= reserved("arm")
    assert set(catalogue()) <= reserved("analysis")
    assert {"release", "base", "audit", "70_synthesis", "logs"} <= reserved("scenario")


def test_two_analyses_that_would_write_one_file_are_refused(study):
    content = yaml.safe_load(study.file.read_text(encoding="utf-8"))
    name, analysis = next(iter(content["analyses"].items()))
    table = next(
        table.file.rpartition("/")[2].replace("{analysis}", name)
        for table in catalogue().values()
        if table.per == "analysis" and table.file.rpartition("/")[2].startswith("{analysis}_")
    )
    study.change(analyses={table: analysis})
    with pytest.raises(Problems, match=f"whose .* is also one of {name}"):
        load_study(study.file)


def test_the_study_as_it_ships_names_nothing_wrong(study):
    assert "no mistake found" in check_study(str(study.file))[0]
