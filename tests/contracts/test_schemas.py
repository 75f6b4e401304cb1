"""Contract files: valid Frictionless, complete, and held by what is written."""

import re

import pandas as pd
import pytest
from frictionless import Resource, Schema
from frictionless import validate as judge
from trialbalance import contracts, house

LABELS = {"participant", "aggregate", "release", "simulated"}
SAMPLES = {"string": "word", "number": 0.5, "integer": 1, "year": 2012, "boolean": True,
           "date": pd.Timestamp("2012-01-31")}  # fmt: skip
# One of these fits each pattern in use.
WORDS = ("14:30Z", "GBP", "2012/13", "evpi", "0" * 64, "11121", "word", "base", "2012-01-31")


def sample(field):
    rules = field.get("constraints", {})
    if "enum" in rules:
        return rules["enum"][0]
    if "pattern" in rules:
        return next(word for word in WORDS if re.fullmatch(rules["pattern"], word))
    value = SAMPLES[field.get("type", "string")]
    if field.get("type") in ("number", "integer"):
        value = max(value, rules.get("minimum", value))
        value = min(value, rules.get("maximum", value))
    return value


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", contracts.tables())
def test_every_contract_is_valid_and_says_what_it_holds(name):
    contract = contracts.schema(name)
    names = Schema.from_descriptor(contracts.descriptor(name)).field_names
    assert not contract.get("marked", True) or names[-1] == "synthetic"
    assert contract["name"] == name
    assert contract["sensitivity"] in LABELS
    assert contract["title"] and contract["description"]
    known = [field["name"] for field in contract["fields"]]
    assert len(set(known)) == len(known)
    assert set(contract.get("primaryKey", [])) <= set(known)
    for field in contract["fields"]:
        assert len(field["description"].split()) >= 1, field["name"]
    for link in contract.get("foreignKeys", []):
        assert set(link["fields"]) <= set(known)
        there = contracts.schema(link["reference"]["resource"])
        assert set(link["reference"]["fields"]) <= {field["name"] for field in there["fields"]}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", contracts.tables())
def test_what_is_written_passes_another_validator(name, tmp_path):
    # A table whose columns are the arms of the study has none of its own.
    arms = [] if contracts.schema(name)["fields"] else [{"name": "arm", "type": "number"}]
    contract = contracts.schema(name, arms)
    row = {field["name"]: sample(field) for field in contract["fields"]}
    contracts.write(pd.DataFrame([row]), tmp_path / f"{name}.csv", contract, synthetic=True)
    schema = contracts.descriptor(name, arms)
    schema.pop("foreignKeys", None)
    resource = Resource(path=f"{name}.csv", basepath=str(tmp_path))
    resource.schema = Schema.from_descriptor(schema)
    report = judge(resource)
    assert report.valid, report.flatten(["fieldName", "message"])


def test_the_dictionary_names_every_table_and_column():
    text = contracts.dictionary()
    for name in contracts.tables():
        assert f"## {name}\n" in text
        for field in contracts.schema(name)["fields"]:
            assert f"| `{field['name']}` |" in text


def test_an_unknown_contract_is_answered_with_the_nearest():
    with pytest.raises(KeyError, match="perhaps 'visits' was meant"):
        contracts.schema("visist")


def test_the_house_is_found():
    assert (house.root() / "pyproject.toml").is_file()
    for folder in (house.schemas(), house.resources(), house.report_templates()):
        assert folder.is_dir()
