"""The report names index and vintage, what it moved, and what another index would do."""

import pandas as pd
from trialbalance.report.facts.facts import Facts
from trialbalance.report.sections.findings.sensitivity.price_indices import index_sentences

SETTINGS = {
    "study": {"currency": "GBP", "arms": {"new": {"label": "New"}, "usual": {}},
              "comparator": "usual"},
    "analyses": {"main": {"title": "QALYs", "outcome": "qaly"}},
}  # fmt: skip
OTHER = {"decision": {"price_scenarios": {"cpih": {"title": "CPIH", "price_index": "cpih.csv"}}}}


def facts(moved=True, settings=SETTINGS, cost=2100.0):
    prices = pd.DataFrame(
        {"item": ["bed", "visit"], "price_year": ["2012/13", "2019/20" if moved else "2012/13"],
         "inflation": [1.0, 0.9], "price_index": [None, "own.csv" if moved else None],
         "index_vintage": [None, "2025 manual" if moved else None]}
    )  # fmt: skip
    ledger = pd.DataFrame({"item": ["bed", "visit"], "cost": [75.0, 25.0]})
    gap = pd.DataFrame({"arm": ["new"], "cost": [2000.0]})
    other = pd.DataFrame({"scenario": "cpih", "arm": ["new", "new"], "cost": cost})
    analyses = {"main": {"incremental": gap, "price_scenarios": other}}
    return Facts({"prices": prices, "ledger": ledger, "analyses": analyses}, settings)


def test_index_vintage_and_what_it_moved_are_named():
    which, much, none = index_sentences(facts())
    assert which == "Price index: own; vintage 2025 manual."
    assert much == "It moved one unit cost by a factor of 0.900, together 25% of all cost."
    assert none == "What another index would do to the result was not worked out."


def test_what_the_other_index_does_is_said_with_both_differences():
    told = index_sentences(facts(settings=SETTINGS | OTHER))[-1]
    expected = "the difference in cost would go: New from £2,000 to £2,100."
    assert told == f"QALYs: by cpih instead, {expected}"


def test_without_prices_of_other_years_no_index_acted():
    assert index_sentences(facts(moved=False)) == [
        "Every unit cost is of 2012/13: no price index acted."
    ]
