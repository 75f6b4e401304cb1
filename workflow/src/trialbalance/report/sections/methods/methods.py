"""How it was done: estimand, prices, discounting, models, settings, software, and the limits."""

from collections.abc import Mapping
from typing import Any

from trialbalance.report.facts.cases import case_words
from trialbalance.report.facts.facts import Facts
from trialbalance.report.facts.study_texts import own_section
from trialbalance.report.sections.appendix.study_information import valuation
from trialbalance.report.sections.findings.sensitivity.price_indices import index_sentences
from trialbalance.report.sections.findings.sensitivity.prices import (
    perspective_table,
)
from trialbalance.report.sections.front.differences import years_words
from trialbalance.report.sections.methods.endpoint_models import (
    association_methods,
    endpoint_models,
)
from trialbalance.report.sections.methods.models import model_section, settled
from trialbalance.report.text.markup import bullets, escape, prose, section, table
from trialbalance.report.text.numbers import (
    CHANCES,
    MINUS,
    general,
    listed,
    number,
    percent,
)


def estimand_lists(facts: Facts) -> list[str]:
    """Return the parts of the estimand in words, once for analyses that share them."""
    # What is said of death and withdrawal acts where records are analysed, not on draws.
    names = [] if facts.from_draws else list(facts.settings.get("analyses") or {})
    blocks = {name: settled(facts, name, "dataset").get("estimand") or {} for name in names}
    told: dict[tuple, list[str]] = {}
    for name in names:
        told.setdefault(tuple(blocks[name].items()), []).append(name)
    lists = []
    for pairs, members in told.items():
        if not pairs:
            continue
        if len(told) > 1:
            lists.append(
                prose(
                    "{names}:",
                    names="; ".join(
                        facts.settings["analyses"][m].get("title") or m for m in members
                    ),
                )
            )
        lists.append(
            bullets(
                prose("**{key}:** {text}", key=facts.label(key), text=value) for key, value in pairs
            )
        )
    return lists


def estimand_table(facts: Facts) -> str:
    """Return the estimand of each analysis (decision 007)."""
    names = list(facts.settings.get("analyses") or {})
    rows = []
    for name in names:
        meta = facts.settings["analyses"][name]
        rows.append(
            [
                facts.title(name),
                "none: costs alone are compared"
                if facts.costs_only(name)
                else facts.outcome_words(meta["outcome"])["many"],
                facts.perspective(meta.get("perspective", "")),
                facts.label(meta.get("population", ""), "population"),
            ]
        )
    header, last = ["Analysis", "Effect", "Perspective", "Population"], 3 if facts.from_draws else 4
    text = table(
        header[:last],
        [row[:last] for row in rows],
        "Analyses" + (", named before the results were seen" if facts.planned else ""),
        "analyses",
        tuple(range(last)),
        source=facts.source("settings"),
    )
    return section(3, "What is estimated", "estimand", text, *estimand_lists(facts))


def money_and_time(facts: Facts) -> str:
    """Return price year, discounting and horizon in sentences."""
    costs, effects, study = facts.part("costs"), facts.part("outcomes"), facts.part("study")
    lines = []
    if study.get("horizon_years"):
        start = "" if facts.from_draws else f" from {facts.start}"
        lines.append(f"Horizon: {years_words(study['horizon_years'])}{start}.")
    if facts.from_draws:
        lines.append(
            f"Amounts are in {facts.currency}, as they were handed over: neither prices nor "
            "discounting were touched here."
        )
        lines += [escape(one) for one in threshold_sentences(facts)]
        return section(3, "Prices, discounting, horizon", "prices-time", bullets(lines))
    if costs.get("price_year"):
        lines.append(
            f"Prices: {facts.currency}, {costs['price_year']}; unit costs are inflated "
            "to that year, totals are not."
        )
        lines += [escape(one) for one in index_sentences(facts)]
    rates = [
        f"{what} {percent(part['discount_rate'], 1)}"
        for what, part in (("costs", costs), ("effects", effects))
        if part.get("discount_rate") is not None
    ]
    if rates:
        kind = (
            "continuously"
            if costs.get("discounting") == "continuous"
            else "by completed year, so that the first year is not discounted"
        )
        lines.append(f"Discount rates a year: {listed(rates)}, {kind}.")
    lines += [escape(one) for one in threshold_sentences(facts)]
    return section(3, "Prices, discounting, horizon", "prices-time", bullets(lines))


def threshold_sentences(facts: Facts) -> list[str]:
    """Return whose thresholds the verdicts rest on, outcome by outcome (decision 042)."""
    said = {}
    for name in facts.analyses:
        outcome = facts.settings["analyses"][name]["outcome"]
        marks = facts.thresholds(name)
        if marks.exploratory:
            continue
        payer = facts.payer(name) or "the study's own; their payer is not stated"
        values = listed([facts.threshold(value) for value in marks.marked])
        said[outcome] = f"Thresholds for {facts.words(name)['many']}: {values} ({payer})."
    return list(said.values())


def plain_value(value: Any) -> str:
    """Return a setting as the study file would write it.

    Examples
    --------
    >>> plain_value(20260101), plain_value(0.00001), plain_value(-0.5), plain_value(True)
    ('20260101', '1e-05', '−0.5', 'yes')
    """
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return f"{MINUS if value < 0 else ''}{abs(value):.10g}"
    return general(value)


