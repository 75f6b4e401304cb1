"""What a study file and its paths may not do: stand for a million words, or lead elsewhere."""

import os

import pytest
from trialbalance.commands.check import check_study
from trialbalance.contracts import Problems
from trialbalance.settings.load import load_study
from trialbalance.settings.yamlfile import read_yaml

BOMB = "a0: &a0 [x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 10)
)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (BOMB, "more than 10 aliases"),
        ("a: " + "[" * 3000 + "]" * 3000, "more than 30 levels"),
        ("a: &a\n  b: *a\n", r"\*a within what it stands for"),
        ("? [a, b]\n: 1\n", "a list or map as the name of a setting"),
    ],
)
def test_yaml_that_would_not_end_is_refused_at_once(tmp_path, text, sentence):
    path = tmp_path / "study.yaml"
    path.write_text(text)
    with pytest.raises(Problems, match=sentence):
        read_yaml(path)


def test_half_of_a_sign_is_refused_with_its_line(tmp_path):
    path = tmp_path / "study.yaml"
    path.write_text('a: {b: x}\nc:\n  - "\\ud800"\n"d\\udfff": 1\n')
    with pytest.raises(Problems) as refused:
        read_yaml(path)
    assert [(one.row, one.column) for one in refused.value.findings] == [(3, "c.0"), (4, "")]
    assert "half of a sign (\\ud800)" in str(refused.value)


def test_something_said_twice_by_an_alias_is_read(tmp_path):
    path = tmp_path / "study.yaml"
    path.write_text("one: &one {x: 1}\ntwo: *one\nthree: &three [1]\nfour: *three\n")
    assert read_yaml(path)[0]["two"] == {"x": 1}


@pytest.mark.parametrize("word", ["release", "report", "audit", "all", "full", "data", "model"])
def test_a_scenario_has_no_name_of_a_folder_or_target(study, word):
    study.change(scenarios={word: {"title": "Other", "study": {"horizon_years": 0.5}}})
    with pytest.raises(Problems, match=f"scenarios.{word}"):
        load_study(study.file)


SECRET = "root:x:0:0"


def linked(study):
    (study.folder / "elsewhere").write_text(SECRET)
    (study.folder / "linked.csv").symlink_to(study.folder / "elsewhere")
    return "linked.csv"


def outside(study):
    (study.folder.parent / "secret.csv").write_text(SECRET)
    return "../secret.csv"


def pipe(study):
    os.mkfifo(study.folder / "pipe.csv")
    return "pipe.csv"


@pytest.mark.parametrize("place", [linked, outside, pipe, lambda _: "/dev/zero"])
def test_records_from_elsewhere_are_refused_and_not_quoted(study, place):
    files = load_study(study.file).base["data"]["files"]
    study.change(data={"files": {**files, "visits": place(study)}})
    with pytest.raises(Problems, match=r"data\.files\.visits") as problems:
        check_study(str(study.file))
    assert "root" not in str(problems.value)


def test_a_setting_lets_them_pass(study):
    files = load_study(study.file).base["data"]["files"]
    real = study.folder / files["visits"]
    other = study.folder.parent / "visits.csv"
    other.write_bytes(real.read_bytes())
    study.change(data={"files": {**files, "visits": "../visits.csv"}, "files_elsewhere": True})
    assert "no mistake found" in check_study(str(study.file))[0]


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("", "text that is not empty"), ("  ", "nothing but spaces"), ("-9", "begins with no =, .*-")],
)
def test_a_name_that_no_table_can_hold_is_refused_by_the_check(study, name, sentence):
    key = next(iter(load_study(study.file).base["costs"]["perspectives"]))
    study.change(costs={"perspectives": {key: {"label": name}}})
    with pytest.raises(Problems, match=f"perspectives.{key}.label: found .*{sentence}"):
        load_study(study.file)
