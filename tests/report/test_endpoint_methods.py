"""Methods tell which model each endpoint has, and by which method people were associated."""

import pandas as pd
from trialbalance.report.facts.facts import Facts
from trialbalance.report.sections.methods.endpoint_models import (
    FAMILIES,
    METHODS,
    PRIORS,
    association_methods,
    endpoint_models,
)

NAMES = {"binary": "Readmitted", "count": "Readmissions", "time_to_event": "Time to readmission"}


def endpoints(*kinds, covariates=("sex",)):
    models = {
        kind: {"kind": kind, "label": NAMES.get(kind, kind), "population": "everyone",
               "covariates": list(covariates), "intervals": 4}
        for kind in kinds
    }  # fmt: skip
    priors = dict.fromkeys((*PRIORS, "slope"), 0.7)
    rows = [
        {"endpoint": kind, "kind": kind, "arm": arm, "comparator": None, "group": None, "n": 20}
        for kind in kinds
        for arm in ("a", "b")
    ]
    settings = {"model": {"endpoints": models, "endpoint_priors": priors}}
    return Facts({"endpoint_effects": pd.DataFrame(rows)}, settings)


def test_each_kind_of_endpoint_has_its_equation_people_and_covariates():
    text = endpoint_models(endpoints("binary", "count", "time_to_event"))
    assert "| Readmitted | binary | Everyone | 40 | sex |" in text
    for words in ("logit p", "NegBinomial", "cut into 4"):
        assert words in text.replace("\\", "")
    assert "BetaBinomial" not in text


def test_priors_that_nothing_uses_are_not_told():
    text = endpoint_models(endpoints("binary", covariates=()))
    assert "Level scale: 0.7." in text and "Arm scale" in text
    for name in ("Interval scale", "Count cv", "Group share", "Slope"):
        assert name not in text
    assert "slopes on the covariates" not in text and "| nothing |" in text


def test_a_study_without_endpoints_or_associations_says_nothing_of_them():
    assert endpoint_models(Facts({}, {})) == "" == association_methods(Facts({}, {}))


def test_each_method_of_an_association_is_told_once_with_its_people():
    rows = [
        {"name": "abstinence", "method": method, "n": 16 + place, "adjusted_for": adjusted}
        for place, (method, adjusted) in enumerate(
            [("described", None), ("g_computation", "sex, age"), ("doubly_robust", "sex, age")]
        )
    ]
    given = {"outcomes": {"abstinence": {"label": "Abstinent"}}, "resamples": 200,
             "truncation": 0.99}  # fmt: skip
    text = association_methods(
        Facts({"associations": pd.DataFrame(rows)}, {"model": {"observational": given}})
    )
    assert "| Abstinent | Described | 16 | – |" in text
    assert "| Abstinent | Doubly robust | 18 | sex and age |" in text
    assert "200 bootstrap samples" in text and "quantile 0.99" in text
    assert "Emulated trial" not in text and text.count("Doubly robust.") == 1


def test_every_family_and_method_has_words():
    assert all(words and equation for words, equation in FAMILIES.values())
    assert all(words for words, _ in METHODS.values())