def flat(settings: Mapping[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    """Return single settings with their dotted names; maps of named things are left out.

    Examples
    --------
    >>> flat({"rate": 0.035, "death": "linear", "items": {"bed": {"payer": "nhs"}}})
    [('rate', '0.035'), ('death', 'linear')]
    """
    found = []
    for key, value in settings.items():
        if isinstance(value, Mapping):
            inner = list(value.values())
            if key in ("gates", "effect", "cost") and not any(
                isinstance(value, Mapping) for value in inner
            ):
                found += flat(value, f"{prefix}{key}.")
        elif isinstance(value, (list, tuple)):
            if value and len(value) <= 8 and not any(isinstance(v, (Mapping, list)) for v in value):
                found.append((prefix + key, ", ".join(plain_value(v) for v in value)))
        elif value is not None and value != "":
            found.append((prefix + key, plain_value(value)))
    return found


def acting(facts: Facts) -> tuple[str, ...]:
    """Return the sections of the settings that acted, by the door and by what was asked.

    Examples
    --------
    >>> acting(Facts({}, {"data": {"door": "draws"}, "analyses": {"qaly": {}}}))
    ('study', 'decision')
    """
    analysed = ("decision",) if facts.settings.get("analyses") else ()
    if facts.from_draws:
        return ("study", *analysed)
    before = {"totals": ()}.get(str(facts.part("data").get("door")), ("costs", "outcomes"))
    fitted = ("model", *analysed) if analysed else ()
    return ("study", "data", *before, "dataset", *fitted)


# A title stands above; names of a study's own files leave with nobody.
UNTOLD = ("title", "mapping")


def settings_table(facts: Facts) -> str:
    """Return the single settings of the stages."""
    rows = []
    for part in acting(facts):
        rows += [[part, *one] for one in flat(facts.part(part)) if one[0] not in UNTOLD]
    if facts.from_draws:
        rows.insert(0, ["data", "door", "draws"])
    return section(
        3,
        "Settings",
        "settings",
        table(
            ["Stage", "Setting", "Value"],
            rows,
            "Settings used, those left at their default included",
            "settings",
            (0, 1, 2),
            source=facts.source("settings"),
        ),
    )


def software_table(facts: Facts) -> str:
    """Return software versions and digests."""
    versions = facts.context.get("versions") or {}
    rows = [[str(key), general(value)] for key, value in versions.items()]
    marks = [
        prose("{key}: {value}", key=facts.label(key), value=facts.context[key])
        for key in ("code_digest", "settings_digest", "seed")
        if facts.context.get(key)
    ]
    return section(
        3,
        "Software",
        "software",
        table(["Package", "Version"], rows, "Software that made this report", "software", (0, 1)),
        bullets(marks),
    )


def uncertainty(facts: Facts) -> str:
    """Return how uncertainty reaches the choice, and which further cases were worked out."""
    counts = {name: facts.table("draws", name) for name in facts.analyses}
    sizes = sorted({frame["draw"].nunique() for frame in counts.values() if frame is not None})
    if not sizes:
        return ""
    alone = all(facts.costs_only(name) for name in facts.analyses)
    origin = "as they were handed over" if facts.from_draws else "of the posterior distribution"
    lines = [
        prose(
            "{what} {level} intervals are counted over {n} {draws} {origin}.",
            what="Chances and" if any(map(facts.judged, facts.analyses)) else "The",
            draws="draws of mean cost" if alone else "joint draws of mean cost and mean effect",
            level=facts.interval,
            n=listed([number(size) for size in sizes], "or"),
            origin=origin,
        ),
        *(prose("**{title}.** {cases}", title=facts.title(name), cases=words)
          for name in facts.analyses if (words := case_words(facts, name))),
    ]  # fmt: skip
    return section(3, "How uncertainty is handled", "uncertainty", bullets(lines))


def interval_words(facts: Facts) -> str:
    """Return what an interval is."""
    return prose(
        "A {level} interval is the range in which the true value lies with a chance of {level}, "
        "if the data and the model are right.",
        level=facts.interval,
    )


def chance_table(facts: Facts) -> str:
    """Return the scale of words used for chances."""
    rows, above = [], 100
    for bound, words in CHANCES:
        rows.append([words, f"{number(bound)}–{number(above)}%"])
        above = bound - 1
    return section(
        3,
        "Words for chances",
        "words",
        interval_words(facts),
        table(["Words", "Chance"], rows, "What the words for chances mean in this report", "words"),
    )


def methods(facts: Facts) -> str:
    """Return the section on methods."""
    own = facts.part("report").get("comparison") or ""
    matrix = perspective_table(facts)
    return section(
        2,
        "Methods",
        "methods",
        section(3, "The options compared", "options", escape(own)) if own else "",
        own_section(facts, "comparison_choice", "Why these options"),
        estimand_table(facts),
        money_and_time(facts),
        section(
            3,
            "Perspectives",
            "perspective-matrix",
            matrix,
        ),
        own_section(facts, "perspective_choice", "Why these perspectives"),
        own_section(facts, "outcome_choice", "Why these outcomes"),
        valuation(facts),
        model_section(facts),
        endpoint_models(facts),
        association_methods(facts),
        uncertainty(facts),
        chance_table(facts) if any(facts.judged(name) for name in facts.analyses) else "",
        settings_table(facts),
        software_table(facts),
    )
