"""The settings of the stage."""

import pytest
from pydantic import ValidationError
from trialbalance.decision.thresholds import outcome_thresholds
from trialbalance.settings.sections.decision import DecisionSettings


def test_the_default_has_501_thresholds_and_marks_four(section):
    thresholds = outcome_thresholds(section, "qaly")
    assert thresholds.grid.size == 501
    assert thresholds.marked.tolist() == [20000, 25000, 30000, 35000]
    assert (thresholds.primary, thresholds.exploratory) == (25000, False)


def test_standard_values_stay_when_others_are_marked():
    given = {"qaly": {"marked": [15000], "step": 7000}, "cwly": {"exploratory": True}}
    section = DecisionSettings(thresholds=given).model_dump(mode="json")
    assert set(outcome_thresholds(section, "qaly").marked) == {15000, 20000, 25000, 30000, 35000}
    assert outcome_thresholds(section, "cwly").exploratory
    only = DecisionSettings(thresholds={"cwly": {}}).model_dump(mode="json")
    assert outcome_thresholds(only, "qaly").primary == 25000


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"thresholds": {"qaly": {"range": [5, 1]}}}, "range goes from 5 to 1"),
        ({"thresholds": {"qaly": {"step": 0.1}}}, "step 0.1 makes over 20,000 thresholds"),
        ({"thresholds": {"qaly": {"primary": 13000}}}, "primary 13000 is not marked"),
        ({"thresholds": {"cwly": {"marked": [-1]}}}, "marked has a threshold below 0"),
        ({"thresholds": {"cwly": {"exploratory": True, "marked": [5]}}}, "exploratory is true"),
        ({"sampling": {"sizes": [1]}}, "sizes has fewer than 2"),
        ({"sampling": {"arms": ["a"]}}, "two different arms"),
        ({"population": {"discount_rate": 3.5}}, "less than or equal to 0.2"),
    ],
)
def test_settings_that_contradict_are_refused(given, said):
    with pytest.raises(ValidationError, match=said):
        DecisionSettings(**given)
