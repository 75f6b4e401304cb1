"""Methods say what was fitted: per analysis, with equations, and never one text for two models."""

import re

import pandas as pd
import pytest
from report_study import fitted, full_study
from trialbalance.model.families import FAMILIES
from trialbalance.report.facts.facts import Facts
from trialbalance.report.sections.methods.models import model_lines, model_section, priors_in_use
from trialbalance.report.text.pandoc import plain_equation

ARMS = ("order", "leave")
MODELS = {
    "own": {},
    "normal": {"effect": {"family": "normal"}},
    "lognormal cost": {"cost": {"family": "lognormal"}},
    "independent": {"dependence": "none"},
    "effect given cost": {"dependence": "effect_given_cost"},
    "one spread": {"common_to_arms": ["spread"]},
    "one slope": {"common_to_arms": ["dependence"]},
    "clusters": {"clusters": "site"},
    "other priors": {"priors": {"level": 3.0}},
    "no covariates": {"effect": {"covariates": []}, "cost": {"covariates": []}},
}


def told(name, **model):
    """Return the section on models of a study whose first analysis has a model of its own."""
    tables, settings, context = full_study()
    tables["analyses"]["qaly_health"]["fitted_cells"] = fitted.__wrapped__(
        ARMS, ARMS, **MODELS[name]
    )
    settings["analyses"]["qaly_health"]["model"] = MODELS[name] | model
    return model_section(Facts(tables, settings, context)), Facts(tables, settings, context)


def test_two_models_never_share_one_text():
    sections = {name: told(name)[0] for name in MODELS}
    assert len(set(sections.values())) == len(MODELS)


def test_analyses_of_one_model_share_it_and_the_odd_one_stands_apart():
    text, facts = told("normal")
    # QALYs under the other perspective keep the model that QALYs shared before.
    assert [line for line in text.splitlines() if line.endswith(":") and "," in line] == [
        f"{facts.title(name)}:" for name in facts.analyses
    ]
    same, _ = told("own")
    assert "QALYs, health and social care; QALYs, societal:" in same


@pytest.mark.parametrize("family", FAMILIES.values(), ids=lambda one: one.name)
def test_each_family_has_an_equation_that_any_form_can_print(family):
    words = plain_equation(family.equation)
    assert "\\" not in words and "$" not in words
    assert re.search(r"[∼=]", words)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("own", "Cost follows QALYs, with a slope in each arm, so that the two stay joined"),
        ("independent", "Cost and QALYs are modelled as independent"),
        ("effect given cost", "QALYs follow cost, with a slope in each arm"),
        ("one slope", "Cost follows QALYs, so that the two stay joined"),
        ("one spread", "The arms share the spread of each quantity"),
        ("normal", "QALYs: a normal distribution around its level: y ∼ Normal(η, σ)."),
        ("lognormal cost", "log y ∼ Normal(η − σ²/2, σ)"),
        ("clusters", "the deviation of the site (3 of them), in cost and outcome together"),
        ("own", "baseline effect and sex (male)"),
        ("own", "Missing: 25 of 332 values, most often QALYs (25 of 166)"),
    ],
)
def test_what_was_fitted_is_said(name, words):
    _, facts = told(name)
    assert words in " ".join(model_lines(facts, "qaly_health"))


def test_covariates_clusters_and_slopes_are_not_said_where_there_are_none():
    _, facts = told("no covariates", dependence="none")
    lines = " ".join(model_lines(facts, "qaly_health"))
    assert "baseline effect" not in lines and "deviation" not in lines and "spike" not in lines


def test_own_arm_means_are_told_as_such():
    _, facts = told("own", standardisation="own_arm")
    assert "averages over the arm's own participants" in " ".join(model_lines(facts, "qaly_health"))


def test_priors_that_nothing_uses_are_not_printed():
    plain = priors_in_use(fitted.__wrapped__(ARMS, ARMS, **MODELS["own"]))
    assert set(plain) == {"level", "slope", "spread"}
    assert set(priors_in_use(fitted.__wrapped__(ARMS, ARMS, clusters="site"))) == {
        *plain,
        "cluster",
    }


def test_visits_and_deaths_are_named_in_the_order_of_the_model():
    tables, settings, context = full_study()
    base = tables["analyses"]["qaly_health"]["fitted_cells"].iloc[[0]]
    rows = [
        {"cell": "eq5d baseline", "kind": "measure", "name": "eq5d", "moment": "baseline",
         "by_arm": False, "possible": 166, "observed": 166},
        {"cell": "death 0 to 1", "kind": "death", "name": "death", "moment": "0 to 1",
         "family": "bernoulli", "distribution": FAMILIES["bernoulli"].words,
         "equation": FAMILIES["bernoulli"].equation, "lower": None, "upper": None,
         "prior_spread": None, "possible": 166, "observed": 166},
        {"cell": "eq5d month_12", "kind": "measure", "name": "eq5d", "moment": "month_12",
         "follows": "eq5d baseline", "possible": 160, "observed": 140, "spikes": "1"},
    ]  # fmt: skip
    table = pd.concat([base.assign(**row) for row in rows], ignore_index=True)
    tables["analyses"]["qaly_health"]["fitted_cells"] = table
    facts = Facts(tables, settings, context)
    lines = " ".join(model_lines(facts, "qaly_health"))
    assert "by visit and period" in lines
    assert "Before the arms begin they have one level" in lines
    assert "some sit exactly at 1" in lines and "an event with a logistic probability" in lines
    text = model_section(facts)
    assert "| Death, years 0 to 1 |" in text and "| Eq5d, month 12 |" in text
    assert "| 140/160 |" in text


def test_nothing_is_said_of_a_model_that_is_not_known():
    tables, settings, context = full_study()
    for part in tables["analyses"].values():
        del part["fitted_cells"]
    assert model_section(Facts(tables, settings, context)) == ""


def test_a_table_as_the_restricted_edition_holds_it_tells_the_same():
    tables, settings, context = full_study()
    wanted = model_section(Facts(tables, settings, context))
    for tables_of in tables["analyses"].values():
        tables_of["fitted_cells"] = tables_of["fitted_cells"].astype(object)
    assert model_section(Facts(tables, settings, context)) == wanted
