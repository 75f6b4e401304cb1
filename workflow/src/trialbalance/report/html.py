"""One self-contained page from the Markdown document: pandoc, a template, a style, the figures."""

import html
import re
from collections.abc import Mapping
from pathlib import Path

import pypandoc

from trialbalance.report.markup import clean

READER = (
    "markdown-raw_html-raw_tex-raw_attribute-tex_math_dollars-citations-smart-yaml_metadata_block"
    "-pandoc_title_block-fancy_lists-startnum-example_lists-latex_macros-definition_lists"
)


def template_folder() -> Path:
    """Return the folder of report templates, in a clone as in an installed package."""
    here = Path(__file__).resolve()
    places = (here.parents[3] / "report", here.parents[1] / "house" / "workflow" / "report")
    return next((place for place in places if (place / "page.html").is_file()), places[0])


def to_html(
    markdown: str,
    figures: Mapping[str, Mapping[str, str]],
    title: str,
    templates: Path | None = None,
) -> str:
    """Return the report as one HTML page that needs nothing from outside.

    Parameters
    ----------
    markdown : str
        Document made by ``build_document``.
    figures : mapping
        Path in the document -> mapping with key ``svg``.
    title : str
        Title of the page, untrusted.
    templates : Path, optional
        Folder with ``page.html``, ``report.css`` and ``accessible.lua``; ours when silent.

    Returns
    -------
    str
        HTML; the same bytes for the same input.
    """
    folder = templates or template_folder()
    body = pypandoc.convert_text(
        markdown,
        "html5",
        format=READER,
        extra_args=[
            "--sandbox",
            "--standalone",
            "--toc",
            "--toc-depth=2",
            "--columns=100000",
            "--wrap=none",
            "--section-divs",
            "--eol=lf",
            "--metadata=lang:en-GB",
            f"--template={folder / 'page.html'}",
            f"--lua-filter={folder / 'accessible.lua'}",
        ],
    )
    # The template's own marks come first on the page; a study that writes them gets its text.
    page = body.replace("/*REPORT-STYLE*/", (folder / "report.css").read_text("utf-8"), 1)
    page = page.replace("<title>REPORT-TITLE<", f"<title>{html.escape(clean(title))}<", 1)
    return re.sub(r'<img src="([^"]+)"([^>]*?)\s*/?>', lambda hit: _inline(hit, figures), page)


def _inline(hit: re.Match, figures: Mapping[str, Mapping[str, str]]) -> str:
    """Return the drawing for an image, with the image's alternative."""
    drawing = figures.get(hit.group(1))
    if drawing is None:
        return ""
    alternative = re.search(r'alt="([^"]*)"', hit.group(2))
    spoken = alternative.group(1) if alternative else ""
    return drawing["svg"].replace(
        "<svg", f'<svg role="img" aria-label="{spoken}" focusable="false"', 1
    )
