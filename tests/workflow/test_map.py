"""The map of the house against the house: rooms named exist, and rooms that exist are named."""

import ast
import re

import pytest
from trialbalance import house
from trialbalance.contracts import catalogue

ROOT = house.root()
SOURCE = ROOT / "workflow" / "src" / "trialbalance"
MAP = (ROOT / "workflow" / "README.md").read_text(encoding="utf-8")
HELD = {
    target.id: ast.literal_eval(node.value)
    for node in ast.parse((ROOT / "tests/workflow/test_house.py").read_text("utf-8")).body
    if isinstance(node, ast.Assign)
    for target in node.targets
    if target.id in ("LAYERS", "STAGES")
}
LAYERS, STAGES = HELD["LAYERS"], HELD["STAGES"]
ROOMS = {
    str(room.relative_to(SOURCE))
    for path in SOURCE.rglob("*.py")
    for room in path.parents
    if SOURCE in room.parents
}
ADDED = re.findall(r"^\*\*(An? [a-z ]+)\.\*\*", MAP, re.MULTILINE)


def chapter(title):
    """Return the text below a heading of the map."""
    return MAP.partition(f"## {title}\n")[2].partition("\n## ")[0]


def rows(text):
    """Return the rows of the tables in a text, without their heads."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def test_the_stages_of_the_map_are_those_of_the_house():
    told = [row for row in rows(chapter("Stages")) if row[0].startswith("`")]
    assert [row[0].strip("`") for row in told] == list(STAGES)
    for word, row in zip(STAGES, told, strict=True):
        assert f"rules/{word}.smk" in row[2]
        assert row[3] == f"[{word}](src/trialbalance/{word})"
        assert row[5] == f"`tests/{word}`"
        if word in catalogue.FOLDERS:
            assert row[4] == f"`{catalogue.FOLDERS[word]}`"


def test_the_floors_of_the_map_are_those_that_imports_keep():
    floors = [row for row in rows(chapter("Rooms and floors")) if row[0].isdigit()]
    assert [set(re.findall(r"`(\w+)`", row[1])) for row in floors] == LAYERS


def test_every_wing_is_named_and_every_wing_named_exists():
    named = set()
    for room, words in (row for row in rows(chapter("Rooms and floors")) if len(row) == 2):
        if room.startswith("`"):
            named |= {f"{room.strip('`')}/{wing}" for wing in re.findall(r"`([\w/]+)`", words)}
    assert named == {room for room in ROOMS if "/" in room}


def test_every_room_stands_on_a_floor():
    assert {room for room in ROOMS if "/" not in room} <= set().union(*LAYERS)


def test_folders_beside_the_library_are_named():
    folders = {path.name for path in (ROOT / "workflow").iterdir() if path.is_dir()} - {"src"}
    assert folders == set(
        re.findall(r"\[(\w+)\]\(\1\)", MAP.partition("Beside the library")[2].partition("##")[0])
    )


@pytest.mark.parametrize("row", rows(chapter("Where is …?"))[2:], ids=lambda row: row[0])
def test_what_is_looked_for_stands_there(row):
    looked_for, place = row
    files = re.findall(r"\]\((src/[^)]+\.py)\)(?:: ((?:`\w+`(?:, )?)+))?", place)
    for path, names in files:
        module = ast.parse((ROOT / "workflow" / path).read_text(encoding="utf-8"))
        defined = {
            node.name
            for node in ast.walk(module)
            if isinstance(node, ast.FunctionDef | ast.ClassDef)
        } | {
            target.id
            for node in module.body
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        assert set(re.findall(r"`(\w+)`", names)) <= defined, path
    if words := re.search(r'"(.+)"', looked_for):
        assert words[1] in (ROOT / "workflow" / files[0][0]).read_text(encoding="utf-8")


def test_what_can_be_added_is_told():
    assert {
        *("A price index", "An instrument", "A table", "A report section"),
        *("A family", "A command", "A stage"),
    } == set(ADDED)


def test_every_file_that_an_addition_touches_exists():
    text = chapter("How to add …")
    for name in re.findall(r"`(\w+\.py)`", text):
        assert (SOURCE / "model" / name).exists(), name
    for path in re.findall(r"`((?:tests/workflow|resources)/[\w/.]+\.\w+)`", text):
        assert (ROOT / path).exists() or (ROOT / "workflow" / path).exists(), path
    for name in re.findall(r"`([A-Z]{4,})`", text):
        assert any(
            re.search(rf"^{name}\b", path.read_text(encoding="utf-8"), re.MULTILINE)
            for path in [*SOURCE.rglob("*.py"), *(ROOT / "tests" / "workflow").glob("*.py")]
        ), name


def test_every_command_has_its_module():
    main = ast.parse((SOURCE / "__main__.py").read_text(encoding="utf-8"))
    commands = {
        node.name.rstrip("_")
        for node in main.body
        if isinstance(node, ast.FunctionDef) and node.decorator_list
    }
    modules = {path.stem for path in (SOURCE / "commands").glob("*.py")} - {"__init__"}
    assert commands == modules
