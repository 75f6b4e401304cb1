"""Results in full: further analyses, what was used at which price, answers, cases, figures."""

from trialbalance.report.facts.facts import Facts
from trialbalance.report.facts.pictures import drawn_as, pictures
from trialbalance.report.sections.appendix.books import reproduced_table
from trialbalance.report.sections.findings.costs import resource_table, set_aside_table
from trialbalance.report.sections.findings.outcomes import profile_tables
from trialbalance.report.sections.findings.results import further_analyses
from trialbalance.report.sections.findings.sensitivity.prices import price_table
from trialbalance.report.sections.findings.sensitivity.scenarios import scenario_table
from trialbalance.report.text.markup import blocks, section


def spread_of_costs(facts: Facts) -> str:
    """Return how cost is spread, by perspective."""
    shown = pictures(facts, *drawn_as(facts, "spread_"))
    return section(3, "How cost is spread", "cost-spread", shown)


def detail(facts: Facts) -> str:
    """Return what the findings rest on, table by table."""
    others = list(facts.analyses)[1:]
    return section(
        2,
        "Results in full",
        "detail",
        further_analyses(facts),
        spread_of_costs(facts),
        resource_table(facts),
        price_table(facts),
        set_aside_table(facts),
        profile_tables(facts),
        section(
            3,
            "Scenarios, case by case",
            "scenario-cases",
            blocks(
                pictures(facts, *(f"scenarios_{name}" for name in others)), scenario_table(facts)
            ),
        ),
        reproduced_table(facts),
    )
