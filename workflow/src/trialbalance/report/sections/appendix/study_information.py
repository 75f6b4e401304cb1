"""Why, where and by whom: what the study says of itself, its abstract, how answers get values."""

from trialbalance.report.facts.facts import Facts
from trialbalance.report.facts.study_texts import own_section, own_text
from trialbalance.report.facts.value_sets import told_of
from trialbalance.report.sections.front.differences import (
    cost_sentences,
    effect_sentences,
    years_words,
)
from trialbalance.report.sections.front.endpoints import primary_endpoint
from trialbalance.report.sections.front.lead import lead
from trialbalance.report.text.markup import Markdown, bullets, escape, joined, prose, section, table
from trialbalance.report.text.numbering import by_number
from trialbalance.report.text.numbers import BLANK, listed

KINDS = {
    "value_set": "value set",
    "sum_score": "sum of the answers",
    "visual_scale": "mark on a scale",
}


def design_words(facts: Facts) -> str:
    """Return what kind of study the abstract speaks of."""
    if facts.from_draws:
        return "Economic evaluation from draws of a model"
    if not facts.compares:
        return "Economic comparison of groups that nobody randomised"
    return "Economic evaluation of a trial"


def length_words(facts: Facts, years: float | None) -> str:
    """Return over how long costs and effects are counted, and from when where people entered."""
    if years is None:
        return ""
    return years_words(years) if facts.from_draws else f"{years_words(years)} from {facts.start}"


def abstract(facts: Facts) -> str:
    """Return the structured abstract; its figures are those of the tables."""
    question = own_text(facts, "objectives", 6)
    if not facts.analyses or not question:
        return ""
    primary = next(iter(facts.analyses))
    meta, years = facts.settings["analyses"][primary], facts.part("study").get("horizon_years")
    design = prose(
        "{kind}: {outcome}; {perspective}; {length}.",
        kind=design_words(facts),
        outcome="costs" if facts.costs_only(primary) else facts.words(primary)["many"],
        perspective=facts.perspective(meta.get("perspective", "")).lower(),
        length=length_words(facts, years),
    )
    clinical = primary_endpoint(facts)
    lines = [
        joined([prose("**Question.** "), design]),
        joined(
            [
                prose("**Results.** "),
                cost_sentences(facts, primary),
                effect_sentences(facts, primary),
            ]
        ),
        joined([prose("**Clinical outcome.** "), clinical]) if clinical else "",
        joined([prose("**Conclusion.** "), lead(facts, primary)]),
    ]
    return section(2, "Abstract", "abstract", question, bullets(lines))


def background(facts: Facts) -> str:
    """Return why the study was done, and where."""
    return section(
        2,
        "Background",
        "background",
        own_section(facts, "background", "Why it matters"),
        own_section(facts, "objectives", "The question"),
        own_section(facts, "place", "Where the study took place"),
        own_section(facts, "population", "Who could take part"),
    )


# What an author is asked to write where the study has no text of its own on it.
TO_WRITE = {
    "discussion": "what the findings mean, how they compare with other studies, and for whom they "
    "hold",
}


def principal_findings(facts: Facts) -> str:
    """Return each answer in a sentence, as page one tells it; nothing where nothing is compared."""
    told = [
        joined(
            [
                prose("**{title}**{place}.", title=facts.title(name), place=_means(name)),
                lead(facts, name),
            ]
        )
        for name in facts.analyses
    ]
    return section(3, "Principal findings", "findings", bullets(told))


def _means(analysis: str) -> Markdown:
    """Return a reference to the table of means and differences of an analysis."""
    return Markdown(by_number(f"table-incremental-{analysis}"))


def left_to_author(facts: Facts) -> str:
    """Return what of the discussion is still to be written, and where its facts stand."""
    texts = facts.part("report").get("texts") or {}
    gaps = [words for key, words in TO_WRITE.items() if not texts.get(key)]
    if not gaps or not facts.analyses:
        return ""
    return prose(
        "**To be written by the authors:** {gaps} (setting report.texts.discussion). {limits}",
        gaps="; ".join(gaps),
        limits=Markdown("The limits that the run itself knows of [stand above](#limits)."),
    )


def discussion(facts: Facts) -> str:
    """Return the findings as generated, and what the authors make of them or still have to."""
    return section(
        2,
        "Discussion",
        "discussion",
        principal_findings(facts),
        left_to_author(facts),
        own_section(facts, "discussion", "What the findings mean"),
        own_section(facts, "heterogeneity", "Differences between groups"),
        own_section(facts, "distribution", "Who gains and who loses"),
    )


def declarations(facts: Facts) -> str:
    """Return plan, engagement, funding and interests."""
    return section(
        2,
        "About this study",
        "about",
        own_section(facts, "plan", "The analysis plan"),
        own_section(facts, "engagement", "Patients, the public and others"),
        own_section(facts, "engagement_effect", "What taking part changed"),
        own_section(facts, "funding", "Funding"),
        own_section(facts, "conflicts", "Interests"),
    )


def asked_words(facts: Facts) -> str:
    """Return when people were asked, by instrument where that is known."""
    frame = facts.table("questionnaires")
    visits = list(facts.part("study").get("visits") or {})
    if frame is None or not visits:
        return ""
    asked: dict[str, list[str]] = {}
    for name, part in frame[frame["returned"] > 0].groupby("instrument", sort=True):
        when = [facts.label(one, "visit").lower() for one in visits if one in set(part["visit"])]
        asked.setdefault(listed(when), []).append(facts.label(name, "instrument"))
    return " ".join(f"{listed(names)} asked at {when}." for when, names in asked.items() if when)


def valuation(facts: Facts) -> str:
    """Return how answers become values: instrument, measure, value set."""
    rows = []
    for name, tool in (facts.part("outcomes").get("instruments") or {}).items():
        kind = str(tool.get("kind") or "")
        rows.append(
            [
                str(tool.get("label") or facts.label(name, "instrument")),
                facts.label(tool.get("measure") or name, "measure"),
                KINDS.get(kind, facts.label(kind).lower()),
                str(tool.get("value_set") or BLANK),
            ]
        )
    return section(
        3,
        "How answers are valued",
        "valuation",
        table(
            ["Instrument", "Measure", "Valued by", "Value set"],
            rows,
            "Instruments and how their answers become values",
            "valuation",
            (0, 1, 2, 3),
            asked_words(facts),
            source=facts.source("settings"),
        ),
        bullets([escape(one) for one in value_set_sentences(facts)]),
    )


def value_set_sentences(facts: Facts) -> list[str]:
    """Return citation, standing and file of each value set, those of scenarios included."""
    base = facts.part("outcomes").get("instruments") or {}
    tools = dict(base)
    said = []
    for scenario in (None, *(facts.settings.get("scenarios") or {}).values()):
        if scenario is not None:
            own = (scenario.get("outcomes") or {}).get("instruments") or {}
            # Citation and standing belong to the set of the base case, not to the one in its place.
            unsaid = {"citation": "", "standing": ""}
            tools = {name: {**(base.get(name) or {}), **unsaid, **one} for name, one in own.items()}
        said += [
            told_of(str(tool["value_set"]), tool, facts.context.get("value_sets") or {})
            for tool in tools.values()
            if tool.get("value_set")
        ]
    once: dict[str, str] = {}
    for sentence in said:
        once.setdefault(sentence.partition(":")[0], sentence)
    return list(once.values())
