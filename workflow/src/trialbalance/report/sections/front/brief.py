"""Page one: what a funder needs, in plain words, every number from a table."""

import pandas as pd

from trialbalance.provenance.certificate import certificate_sentence
from trialbalance.report.facts.facts import Facts, near
from trialbalance.report.facts.number_links import traced, traced_span
from trialbalance.report.facts.pictures import pictures
from trialbalance.report.facts.rounding import drawn, drawn_ends
from trialbalance.report.figures.people.composition import driver_words
from trialbalance.report.sections.appendix.checklists import gap_words
from trialbalance.report.sections.appendix.checks import failed_checks
from trialbalance.report.sections.appendix.completeness import missing_share
from trialbalance.report.sections.findings.sensitivity.prices import assumed_words
from trialbalance.report.sections.front.described import described_parts, odd_records
from trialbalance.report.sections.front.differences import not_compared, years_words
from trialbalance.report.sections.front.endpoints import primary_endpoint
from trialbalance.report.sections.front.lead import lead
from trialbalance.report.sections.front.value_of_research import change_words, research_words
from trialbalance.report.sections.front.verdict import (
    best_arm,
    chance_of,
    chance_told,
    sureness_table,
)
from trialbalance.report.text.markup import (
    TEXT_LENGTH,
    Markdown,
    blocks,
    box,
    bullets,
    escape,
    joined,
    prose,
    section,
)
from trialbalance.report.text.numbering import by_number
from trialbalance.report.text.numbers import (
    counted,
    listed,
    missing,
    money_words,
    number,
    percent,
)

ENDS = ("lower", "upper")
# Options that page one shows as large figures; the table has every one.
MOST_CARDS = 3


def paragraphs(text: str) -> str:
    """Return a text block of the study as plain paragraphs, nothing in it acting as markup."""
    parts = str(text or "").replace("\r", "").split("\n\n")
    return "\n\n".join(escape(part, TEXT_LENGTH) for part in parts if part.strip())


def compared(facts: Facts) -> str:
    """Return who was compared, how many, for how long, and who could not be compared."""
    primary, study = next(iter(facts.analyses)), facts.part("study")
    arms = facts.table("arms", primary)
    sizes = {}
    if arms is not None and "n" in arms:
        sizes = {
            arm: int(n) for arm, n in zip(arms["arm"], arms["n"], strict=True) if not missing(n)
        }
    named = [
        f"{facts.arm(arm)} ({counted(sizes[arm], 'person', 'people')})"
        if arm in sizes
        else facts.arm(arm)
        for arm in [*facts.others, facts.comparator]
    ]
    years = study.get("horizon_years")
    first = f"{number(len(facts.others))} options" if facts.many else listed(named[:-1])
    against = " against ".join([first, named[-1]]) if named[:-1] else named[0]
    total = f"{number(sum(sizes.values()))} people were analysed:" if sizes else ""
    what = "Costs" if facts.costs_only(primary) else "Costs and gains"
    length = "" if years is None else f"{what} are counted over {years_words(years)}."
    rows = facts.table("incremental", primary)
    unknown = [not_compared(facts, row) for _, row in rows[rows["cost"].isna()].iterrows()]
    return joined([total, prose("{arms}.", arms=against), length, *unknown])


def glance(facts: Facts, analysis: str) -> str:
    """Return the primary differences as large figures, each with its subject."""
    rows = facts.table("incremental", analysis).dropna(subset=["cost", "effect"])
    primary = facts.thresholds(analysis).primary
    if facts.many and primary is not None:
        # Of many options the one of highest net benefit has the cards.
        gains = near(facts.table("net_benefit", analysis), primary).dropna(subset=["net_benefit"])
        rows = rows[rows["arm"].isin(gains.nlargest(1, "net_benefit")["arm"])]
    cards = []
    for _, row in rows.head(MOST_CARDS).iterrows():
        cards += [
            box("card", prose("[{n}]{{.big}} {what} [{s}]{{.small}}", n=big, what=what, s=small))
            for big, what, small in [
                *_gap_cards(facts, analysis, row),
                *(_chance_card(facts, analysis, str(row["arm"]), len(rows) == 1)),
            ]
        ]
    return "" if not cards else "::::: {.glance}\n" + "\n\n".join(cards) + "\n:::::"


def _gap_cards(facts: Facts, analysis: str, row: pd.Series) -> list[tuple[str, str, str]]:
    """Return the figure, subject and interval of both differences of an option."""
    words, level = facts.words(analysis), f"{facts.interval} interval "
    kind = "difference" if facts.compares else "associated difference"
    pair = f"{facts.arm(row['arm'])} against {facts.arm(row['comparator'])}"
    names = {"cost": "cost per person"}
    if not facts.costs_only(analysis):
        per = "the {mean}" if words["mean"] != words["many"] else "{mean} per person"
        names["effect"] = per.format(mean=words["mean"])
    cards = []
    for part, what in names.items():
        big, ends = drawn(facts, analysis, row, part, True), [f"{part}_{end}" for end in ENDS]
        reach = traced_span(facts, drawn_ends(facts, analysis, row, part), row, ends)
        inside = prose(f"{level}{{ends}}", ends=reach)
        subject = f"{kind} in {what}, {pair}"
        cards.append((traced(facts, big, row, part), subject, inside))
    return cards


