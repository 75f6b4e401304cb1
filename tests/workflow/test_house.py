"""The house: one word in five places, one-way layers, light imports, documents in step."""

import ast
import doctest
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from trialbalance import house
from trialbalance.commands.documents import out_of_step
from trialbalance.contracts.terms import DAYS_A_YEAR, NOBODY
from trialbalance.settings.load import load_study
from trialbalance.settings.manual import schema_text
from trialbalance.settings.resolve import complete, stage_settings
from trialbalance.settings.section import sections_in
from trialbalance.settings.study_file import StudyFile

ROOT = house.root()
SOURCE = ROOT / "workflow" / "src" / "trialbalance"
STAGES = (
    "data",
    "legal",
    "costs",
    "outcomes",
    "dataset",
    "model",
    "decision",
    "synthesis",
    "report",
    "audit",
)
# A package may import those that stand before it, and never one of its own row.
LAYERS = [
    {"house"},
    {"contracts"},
    {"settings", "provenance", "disclosure"},
    {"graph"},
    {"data", "simulation", "legal", "costs", "outcomes", "dataset"},
    {"model"},
    {"decision"},
    {"synthesis"},
    {"report"},
    {"audit"},
    {"commands"},
    {"__main__"},
]
MODULES = sorted(SOURCE.rglob("*.py"))
SCRIPTS = sorted((ROOT / "workflow" / "scripts").glob("*.py"))
RULES = sorted((ROOT / "workflow" / "rules").glob("*.smk"))


def imported(path: Path) -> set[str]:
    """Return every dotted name that a file imports, also inside functions."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: relative import"
            found |= {f"{node.module}.{name.name}" for name in node.names}
    return found


def package_of(path: Path) -> str:
    first = path.relative_to(SOURCE).parts[0]
    return first.removesuffix(".py")


def test_top_level_is_fixed():
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        pytest.fail("the tests run in a clone")
    top = {line.split("/")[0] for line in listed.stdout.split() if not line.startswith(".")}
    assert top == {
        "Snakefile",
        "pyproject.toml",
        "README.md",
        "workflow",
        "config",
        "results",
        "tests",
        "LICENSE",
        "CHANGELOG.md",
        "CITATION.cff",
    }


@pytest.mark.parametrize("stage", STAGES)
def test_one_word_in_five_places(stage):
    assert (ROOT / "workflow" / "rules" / f"{stage}.smk").exists()
    assert (SOURCE / stage / "__init__.py").exists()
    assert list((ROOT / "tests" / stage).glob("test_*.py"))
    if stage != "synthesis":
        assert (SOURCE / "settings" / "sections" / f"{stage}.py").exists()


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_layers_are_one_way(path):
    mine = package_of(path)
    level = next((n for n, row in enumerate(LAYERS) if mine in row), None)
    if level is None:
        assert mine == "__init__"
        return
    for name in imported(path):
        words = name.split(".")
        if words[0] != "trialbalance" or len(words) < 2 or words[1] == mine:
            continue
        below = next(n for n, row in enumerate(LAYERS) if words[1] in row)
        assert below < level, f"{mine} imports {words[1]}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_heavy_packages_stay_in_their_room(path):
    roots = {name.split(".")[0] for name in imported(path)}
    assert "snakemake" not in roots
    if package_of(path) != "model":
        assert not roots & {"pymc", "pytensor", "nutpie", "arviz"}
    if package_of(path) != "report":
        assert not roots & {"altair", "vl_convert", "pypandoc"}


def test_no_drawer_without_a_name():
    drawers = {"utils", "util", "helpers", "helper", "misc", "common"}
    assert not [path for path in MODULES if path.stem in drawers or path.parent.name in drawers]


def test_nothing_in_the_library_names_a_study():
    names = [path.parent.name for path in (ROOT / "config" / "studies").glob("*/study.yaml")]
    assert names
    for path in [*MODULES, *RULES, *SCRIPTS]:
        text = path.read_text(encoding="utf-8").lower()
        assert not [name for name in names if name in text], path


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_scripts_read_call_and_write(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 30
    rules = "".join(rule.read_text(encoding="utf-8") for rule in RULES)
    assert f'"../scripts/{path.name}"' in rules
    assert f'code("{path.stem}")' in rules


def test_rules_hold_no_logic():
    for path in RULES:
        text = path.read_text(encoding="utf-8")
        assert "run:" not in text
        if path.stem != "common":
            assert "lambda" not in text, path
    assert len((ROOT / "workflow/rules/common.smk").read_text().splitlines()) <= 150


def test_every_rule_says_what_it_does_and_where():
    for path in RULES:
        for block in path.read_text(encoding="utf-8").split("\nrule ")[1:]:
            name = block.partition(":")[0]
            assert '"""' in block.splitlines()[1], name
            assert 'conda:\n        "../envs/environment.yaml"' in block, name
            assert "log:" in block, name


