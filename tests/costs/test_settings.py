"""The settings of costs: what they accept, and what they say when they do not."""

import pytest
from pydantic import ValidationError
from trialbalance.settings.sections.costs import CostsSettings

LEAST = {
    "price_year": 2013,
    "items": {"gp": {"category": "primary_care", "payer": "nhs"}},
    "payers": {"nhs": "NHS"},
    "perspectives": {"health": {"label": "Health", "payers": ["nhs"]}},
}


def _message(**changes):
    with pytest.raises(ValidationError) as caught:
        CostsSettings(**{**LEAST, **changes})
    return str(caught.value)


def test_defaults_and_a_year_written_as_a_number():
    settings = CostsSettings(**LEAST)
    assert settings.price_year == "2013"
    assert settings.discount_rate == 0.035
    assert settings.items["gp"].source == "records"


def test_a_rate_given_in_percent_is_explained():
    assert "3.5 means 350 % a year; write 3.5 % as 0.035" in _message(discount_rate=3.5)
    assert "greater than or equal to 0" in _message(discount_rate=-0.1)


def test_unknown_payers_and_items_are_named_together():
    message = _message(
        items={
            "bed": {"category": "h", "payer": "nsh", "includes": ["drug", "bed"]},
            "gp": {"category": "p", "payer": "nhs", "same_use_as": "gp_log"},
        },
        perspectives={"family": {"label": "Family", "payers": ["family"]}},
    )
    assert "item bed names payer nsh" in message
    assert "item bed names item drug" in message
    assert "item bed names itself" in message
    assert "item gp names item gp_log" in message
    assert "perspective family names payer family" in message


def test_scaling_needs_a_recall_window():
    item = {"category": "p", "payer": "nhs", "scale_to_period": True}
    assert "recall_years must say" in _message(items={"gp": item})


@pytest.mark.parametrize("year", ["12/13", "2012-13", "2012/2013", True])
def test_other_spellings_of_a_year_are_refused(year):
    assert "price_year" in _message(price_year=year)


def test_every_setting_is_described():
    schema = CostsSettings.model_json_schema()
    parts = [schema, *schema["$defs"].values()]
    for part in parts:
        assert all(entry.get("description") for entry in part["properties"].values())
