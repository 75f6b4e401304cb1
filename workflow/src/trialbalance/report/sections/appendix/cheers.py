"""The 28 items of CHEERS 2022 and the topics of value of information, with their places."""

from collections.abc import Callable
from typing import NamedTuple

from trialbalance.report.facts.facts import Facts


def always(facts: Facts) -> bool:
    """Return that a printed place is content of this study by itself."""
    return True


class Item(NamedTuple):
    """One item: number, what it asks in our words, where it may be answered, what to write."""

    number: str
    words: str
    places: tuple[str, ...]
    prompt: str
    holds: Callable[[Facts], bool] = always


def has_horizon(facts: Facts) -> bool:
    """Return whether the study says how long costs and effects are counted."""
    return bool(facts.part("study").get("horizon_years"))


def has_rates(facts: Facts) -> bool:
    """Return whether the study says at which rates it discounts."""
    return any(facts.part(part).get("discount_rate") is not None for part in ("costs", "outcomes"))


def has_price_year(facts: Facts) -> bool:
    """Return whether the study says of which year its prices are."""
    return bool(facts.part("costs").get("price_year"))


def has_arms(facts: Facts) -> bool:
    """Return whether there are options to compare."""
    return len(facts.arms) > 1


def several_scenarios(facts: Facts) -> bool:
    """Return whether any scenario stands beside the base case."""
    frame = facts.table("scenarios")
    return frame is not None and frame["scenario"].nunique() > 1


def has_chances(facts: Facts) -> bool:
    """Return whether uncertainty was carried to the choice."""
    return any(facts.table("acceptability", name) is not None for name in facts.analyses)


def text(name: str) -> str:
    """Return the anchor of a text block of the study."""
    return f"text-{name.replace('_', '-')}"


def write(name: str, what: str) -> str:
    """Return the prompt for a text block of the study."""
    return f"{what} Setting report.texts.{name}."


CHEERS = (
    Item(
        "1",
        "Title: an economic evaluation of which options",
        ("top",),
        "Name two options.",
        has_arms,
    ),
    Item(
        "2",
        "Abstract with context, methods, results",
        ("abstract",),
        write("objectives", "State the question; the rest writes itself."),
    ),
    Item(
        "3",
        "Background, question and its relevance",
        (text("background"),),
        write("background", "Why does it matter, and what is known?"),
    ),
    Item(
        "4",
        "Analysis plan and where to find it",
        ("plan-lock", text("plan")),
        write("plan", "Where does the plan stand, of what date?"),
    ),
    Item(
        "5",
        "People studied: age, sex, clinical features",
        ("table-baseline",),
        "Declare data.covariates, so that those who took part can be described.",
    ),
    Item(
        "6",
        "Place, services and other context",
        (text("place"),),
        write("place", "Which country, services and years?"),
    ),
    Item(
        "7",
        "Options compared, and why these",
        ("options",),
        "What did each arm receive? Setting report.comparison.",
    ),
    Item(
        "8",
        "Perspectives and why",
        ("table-perspectives",),
        "Name whose costs count: costs.perspectives.",
    ),
    Item("9", "Time horizon", ("prices-time",), "State study.horizon_years.", has_horizon),
    Item(
        "10",
        "Discount rates",
        ("prices-time",),
        "State costs.discount_rate and outcomes.discount_rate.",
        has_rates,
    ),
    Item(
        "11",
        "Outcomes chosen as benefit and harm, and why",
        (text("outcome_choice"),),
        write("outcome_choice", "Why do these outcomes measure what people gain?"),
    ),
    Item(
        "12",
        "How outcomes were measured",
        ("table-questionnaires",),
        "No questionnaire is recorded here: say how in a section of your own.",
    ),
    Item(
        "13",
        "How outcomes were valued: whose values",
        ("table-valuation",),
        "Name outcomes.instruments and their value sets.",
    ),
    Item(
        "14",
        "Resources: how measured and valued",
        ("table-unit-costs",),
        "Give unit costs with their sources.",
    ),
    Item(
        "15",
        "Currency, price date, conversion",
        ("prices-time",),
        "State costs.price_year.",
        has_price_year,
    ),
    Item("16", "Model and why: within the trial", ("models",), "Name the model of each analysis."),
    Item(
        "17",
        "Analysis of data, missing data, assumptions",
        ("models",),
        "Name the model of each analysis.",
    ),
    Item(
        "18",
        "Differences between subgroups",
        ("subgroups", text("heterogeneity")),
        write("heterogeneity", "How could results differ between groups? Say so if not studied."),
    ),
    Item(
        "19",
        "Effects on the distribution between groups",
        ("who-gains-and-who-loses-by-group", text("distribution")),
        write("distribution", "Who gains and who loses? Say so if not studied."),
    ),
    Item("20", "Methods for uncertainty", ("words",), "No draws were compared.", has_chances),
    Item(
        "21",
        "How patients and others took part",
        (text("engagement"),),
        write("engagement", "How did patients and others take part in the study?"),
    ),
    Item(
        "22",
        "Inputs: values, ranges, sources, priors",
        ("table-priors", "table-resource-use"),
        "Give the inputs of the models.",
    ),
    Item("23", "Main results: mean costs and outcomes", ("results",), "No results yet."),
    Item(
        "24",
        "Effect of uncertainty on the results",
        ("scenarios",),
        "Add scenarios.",
        several_scenarios,
    ),
    Item(
        "25",
        "Effect of patients' and others' part",
        (text("engagement_effect"),),
        write("engagement_effect", "What did taking part change?"),
    ),
    Item(
        "26",
        "Findings, limits, fairness, generalisability",
        (text("discussion"),),
        write("discussion", "What do the findings mean, and where else do they hold?"),
    ),
    Item(
        "27", "Funding", (text("funding"),), write("funding", "Who paid, and what part had they?")
    ),
    Item(
        "28",
        "Conflicts of interest",
        (text("conflicts"),),
        write("conflicts", "Which interests should readers know of?"),
    ),
)


def counts_people(facts: Facts) -> bool:
    """Return whether anyone said how many people a choice would affect."""
    return any(
        frame is not None and "population" in frame and frame["population"].notna().any()
        for frame in (facts.table("information", name) for name in facts.analyses)
    )


def asks(kind: str) -> Callable[[Facts], bool]:
    """Return the question whether a kind of information value was worked out."""

    def worked_out(facts: Facts) -> bool:
        return any(
            frame is not None and frame["quantity"].astype(str).str.startswith(kind).any()
            for frame in (facts.table("information", name) for name in facts.analyses)
        )

    return worked_out


INFORMATION = (
    Item(
        "V1",
        "The choice that better evidence could change",
        ("brief-compared",),
        "Name two options.",
        has_arms,
    ),
    Item("V2", "Value of removing all uncertainty", ("results",), "Work out EVPI.", asks("evpi")),
    Item(
        "V3",
        "Which uncertain quantities, grouped how",
        ("results",),
        "Name groups of parameters for EVPPI: decision settings.",
        asks("evppi"),
    ),
    Item(
        "V4",
        "Worth and size of a new study",
        ("results",),
        "Describe a new study for EVSI: decision settings.",
        asks("evsi"),
    ),
    Item(
        "V5",
        "How many people the choice affects, for how long",
        ("results",),
        "Give the population affected: decision settings.",
        counts_people,
    ),
    Item("V6", "What the figures leave out", ("limits",), "No limits are said."),
)
