"""Section dataset: what it refuses, and that every setting is described."""

import pytest
from pydantic import ValidationError
from trialbalance.dataset.rows import FIXED
from trialbalance.settings.section import Section
from trialbalance.settings.sections import dataset as module
from trialbalance.settings.sections.dataset import TAKEN, DatasetSettings


def test_every_setting_is_described():
    sections = [
        one for one in vars(module).values() if isinstance(one, type) and issubclass(one, Section)
    ]
    missing = [
        f"{section.__name__}.{name}"
        for section in sections
        for name, field in section.model_fields.items()
        if not field.description
    ]
    assert missing == []


def test_names_taken_are_the_columns_of_the_dataset():
    assert set(FIXED) < set(TAKEN)


@pytest.mark.parametrize(
    ("covariates", "sentence"),
    [
        (["cost"], "covariates: found cost"),
        (["cost_of_living"], "covariates: found cost_of_living"),
        (["age", "age"], "found a name twice"),
        ({"age": {"divide_by": 0}}, "greater than 0"),
        ({"age": {"scale": 10}}, "Extra inputs"),
    ],
)
def test_mistakes_are_refused(covariates, sentence):
    with pytest.raises(ValidationError, match="validation error") as caught:
        DatasetSettings(covariates=covariates)
    assert sentence in str(caught.value)


def test_the_estimand_is_complete_by_default():
    assert all(DatasetSettings().estimand.model_dump().values())
