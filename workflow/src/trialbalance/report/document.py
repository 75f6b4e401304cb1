"""The report as one Markdown document: sections in the order in which people read."""

from collections.abc import Mapping
from typing import Any

from trialbalance.report.accounts import balance, diagnostics, participants, reproduction
from trialbalance.report.completeness import completeness
from trialbalance.report.effects import outcomes
from trialbalance.report.facts import Facts
from trialbalance.report.markup import blocks, box, heading, joined
from trialbalance.report.methods import limits, methods
from trialbalance.report.resources import costs
from trialbalance.report.results import results
from trialbalance.report.scenarios import scenarios
from trialbalance.report.summary import banners, page_one

SECTIONS = (
    page_one,
    results,
    costs,
    outcomes,
    participants,
    completeness,
    scenarios,
    diagnostics,
    limits,
    methods,
    reproduction,
    balance,
)


def report_title(settings: Mapping[str, Any]) -> str:
    """Return the title of the report: its own, else the study's."""
    own = (settings.get("report") or {}).get("title")
    return own or (settings.get("study") or {}).get("title") or "Economic evaluation"


def build_document(
    tables: Mapping[str, Any],
    settings: Mapping[str, Any],
    context: Mapping[str, Any] | None = None,
) -> str:
    r"""Return the whole report as Markdown with references to figures.

    Parameters
    ----------
    tables : mapping
        Tables of the study by name, and ``analyses``: analysis -> tables by name. Any may be
        absent; its section then vanishes.
    settings : mapping
        All resolved settings of the study, one entry a section, with ``analyses``.
    context : mapping, optional
        ``figures`` (path -> svg, caption, alternative), ``versions``, ``failed_checks``,
        ``models``, ``passed_by``, ``code_digest``, ``settings_digest``.

    Returns
    -------
    str
        Markdown for pandoc; text of the study is escaped.

    Examples
    --------
    >>> build_document({}, {"study": {"title": "A <trial>"}}).splitlines()[0]
    '# A \\<trial\\> {#top}'
    """
    facts = Facts(tables, settings, context or {})
    authors = facts.part("report").get("authors") or []
    byline = joined(["Trial-based economic evaluation", "; ".join(map(str, authors))], " · ")
    head = blocks(heading(1, report_title(settings), "top"), box("byline", byline), banners(facts))
    return blocks(head, *[part(facts) for part in SECTIONS]) + "\n"
