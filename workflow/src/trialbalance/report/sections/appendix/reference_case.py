"""The reference case of NICE, element by element: met, not met, or for the reader to judge."""

from trialbalance.report.facts.facts import Facts
from trialbalance.report.sections.front.differences import years_words
from trialbalance.report.text.markup import section, table
from trialbalance.report.text.numbers import counted, listed, percent

MET, NOT_MET, JUDGE = "met", "not met", "to be judged"
RATE = 0.035


def _valued_with(facts: Facts, analysis: str) -> dict[str, object]:
    """Return the instrument behind the effect of an analysis, empty where there is none."""
    effect = facts.declared(facts.settings["analyses"][analysis]["outcome"])
    tools = facts.part("outcomes").get("instruments") or {}
    return next(
        (dict(tool) for tool in tools.values() if tool.get("measure") == effect.get("measure")), {}
    )


def elements(facts: Facts, analysis: str) -> list[tuple[str, str, str]]:
    """Return the elements of the reference case for an analysis.

    Parameters
    ----------
    facts : Facts
        The study.
    analysis : str
        Name of the analysis.

    Returns
    -------
    list of tuple
        Element, verdict, and what this study did.

    References
    ----------
    National Institute for Health and Care Excellence, manual PMG36, economic evaluation.
    """
    found = [*costs_and_effects(facts, analysis), *time_and_options(facts, analysis)]
    if not facts.from_draws:
        return found
    # What was done before the draws is not seen here.
    before = {found[place][0] for place in (0, 2, 3)}
    return [(one[0], JUDGE, IN_THE_MODEL) if one[0] in before else one for one in found]


def _verdict(held: bool) -> str:
    """Return the verdict on an element that can be settled here."""
    return MET if held else NOT_MET


IN_THE_MODEL = "as in the model that made the draws"


def costs_and_effects(facts: Facts, analysis: str) -> list[tuple[str, str, str]]:
    """Return the elements on whose costs count and how health is measured and valued."""
    meta = facts.settings["analyses"][analysis]
    perspective = (facts.part("costs").get("perspectives") or {}).get(meta.get("perspective")) or {}
    payers = [facts.label(name, "payer") for name in perspective.get("payers") or ()]
    value_set = str(_valued_with(facts, analysis).get("value_set") or "")
    return [
        (
            "Costs of the NHS and personal social services",
            JUDGE if payers else NOT_MET,
            f"payers counted: {listed(payers)}" if payers else "payers are not named",
        ),
        (
            "Health effects as QALYs",
            _verdict(meta["outcome"] == "qaly" and not facts.costs_only(analysis)),
            "costs alone are compared"
            if facts.costs_only(analysis)
            else facts.words(analysis)["many"],
        ),
        (
            "EQ-5D, valued by the public of the United Kingdom",
            _verdict(value_set.startswith("eq5d") and "_uk_" in value_set),
            f"value set {value_set}" if value_set else "no value set is named",
        ),
    ]


def time_and_options(facts: Facts, analysis: str) -> list[tuple[str, str, str]]:
    """Return the elements on discounting, horizon, comparison and uncertainty."""
    rates = [facts.part(part).get("discount_rate") for part in ("costs", "outcomes")]
    years = facts.part("study").get("horizon_years")
    compared = facts.table("incremental", analysis).dropna(subset="cost")
    judged, alone = facts.judged(analysis), facts.costs_only(analysis)
    told = listed([percent(rate, 1) if rate is not None else "no rate" for rate in rates])
    return [
        (
            f"Costs and effects discounted at {percent(RATE, 1)} a year",
            _verdict(rates == [RATE, RATE]),
            told + (", which does not enter within one year" if years and years <= 1 else ""),
        ),
        (
            "Horizon long enough for all important differences",
            JUDGE,
            years_told(facts, years),
        ),
        (
            "All options compared with each other",
            _verdict(set(facts.others) == set(compared["arm"]) and len(facts.arms) > 1),
            counted(len(facts.arms), "option"),
        ),
        (
            "Uncertainty carried through to the choice",
            _verdict(facts.table("acceptability", analysis) is not None and judged),
            f"{'chances by threshold' if judged else 'intervals'} from "
            f"{'draws of cost' if alone else 'joint draws of cost and effect'}",
        ),
    ]


def years_told(facts: Facts, years: float | None) -> str:
    """Return how far costs and effects are counted, and from when where people entered."""
    if not years:
        return "not stated"
    length = years_words(years)
    return f"covers {length}" if facts.from_draws else f"stops {length} after people entered"


def reference_case(facts: Facts) -> str:
    """Return the part on the reference case, for studies in pounds sterling."""
    if facts.currency != "GBP":
        return ""
    primary = next(iter(facts.analyses))
    rows = [list(element) for element in elements(facts, primary)]
    title = facts.title(primary)
    return section(
        3,
        "NICE reference case",
        "reference-case",
        table(
            ["Element", "Verdict", "This study"],
            rows,
            f"Reference case of the National Institute for Health and Care Excellence: {title}",
            "reference-case",
            (0, 1, 2),
        ),
    )
