"""The 28 items of CHEERS 2022 and the topics of value of information, with their places."""

from collections.abc import Callable
from typing import NamedTuple

from trialbalance.report.facts.facts import Facts


def always(facts: Facts) -> bool:
    """Return that a printed place is content of this study by itself."""
    return True


class Item(NamedTuple):
    """One item: number, what it asks in our words, where it may be answered, what to write.

    It is answered where the words printed there hold each pattern of ``says``, and where the
    places in ``beside`` are printed too.
    """

    number: str
    words: str
    places: tuple[str, ...]
    prompt: str
    holds: Callable[[Facts], bool] = always
    says: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()


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


def has_chances(facts: Facts) -> bool:
    """Return whether uncertainty was carried to the choice."""
    return any(facts.table("acceptability", name) is not None for name in facts.analyses)


def tells_options(facts: Facts) -> bool:
    """Return whether the study says what each option is."""
    return bool(facts.part("report").get("comparison"))


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
        (text("comparison_choice"),),
        "What did each arm receive, and why these? Settings report.comparison and "
        "report.texts.comparison_choice.",
        tells_options,
    ),
    Item(
        "8",
        "Perspectives and why",
        (text("perspective_choice"),),
        "Whose costs count, and why? Settings costs.perspectives and "
        "report.texts.perspective_choice.",
        beside=("table-perspectives",),
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
        ("valuation",),
        "No instrument and its visits are named: declare outcomes.instruments and study.visits.",
        says=(r"table-valuation", r"asked at"),
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
    Item("16", "Model and why", ("models",), "Name the model of each analysis."),
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
    Item(
        "20",
        "Methods for uncertainty",
        ("uncertainty",),
        "No draws were compared.",
        has_chances,
        says=(r"[Dd]raws|[Bb]ootstrap",),
    ),
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
        ("scenarios", "scenario-cases", "one-assumption-at-a-time"),
        "Add scenarios, cases on missing data or ranges of prices.",
        says=(r"\d[^|\n]*\|[^|\n]*\d",),
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


# What the report of a model answers, where draws of that model were handed over.
OF_THE_MODEL = frozenset({"5", "10", "12", "13", "14", "15", "16", "17", "22"})

INFORMATION = (
    Item(
        "V1",
        "The choice that better evidence could change",
        ("results",),
        "Name two options.",
        has_arms,
    ),
    Item(
        "V2",
        "Value of removing all uncertainty",
        ("information",),
        "Work out EVPI.",
        says=(r"[Ee]verything uncertain",),
    ),
    Item(
        "V3",
        "Which uncertain quantities, grouped how",
        ("information",),
        "Name groups of parameters for EVPPI: decision settings.",
        says=(r"about one group",),
    ),
    Item(
        "V4",
        "Worth and size of a new study",
        ("information",),
        "Describe a new study for EVSI: decision settings.",
        says=(r"net of",),
    ),
    Item(
        "V5",
        "How many people the choice affects, for how long",
        ("information",),
        "Give the population affected: decision settings.",
        says=(r"people a year", r"years?\b"),
    ),
    Item("V6", "What the figures leave out", ("limits",), "No limits are said."),
)
