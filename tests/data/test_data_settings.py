"""Section data: doors, files, covariates and populations agree with one another."""

import pytest
from pydantic import ValidationError
from trialbalance.data import covariate_fields
from trialbalance.settings.sections.data import DataSettings

SIMULATOR = {"kind": "inpatient_trial"}
WRONG = [
    ({"files": {}}, "found no participants; door records needs it"),
    (
        {"door": "totals", "files": {"total": "t.csv"}},
        "found total; allowed at door totals: totals",
    ),
    ({"simulator": SIMULATOR, "files": {"visits": "v.csv"}}, "found beside files"),
    ({"simulator": SIMULATOR, "door": "draws"}, "found beside files or another door"),
    (
        {"simulator": SIMULATOR, "covariates": {"a": {"type": "category", "levels": ["1"]}}},
        "found the level 1; allowed: words, such as band_1",
    ),
    (
        {"simulator": SIMULATOR, "covariates": {"a": {"type": "category", "levels": [True]}}},
        "found the level true; allowed: words; use type: boolean",
    ),
    (
        {"simulator": SIMULATOR, "covariates": {"a": {"type": "number", "levels": ["x"]}}},
        "levels: allowed for type: category only",
    ),
    (
        {"simulator": SIMULATOR, "covariates": {"randomised": {"type": "boolean"}}},
        "found randomised, which is also a population",
    ),
    ({"simulator": SIMULATOR, "populations": {}}, "at least 1 item"),
    ({"simulator": SIMULATOR, "filess": {}}, "Extra inputs are not permitted"),
]


@pytest.mark.parametrize(("section", "words"), WRONG, ids=[words for _, words in WRONG])
def test_a_section_that_contradicts_itself_is_refused(section, words):
    with pytest.raises(ValidationError) as raised:
        DataSettings(**section)
    assert words in str(raised.value)


def test_defaults_name_two_populations():
    section = DataSettings(files={"participants": "p.csv"}).model_dump()
    assert list(section["populations"]) == ["randomised", "intention_to_treat"]
    assert section["populations"]["intention_to_treat"]["excludes"] == ["excluded"]


def test_covariates_become_fields_of_the_contract():
    covariates = {"age": {"type": "number", "minimum": 18}, "sex": {"type": "category"}}
    section = DataSettings(simulator=SIMULATOR, covariates=covariates).model_dump()
    fields = {field["name"]: field for field in covariate_fields(section["covariates"])}
    assert fields["age"]["constraints"] == {"minimum": 18}
    assert fields["sex"]["type"] == "string"
