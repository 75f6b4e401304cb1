"""A report in every form asked for, from one Markdown source."""

from collections.abc import Mapping, Sequence
from typing import Any

from trialbalance.disclosure.edition import edition_mark
from trialbalance.report.document import build_document, report_title
from trialbalance.report.facts.facts import Facts
from trialbalance.report.facts.number_links import numbered
from trialbalance.report.facts.study_texts import own_logo
from trialbalance.report.figures.gallery import draw_figures
from trialbalance.report.forms.docx import to_docx
from trialbalance.report.forms.explorer import explore_data
from trialbalance.report.forms.html import to_html
from trialbalance.report.forms.pdf import to_pdf
from trialbalance.report.text.edition import simulated
from trialbalance.report.text.printable import printable

__all__ = ["build_document", "draw_figures", "make_report", "to_docx", "to_html", "to_pdf"]
FORMS = {"pdf": to_pdf, "docx": to_docx}


def make_report(
    tables: Mapping[str, Any],
    settings: Mapping[str, Any],
    context: Mapping[str, Any] | None = None,
    forms: Sequence[str] = ("html",),
) -> dict[str, Any]:
    """Return the report of a study in the forms asked for, all from one Markdown source.

    Parameters
    ----------
    tables, settings, context : mapping
        As for ``build_document``; figures are drawn here.
    forms : sequence of {"html", "pdf", "docx"}
        Forms wanted.

    Returns
    -------
    dict
        ``markdown`` (str), ``figures`` (path -> svg, caption, alternative), and each form by its
        name: ``html`` (str), ``pdf`` and ``docx`` (bytes).
    """
    trace = (context or {}).get("trace")
    tables, settings = printable(numbered(tables, trace)), printable(settings)
    facts = Facts(tables, settings, context or {})
    figures = draw_figures(facts)
    markdown = build_document(tables, settings, {**(context or {}), "figures": figures})
    title, pictures = report_title(settings), figures | own_logo(facts)
    mark = edition_mark(simulated(settings), (context or {}).get("edition"))
    made = {form: FORMS[form](markdown, pictures, title, mark) for form in forms if form != "html"}
    if "html" in forms:
        made["html"] = to_html(markdown, pictures, title, explore_data(facts), trace)
    return {"markdown": markdown, "figures": figures, **made}
