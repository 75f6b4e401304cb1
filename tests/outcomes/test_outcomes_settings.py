"""Section outcomes: what it refuses, and that every setting is described."""

import pytest
from pydantic import ValidationError
from trialbalance.settings.section import Section
from trialbalance.settings.sections import outcomes as module
from trialbalance.settings.sections.outcomes import OutcomesSettings

EQ5D = {"kind": "value_set", "value_set": "tariff", "measure": "utility"}
SUM = {"kind": "sum_score", "measure": "capability", "items": ["a", "b"], "levels": 5}
STAY = {"kind": "admission", "items": ["bed"]}


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


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"discount_rate": 3.5}, "less than or equal to 0.2"),
        ({"instruments": {"x": EQ5D | {"kind": "rasch"}}}, "'value_set'"),
        ({"instruments": {"x": EQ5D, "y": EQ5D}}, "found measure utility twice"),
        ({"instruments": {"x": SUM | {"reversed": ["c"]}}}, "reversed: found c"),
        ({"instruments": {"x": SUM | {"items": ["a", "a"]}}}, "items: found a name twice"),
        ({"instruments": {"x": SUM | {"scale": [1, 0]}}}, "the lower number first"),
        ({"instruments": {"x": SUM | {"missing_items": {"up_to": 2}}}}, "fewer than the 2 items"),
        (
            {
                "instruments": {"x": EQ5D},
                "effects": {"q": {"kind": "area_under_curve", "measure": "utilty"}},
            },
            "effects.q.measure: found utilty; allowed: utility",
        ),
        (
            {
                "effects": {"q": {"kind": "event", "endpoint": "relapse"}},
                "endpoints": {"readmission": STAY},
            },
            "effects.q.endpoint: found relapse; allowed: readmission",
        ),
        (
            {
                "effects": {"readmission": {"kind": "event", "endpoint": "readmission"}},
                "endpoints": {"readmission": STAY},
            },
            "found the name of an endpoint",
        ),
    ],
)
def test_mistakes_are_refused(settings, sentence):
    with pytest.raises(ValidationError, match="validation error") as caught:
        OutcomesSettings(**settings)
    assert sentence in str(caught.value)


def test_defaults():
    settled = OutcomesSettings().model_dump(mode="json")
    assert settled["death"] == "hold_then_zero"
    assert settled["visit_times"] == "nominal"
    assert settled["discounting"] == "yearly"
    assert OutcomesSettings(instruments={"x": SUM}).instruments["x"].missing_items.up_to == 0