def _chance_card(facts: Facts, analysis: str, arm: str, alone: bool) -> list[tuple[str, str, str]]:
    """Return the chance of best value: of the better of two options, else of the one told."""
    primary = facts.thresholds(analysis).primary
    if primary is None or not facts.compares:
        return []
    arm = (best_arm(facts, analysis, primary) or arm) if alone else arm
    if chance_of(facts, analysis, arm, primary) is None:
        return []
    value = "better" if len(facts.arms) < 3 else "best"
    what = f"chance that {facts.arm(arm)} is the {value} value"
    at = f"at {facts.threshold(primary)} per {facts.words(analysis)['one']}"
    return [(chance_told(facts, analysis, arm, primary), what, at)]


def missing_words(facts: Facts, analysis: str) -> str:
    """Return how many people lack a total, and what is done about it."""
    share = missing_share(facts, analysis)
    if share is None:
        return ""
    kept = (
        "They stay in the analysis, on the assumption that people alike in what was seen are "
        "alike in what was not."
    )
    return prose(
        "**Missing data:** {share} of people lack their full cost or outcome{place}. {kept}",
        place=Markdown(by_number(f"table-patterns-{analysis}")),
        share=percent(share),
        kept=kept if share else "",
    )


def books_words(facts: Facts) -> str:
    """Return whether the books agree."""
    frame = facts.table("trial_balance")
    if frame is None or "difference" not in frame:
        return ""
    wrong = int((frame["difference"].fillna(0).abs() > 0.005).sum())
    one = money_words(facts.currency)[0]
    lost = "draw" if facts.from_draws else f"{one}, record or person"
    good = f"no {lost} goes missing between stages"
    told = f"{counted(wrong, 'sum does', 'sums do')} not reconcile" if wrong else good
    place = Markdown(by_number("table-trial-balance"))
    return prose("**Books:** {told}{place}.", told=told, place=place)


def second_words(facts: Facts) -> str:
    """Return on how much a second program agrees, or that it did not run."""
    frame = facts.table("certificate")
    if frame is None:
        return ""
    return prose("**Computed again:** {w}", w=certificate_sentence(frame))


def data_words(facts: Facts) -> str:
    """Return what the answer rests on: records, totals or draws, simulated or not."""
    if facts.from_draws:
        return "draws handed over from another model" + (
            ", on simulated data." if facts.synthetic else "; neither data nor model checked here."
        )
    study = "trial" if facts.compares else "study; nobody was randomised"
    return "simulated, not observed." if facts.synthetic else f"records of the {study}."


def trust(facts: Facts) -> str:
    """Return how far the answer can be trusted, as a list."""
    primary, failed = next(iter(facts.analyses)), len(failed_checks(facts))
    lines = [
        prose(
            "**Data:** {w}",
            w=data_words(facts),
        ),
        odd_records(facts),
    ]
    checked = [name for name in facts.analyses if facts.table("model_checks", name) is not None]
    if checked:
        lines.append(
            prose(
                "**Model checks:** {w}{place}.",
                w=f"{failed} failed; see the head of this page" if failed else "none failed",
                place=Markdown(by_number(f"table-checks-{primary}")),
            )
        )
    lines += [second_words(facts), missing_words(facts, primary)]
    lines += [assumed_words(facts), books_words(facts), gap_words(facts)]
    if years := facts.part("study").get("horizon_years"):
        lines.append(
            Markdown(
                prose(
                    "**Reach:** the answer {stops}; what comes later is not in it. ",
                    stops=f"covers {years_words(years)}"
                    if facts.from_draws
                    else f"stops {years_words(years)} after people entered",
                )
                + "There is more that [the answer does not cover](#limits)."
            )
        )
    return bullets(lines)


def page_one(facts: Facts) -> str:
    """Return page one; without results, what can be said."""
    own = paragraphs(facts.part("report").get("summary", ""))
    if not facts.analyses:
        parts = described_parts(facts, books_words(facts), second_words(facts))
        return section(2, "In brief", "brief", own, *parts)
    primary = next(iter(facts.analyses))
    picture = pictures(facts, f"plane_{primary}", kind="figures .single")
    return section(
        2,
        "In brief",
        "brief",
        own,
        box("lead", lead(facts, primary)),
        "\n".join([":::::::: {.first}", blocks(glance(facts, primary), picture), "::::::::"]),
        primary_endpoint(facts),
        section(
            3,
            "Who was compared, and every answer",
            "brief-sure",
            joined([compared(facts), driver_words(facts, primary)]),
            sureness_table(facts),
        ),
        section(3, "What would change our mind", "brief-change", change_words(facts, primary)),
        section(3, "Is more research worth it?", "brief-research", research_words(facts, primary)),
        section(3, "How far to trust this", "brief-trust", trust(facts)),
    )
