"""The reference case of NICE, element by element: met, not met, or for the reader to judge."""

from trialbalance.report.facts import Facts
from trialbalance.report.markup import section, table
from trialbalance.report.sentences import years_words
from trialbalance.report.words import counted, listed, percent

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
    meta = facts.settings["analyses"][analysis]
    perspective = (facts.part("costs").get("perspectives") or {}).get(meta.get("perspective")) or {}
    payers = [facts.label(name) for name in perspective.get("payers") or ()]
    value_set = str(_valued_with(facts, analysis).get("value_set") or "")
    rates = [facts.part(part).get("discount_rate") for part in ("costs", "outcomes")]
    years = facts.part("study").get("horizon_years")
    compared = facts.table("incremental", analysis)
    whole = compared is not None and set(facts.others) == set(compared.dropna(subset="cost")["arm"])

    def verdict(held: bool) -> str:
        return MET if held else NOT_MET

    return [
        (
            "Costs of the NHS and personal social services",
            JUDGE if payers else NOT_MET,
            f"payers counted: {listed(payers)}" if payers else "payers are not named",
        ),
        (
            "Health effects as QALYs",
            verdict(meta["outcome"] == "qaly"),
            facts.words(analysis)["many"],
        ),
        (
            "EQ-5D, valued by the public of the United Kingdom",
            verdict(value_set.startswith("eq5d") and "_uk_" in value_set),
            f"value set {value_set}" if value_set else "no value set is named",
        ),
        (
            f"Costs and effects discounted at {percent(RATE, 1)} a year",
            verdict(rates == [RATE, RATE]),
            listed([percent(rate, 1) if rate is not None else "no rate" for rate in rates])
            + (", which does not enter within one year" if years and years <= 1 else ""),
        ),
        (
            "Horizon long enough for all important differences",
            JUDGE,
            f"stops {years_words(years)} after people entered" if years else "not stated",
        ),
        (
            "All options compared with each other",
            verdict(whole and len(facts.arms) > 1),
            counted(len(facts.arms), "option"),
        ),
        (
            "Uncertainty carried through to the choice",
            verdict(facts.table("acceptability", analysis) is not None),
            "chances by threshold from joint draws of cost and effect",
        ),
    ]


def reference_case(facts: Facts) -> str:
    """Return the part on the reference case, for studies in pounds sterling."""
    if facts.currency != "GBP":
        return ""
    primary = next(iter(facts.analyses))
    rows = [list(element) for element in elements(facts, primary)]
    title = facts.settings["analyses"][primary].get("title") or facts.label(primary)
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
