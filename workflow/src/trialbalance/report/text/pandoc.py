"""The one road from the Markdown document to its forms: pandoc, and a reader without markup."""

from functools import cache
from pathlib import Path

import pypandoc

from trialbalance import house

READER = (
    "markdown-raw_html-raw_tex-raw_attribute-tex_math_dollars-citations-smart-yaml_metadata_block"
    "-pandoc_title_block-fancy_lists-startnum-example_lists-latex_macros-definition_lists"
    "-task_lists"
)


def convert(markdown: str, to: str, *options: str, file: Path | None = None) -> str:
    """Return the document in another form, or write it where the form is binary.

    Parameters
    ----------
    markdown : str
        Document made by ``build_document``.
    to : str
        Form known to pandoc.
    *options : str
        Further options of pandoc.
    file : Path, optional
        Where a binary form is written.

    Returns
    -------
    str
        The document; empty when written to a file.
    """
    # A page is put together in memory; only a Word file needs its pictures from a folder.
    given = ["--columns=100000", "--wrap=none", "--eol=lf", "--metadata=lang:en-GB", *options]
    if file is None:
        given.append("--sandbox")
    return pypandoc.convert_text(
        markdown,
        to,
        format=READER,
        extra_args=given,
        outputfile=None if file is None else str(file),
    )


def template(name: str) -> Path:
    """Return the path of a template of the report."""
    return house.report_templates() / name


@cache
def plain_equation(latex: str) -> str:
    r"""Return an equation in LaTeX as plain characters, which every form of the report can print.

    Examples
    --------
    >>> plain_equation(r"\log y \sim \mathrm{Normal}(\eta - \sigma^2/2, \sigma)")
    'log y ∼ Normal(η − σ²/2, σ)'
    """
    given = ["--wrap=none", "--eol=lf", "--sandbox"]
    text = pypandoc.convert_text(f"${latex}$", "plain", format="markdown", extra_args=given)
    # Thin spaces of many widths are none that a reader or a search would type.
    return " ".join(text.split())
