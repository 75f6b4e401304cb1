"""Section ``report``: words, names and pictures of the report; no number depends on it."""

import re
from typing import Annotated, Literal, Self

from pydantic import StringConstraints, model_validator

from trialbalance.settings.section import Refused, Section, setting
from trialbalance.settings.sections.study import Name

Block = Annotated[str, StringConstraints(max_length=40_000)]
# A file below the study's folder, never above it.
PICTURE = r"^[\w-]+(/[\w-]+)*\.(svg|png)$"


class ReportTexts(Section):
    """Text blocks in Markdown; a value that ends in .md is a file in the study's folder."""

    background: Block = setting("", "Why the question matters, and what is known.")
    objectives: Block = setting("", "The question that the evaluation answers.")
    plan: Block = setting("", "Where the analysis plan stands, its version and date.")
    population: Block = setting("", "Who could take part, and who was recruited.")
    place: Block = setting("", "Where the trial took place: country, services, dates.")
    outcome_choice: Block = setting("", "Why these outcomes measure what people gain or lose.")
    comparison_choice: Block = setting("", "Why these options are compared.")
    perspective_choice: Block = setting("", "Why these perspectives: whose costs matter, to whom.")
    heterogeneity: Block = setting("", "How results could differ between groups of people.")
    distribution: Block = setting("", "Who gains and who loses: effects on unequal groups.")
    engagement: Block = setting("", "How patients, the public and others took part in the study.")
    engagement_effect: Block = setting("", "What taking part changed in the study or its findings.")
    discussion: Block = setting("", "What the findings mean, their limits, where else they hold.")
    funding: Block = setting("", "Who paid for the study, and what part they had in it.")
    conflicts: Block = setting("", "Interests of the authors that readers should know of.")


class OwnSection(Section):
    """A section that a study adds to its report."""

    title: str = setting(..., "Heading of the section.", min_length=1, max_length=160)
    text: Block = setting(..., "Markdown, or a file of the study's folder that ends in .md.")
    after: Literal[
        "brief", "results", "costs", "outcomes", "participants", "methods", "discussion"
    ] = setting("discussion", "Section after which it stands.")


class Logo(Section):
    """The study's own mark at the head of the report."""

    file: str = setting(..., "SVG or PNG file in the study's folder.", pattern=PICTURE)
    alternative: str = setting(..., "What it shows, in words.", min_length=1, max_length=160)


class Consideration(Section):
    """One sourced statement that is printed beside the result, apart from the numbers."""

    kind: Literal["autonomy", "ethics", "law", "equity", "qualitative"] = setting(
        ...,
        "What it is about: what people may decide for themselves; whether something is right; what "
        "the law asks; who bears it; what people said in their own words.",
    )
    statement: str = setting(
        ..., "The statement, in one or two sentences, plain text.", min_length=1, max_length=800
    )
    source: str = setting(..., "Where it comes from.", min_length=1, max_length=300)


Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9A-Fa-f]{6}$")]


class OutcomeWords(Section):
    """How the report speaks of one outcome."""

    one: str = setting(..., "One unit of it, such as QALY.", min_length=1, max_length=80)
    many: str = setting(..., "Several units of it, such as QALYs.", min_length=1, max_length=80)
    plain: str = setting("", "One sentence that tells a lay reader what it is.", max_length=600)
    decimals: int = setting(3, "Digits after the point.", ge=0, le=4)


class HeadlineCell(Section):
    """Where a number of a headline stands."""

    table: Name = setting(..., "Table of the study, such as consequences or reproduction.")
    where: dict[Name, str] = setting(
        {}, "Columns and the values that pick the row; an empty text picks a blank cell."
    )
    column: Name | None = setting(
        None, "Column of the number; silent = the rows that are picked are counted."
    )
    form: Literal["percent", "count", "money", "ratio", "number"] = setting(
        "number", "How it is printed: a share as a percentage, a whole number, an amount, a ratio."
    )


class Headline(Section):
    """One sentence that page one puts first, its numbers bound to cells of tables."""

    sentence: str = setting(
        ..., "The sentence, plain text; {name} stands for a cell.", min_length=1, max_length=400
    )
    cells: dict[Name, HeadlineCell] = setting({}, "The cells, by the name in the sentence.")
    source: str = setting("", "Where published words in it come from.", max_length=200)

    @model_validator(mode="after")
    def named(self) -> Self:
        """Refuse a name in the sentence that no cell has, and a cell that it does not use."""
        used = set(re.findall(r"{([^}]*)}", self.sentence))
        if used != set(self.cells):
            odd = ", ".join(sorted(used ^ set(self.cells)))
            raise Refused(f"{odd}", "each cell once in braces", at="sentence")
        return self


class ReportSettings(Section):
    """Words, names and pictures of the report."""

    title: str = setting("", "Title of the report; the study's title when silent.", max_length=300)
    authors: list[str] = setting([], "People who answer for the report, in order.")
    summary: str = setting(
        "",
        "Opening paragraph of page one, plain text; a blank line starts a new paragraph.",
        max_length=4000,
    )
    comparison: str = setting(
        "",
        "What each arm received, plain text, for the part on the options compared.",
        max_length=4000,
    )
    texts: ReportTexts = setting({}, "What only people can write; blanks are counted as gaps.")
    sections: list[OwnSection] = setting([], "Sections of the study's own, in order.")
    logo: Logo | None = setting(None, "The study's own mark at the head of the report.")
    considerations: list[Consideration] = setting(
        [],
        "Considerations beyond cost-effectiveness, each with its source; printed beside the result "
        "and apart from the numbers.",
    )
    headlines: list[Headline] = setting(
        [],
        "What the study found, most important first: sentences of page one whose numbers are read "
        "from its tables.",
    )
    limitations: list[str] = setting(
        [], "Sentences added to the limits that the report finds by itself."
    )
    primary_analysis: Name | None = setting(
        None, "Analysis that page one speaks of first; the first analysis when silent."
    )
    intervention_items: list[Name] = setting(
        [], "Items or cost categories that make up the intervention itself, for its own table."
    )
    labels: dict[str, str] = setting(
        {},
        "Names for items, categories, perspectives, visits and other keys, as printed; a key that "
        "stands for things of several kinds is named as kind.key, such as category.legal_process.",
    )
    outcome_words: dict[Name, OutcomeWords] = setting(
        {}, "How to speak of an outcome; QALY and capability-weighted life year are known."
    )
    cost_decimals: int = setting(0, "Digits after the point of amounts a person.", ge=0, le=2)
    plane_points: int = setting(
        600,
        "Draws shown on the cost-effectiveness plane; every percentage uses all draws.",
        ge=50,
        le=5000,
    )
    palette: list[Colour] = setting(
        [],
        "Colours of the arms in order; those of the house when silent, which are told apart with "
        "colour blindness and, by dashes, in grey.",
        reference="after Okabe and Ito (2008), darkened to a contrast of 4.5:1 on white",
    )
