"""The report on paper: Markdown by way of Typst to one accessible PDF."""

import re
from collections.abc import Mapping

import typst

from trialbalance.report.figures.drawing import style
from trialbalance.report.text.markup import clean
from trialbalance.report.text.pandoc import convert, template


def to_pdf(
    markdown: str, figures: Mapping[str, Mapping[str, str]], title: str, mark: str = ""
) -> bytes:
    """Return the report as a PDF with title, language, bookmarks, tags and its own fonts.

    Parameters
    ----------
    markdown : str
        Document made by ``build_document``.
    figures : mapping
        Path in the document -> mapping with key ``svg``.
    title : str
        Title of the document, untrusted.
    mark : str
        Words at the foot of every page.

    Returns
    -------
    bytes
        PDF that keeps the rules of PDF/UA-1, which the typesetter checks.
    """
    files = {
        path: drawing["file"] if "file" in drawing else _print_font(drawing["svg"]).encode()
        for path, drawing in figures.items()
    }
    # The typesetter starts at a file of this name.
    files["main.typ"] = to_typst(markdown, title, mark).encode()
    return typst.compile(files, format="pdf", pdf_standards=["ua-1"])


def to_typst(markdown: str, title: str, mark: str = "") -> str:
    """Return the report as the source of the typesetter."""
    body = convert(
        markdown,
        "typst",
        "--standalone",
        f"--template={template('report.typ')}",
        f"--lua-filter={template('print.lua')}",
    )
    words = clean(title).replace("\\", "\\\\").replace('"', '\\"')
    head = "Simulated data · " if SIMULATED in markdown else ""
    named = {"/*REPORT-STYLE*/": definitions(), "REPORT-MARK": mark, "REPORT-HEAD": head}
    for place, text in named.items():
        body = body.replace(place, text, 1)
    return body.replace("REPORT-TITLE", words, 1)


# The banner that build_document puts at the head of a report on simulated records.
SIMULATED = "::: {.banner .synthetic}"


def definitions() -> str:
    """Return the colours and the font of the house as definitions of the typesetter."""
    colours = ", ".join(f'{name}: rgb("{value}")' for name, value in style()["colours"].items())
    return f'#let colour = ({colours})\n#let print-font = "{style()["fonts"]["print"]}"'


def _print_font(svg: str) -> str:
    """Return a drawing in the font of the page, which every machine has."""
    return re.sub(r'font-family="[^"]*"', f'font-family="{style()["fonts"]["print"]}"', svg)