def test_check_is_light():
    code = (
        "import sys, trialbalance.__main__, trialbalance.commands.check\n"
        "heavy = {'pymc', 'arviz', 'numba', 'altair', 'snakemake'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_documents_are_in_step():
    assert out_of_step() == []


def test_schema_file_is_valid_json_and_knows_every_section():
    schema = json.loads(schema_text())
    assert set(schema["properties"]) >= {"study", "data", "costs", "model", "analyses", "scenarios"}
    assert schema["additionalProperties"] is False


def test_constraints_name_versions_only():
    text = (ROOT / "workflow" / "envs" / "constraints.txt").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    assert lines
    assert all(line.count("==") == 1 and "/" not in line and "@" not in line for line in lines)


def test_environment_file_is_made_from_the_constraints():
    environment = yaml.safe_load((ROOT / "workflow/envs/environment.yaml").read_text())
    pins = environment["dependencies"][-1]["pip"]
    text = (ROOT / "workflow/envs/constraints.txt").read_text(encoding="utf-8")
    assert pins == [line for line in text.splitlines() if line and not line.startswith("#")]


def test_the_wheel_carries_the_house():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    carried = settings["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    assert all(target == f"trialbalance/house/{source}" for source, target in carried.items())
    for place in (house.snakefile(), house.schemas(), house.resources(), house.scripts()):
        assert str(place.relative_to(ROOT)) in carried
    assert {"workflow/rules", "workflow/report", "workflow/envs"} <= set(carried)


def shows_nothing(examples: list[doctest.Example]) -> bool:
    """Return whether examples tell only a name, or only that nothing makes nothing."""
    source = "".join(example.source for example in examples)
    given = {example.want.strip() for example in examples if example.want}
    made_of_nothing = re.search(r"\((None|\{\}|\[\])(, (None|\{\}|\[\]))*\)", source)
    return "__name__" in source or (
        bool(made_of_nothing) and given <= {"True", "False", "[]", "{}", "()", "''"}
    )


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_an_example_shows_what_its_function_does(path):
    parser = doctest.DocTestParser()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            examples = parser.get_examples(ast.get_docstring(node) or "")
            assert not shows_nothing(examples), node.name


@pytest.mark.parametrize(
    ("text", "nothing"),
    [
        (">>> f.__name__\n'f'\n", True),
        (">>> f(None, {}).empty\nTrue\n", True),
        (">>> f([])\n[]\n", True),
        (">>> f(2)\n4\n", False),
        (">>> f([]), f([1])\n(0, 1)\n", False),
    ],
)
def test_an_example_that_shows_nothing_is_known(text, nothing):
    assert shows_nothing(doctest.DocTestParser().get_examples(text)) is nothing


# Rooms that still write a default beside the settings' own; the list may only shrink.
DEFAULTS_TO_COME = frozenset(("model", "report"))
# Maps that are no settings: fields and contracts of tables, files by table, leaves of a simulator.
NO_SETTINGS = frozenset(
    ("contract", "field", "schema", "found", "files", "leaf", "told", "span", "term")
)


def names_of_settings() -> set[str]:
    """Return the name of every setting of a study file, however deep."""
    names, waiting, seen = set(), [StudyFile], set()
    while waiting:
        section = waiting.pop()
        if section not in seen:
            seen.add(section)
            names |= set(section.model_fields)
            waiting += [
                one
                for field in section.model_fields.values()
                for one in sections_in(field.annotation)
            ]
    return names


SETTINGS = names_of_settings()


def second_defaults(text: str) -> list[str]:
    """Return where a text takes a setting with a default, by ``get`` or by ``or``."""
    found = []
    for node in ast.walk(ast.parse(text)):
        either = isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or)
        call = node.values[0] if either else node
        if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)):
            continue
        if call.func.attr != "get" or not (either or len(call.args) == 2):
            continue
        whose = ast.unparse(call.func.value).rpartition(".")[2]
        key = call.args[0]
        if isinstance(key, ast.Constant) and key.value in SETTINGS and whose not in NO_SETTINGS:
            found.append(f"line {node.lineno}: {ast.unparse(node)}")
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_no_stage_has_a_default_for_a_setting(path):
    if package_of(path) not in {*DEFAULTS_TO_COME, "settings"}:
        assert not second_defaults(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("text", "caught"),
    [
        ('section.get("interval", 0.95)', True),
        ('(plan.get("price_scenarios") or {})', True),
        ('section["interval"]', False),
        ('field.get("unit", "")', False),
        ('case.get("at_ceiling")', False),
    ],
)
def test_a_second_default_is_known(text, caught):
    assert bool(second_defaults(text)) is caught


@pytest.mark.parametrize("path", sorted(house.studies().glob("*/study.yaml")), ids=str)
def test_a_stage_is_handed_every_setting_of_its_section(path):
    study = load_study(path)
    for scenario in study.scenarios:
        for analysis in study.analyses(scenario):
            for stage in StudyFile.per_analysis():
                section = stage_settings(study, scenario, stage, analysis)[stage]
                own = {w: v for w, v in section.items() if w != "groupings"}
                wanted = complete(stage, own)
                if stage == "model":
                    wanted = {word: value for word, value in wanted.items() if word in own}
                assert own == wanted, (scenario, analysis, stage)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_every_argument_of_a_public_function_has_a_type(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            taken = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
            bare = [one.arg for one in taken if one.annotation is None]
            assert not {*bare} - {"self", "cls"}, node.name


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_the_year_and_the_empty_arm_are_spelled_in_one_place(path):
    spelled = {
        node.value
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str | float)
    }
    if path.relative_to(SOURCE).as_posix() != "contracts/terms.py":
        assert not spelled & {DAYS_A_YEAR, NOBODY}
