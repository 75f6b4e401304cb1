"""What only people can write for the report: text blocks, sections of their own, a logo."""

from typing import Annotated, Literal

from pydantic import StringConstraints

from trialbalance.settings.section import Section, setting

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
