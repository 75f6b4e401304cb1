"""Every rule that may read a file from outside carries the digest of its content."""

import re

import pytest
from trialbalance import house
from trialbalance.graph import audit_paths, multiverse_paths, outside, paths, report_paths
from trialbalance.settings.load import load_studies
from trialbalance.settings.rule_set import files_below

ROOMS = {
    "paths": paths,
    "audit_paths": audit_paths,
    "report_paths": report_paths,
    "multiverse_paths": multiverse_paths,
}
RULES = sorted((house.root() / "workflow" / "rules").glob("*.smk"))
BLOCKS = [
    block
    for path in RULES
    if path.stem != "common"
    for block in re.split(r"(?m)^(?=rule |use rule )", path.read_text(encoding="utf-8"))[1:]
]
READING = [block for block in BLOCKS if re.search(r"inputs\((\w+\.\w+)\)", block)]
NAMES = [study.parent.name for study in sorted(house.studies().glob("*/study.yaml"))]


@pytest.fixture(scope="module")
def places():
    """Return every scenario and analysis of the studies that ship here."""
    files = [str(house.studies() / name / "study.yaml") for name in NAMES]
    studies = load_studies({"studies": files}, house.root())
    return [
        paths.Place(study, scenario, analysis)
        for study in studies.values()
        for scenario in study.scenarios
        for analysis in study.analyses(scenario) or [None]
    ]


def outside_of(finder, places):
    found = set()
    for place in places:
        try:
            found |= set(outside.from_outside(finder(place)))
        except (KeyError, TypeError):  # a stage that this study passes by
            continue
    return found


@pytest.mark.parametrize("block", READING, ids=lambda block: block.split(":")[0])
def test_a_rule_that_may_read_a_file_from_outside_carries_its_content(block, places):
    room, name = re.search(r"inputs\((\w+)\.(\w+)\)", block).groups()
    inherits = block.startswith("use rule")
    if outside_of(getattr(ROOMS[room], name), places) and not inherits:
        assert f"sources=sources({room}.{name})," in block


def test_an_inherited_rule_reads_no_more_from_outside_than_the_one_it_comes_from(places):
    own = outside_of(report_paths.report_inputs, places)
    assert outside_of(report_paths.full_report_inputs, places) == own
    assert outside_of(multiverse_paths.multiverse_report_inputs, places) == own


def test_the_file_that_a_rule_set_is_based_on_is_read_too():
    shipped = house.resources() / "legal"
    based = [path for path in shipped.glob("*.yaml") if "based_on:" in path.read_text("utf-8")]
    assert based
    for path in based:
        below = re.search(r"(?m)^based_on: *(\S+)", path.read_text("utf-8"))[1]
        assert files_below(path) == [shipped / f"{below}.yaml"]
