"""Report: what is told to people, from tables to one page."""

from collections.abc import Mapping
from typing import Any

from trialbalance.report.document import build_document, report_title
from trialbalance.report.facts import Facts
from trialbalance.report.figures import draw_figures
from trialbalance.report.html import to_html

__all__ = ["build_document", "draw_figures", "make_report", "to_html"]


def make_report(
    tables: Mapping[str, Any],
    settings: Mapping[str, Any],
    context: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the report of a study in every form made so far.

    Parameters
    ----------
    tables, settings, context : mapping
        As for ``build_document``; figures are drawn here.

    Returns
    -------
    dict
        ``markdown`` and ``html`` (str), and ``figures`` (path -> svg, caption, alternative).
    """
    figures = draw_figures(Facts(tables, settings, context or {}))
    markdown = build_document(tables, settings, {**(context or {}), "figures": figures})
    return {
        "markdown": markdown,
        "figures": figures,
        "html": to_html(markdown, figures, report_title(settings)),
    }
