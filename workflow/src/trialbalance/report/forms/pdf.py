"""The report on paper: Markdown by way of Typst to one accessible PDF."""

import re
from collections.abc import Mapping

import typst

from trialbalance.report.text.edition import running_head
from trialbalance.report.text.markup import clean
from trialbalance.report.text.pandoc import convert, template
from trialbalance.report.text.printable import by_number
from trialbalance.report.text.style import style


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
    files = {path: each["file"] for path, each in figures.items() if "file" in each}
    # The typesetter starts at a file of this name.
    texts = {"main.typ": to_typst(markdown, title, mark)}
    texts |= {path: _print_font(each["svg"]) for path, each in figures.items() if path not in files}
    while True:
        written = {path: text.encode() for path, text in texts.items()}
        try:
            return typst.compile(files | written, format="pdf", pdf_standards=["ua-1"])
        except typst.TypstError as error:
            signs = signs_without_font(str(error))
            if not any(sign in text for sign in signs for text in texts.values()):
                raise
            texts = {path: by_number(text, signs) for path, text in texts.items()}


# What the typesetter says of a sign that none of its fonts has.
_UNSET = re.compile(r'the text `"(.*?)"` could not be displayed')


def signs_without_font(message: str) -> set[str]:
    r"""Return the signs of which the typesetter says that it has no font for them.

    Examples
    --------
    >>> signs_without_font('the text `"a\\u{1}"` could not be displayed with font') == {"\x01"}
    True
    """
    found = _UNSET.search(message)
    words = re.sub(
        r"\\u\{([0-9a-f]+)\}", lambda code: chr(int(code[1], 16)), found[1] if found else ""
    )
    return {sign for sign in words if not " " <= sign <= "~"}


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
    head = running_head(markdown)
    named = {"/*REPORT-STYLE*/": definitions(), "REPORT-MARK": mark, "REPORT-HEAD": head}
    for place, text in named.items():
        body = body.replace(place, text, 1)
    return body.replace("REPORT-TITLE", words, 1)


def definitions() -> str:
    """Return the colours and the font of the house as definitions of the typesetter."""
    colours = ", ".join(f'{name}: rgb("{value}")' for name, value in style()["colours"].items())
    return f'#let colour = ({colours})\n#let print-font = "{style()["fonts"]["print"]}"'


def _print_font(svg: str) -> str:
    """Return a drawing in the font of the page, which every machine has."""
    return re.sub(r'font-family="[^"]*"', f'font-family="{style()["fonts"]["print"]}"', svg)
