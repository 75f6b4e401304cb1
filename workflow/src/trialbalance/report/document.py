"""The report as one Markdown document: sections in the order in which people read."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from trialbalance.report.facts.facts import Facts
from trialbalance.report.facts.study_texts import logo_mark, own_sections
from trialbalance.report.sections.appendix.books import balance, participants, reproduction
from trialbalance.report.sections.appendix.checklists import checklists
from trialbalance.report.sections.appendix.checks import diagnostics
from trialbalance.report.sections.appendix.completeness import completeness
from trialbalance.report.sections.appendix.detail import detail
from trialbalance.report.sections.appendix.limits import limits
from trialbalance.report.sections.appendix.plain_tables import further
from trialbalance.report.sections.appendix.status_lines import with_state
from trialbalance.report.sections.appendix.study_information import (
    abstract,
    background,
    declarations,
    discussion,
)
from trialbalance.report.sections.findings.consequences import consequences
from trialbalance.report.sections.findings.costs import costs
from trialbalance.report.sections.findings.law import law
from trialbalance.report.sections.findings.outcomes import outcomes
from trialbalance.report.sections.findings.results import results
from trialbalance.report.sections.findings.sensitivity.multiverse import multiverse
from trialbalance.report.sections.findings.sensitivity.scenarios import scenarios
from trialbalance.report.sections.front.banners import banners
from trialbalance.report.sections.front.brief import page_one
from trialbalance.report.sections.front.considerations import considerations
from trialbalance.report.sections.front.imprint import imprint
from trialbalance.report.sections.methods.methods import methods
from trialbalance.report.text.edition import restricted_footer
from trialbalance.report.text.markup import Markdown, blocks, box, heading
from trialbalance.report.text.numbering import marked_simulated, with_numbers

# In the order in which people read; a section without content prints nothing. One more table is
# printed as its contract says under ``reported``, or by a function in its section.
SECTIONS = (
    ("brief", page_one),
    ("abstract", abstract),
    ("background", background),
    ("results", results),
    ("consequences", consequences),
    ("considerations", considerations),
    ("law", law),
    ("costs", costs),
    ("outcomes", outcomes),
    ("participants", participants),
    ("scenarios", scenarios),
    ("multiverse", multiverse),
    ("reproduction", reproduction),
    ("limits", limits),
    ("discussion", discussion),
    ("about", declarations),
    ("detail", detail),
    ("methods", methods),
    ("completeness", completeness),
    ("checks", diagnostics),
    ("balance", balance),
    ("checklists", checklists),
)
# The last six, from detail on, stand behind: folded on the page below their line of state.
TRIAL = "Trial-based economic evaluation"
COMPARES = "Outcomes of a randomised trial, compared as randomised; costs are described"
DESCRIBES = "Costs and consequences, described: no cause is inferred, no verdict given"
# What counts the gaps is built when all else is printed.
COUNTS_GAPS = ("checklists", "brief")
HEADING = re.compile(r"^(#+) .* \{#([\w-]+)\}$", flags=re.M)
TABLE = re.compile(r"^::: \{\.table-frame #table-([\w-]+)[^\n]*\n(.*?)^:::$", flags=re.M | re.S)
ANCHOR = re.compile(r"\{[^}]*#([\w-]+)[^}]*\}")


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
    byline = imprint(facts, kind_of(facts))
    title = heading(1, report_title(settings), "top")
    head = blocks(logo_mark(facts), title, box("byline", byline), banners(facts))
    built = {
        name: blocks(build(facts), further(facts, name), own_sections(facts, name))
        for name, build in SECTIONS
        if name not in COUNTS_GAPS
    }
    body = blocks(head, *built.values())
    facts = replace(facts, context={**facts.context, **_places(body)})
    builders = dict(SECTIONS)
    for name in COUNTS_GAPS:
        built[name] = blocks(builders[name](facts), own_sections(facts, name))
    told = [with_state(facts, name, built[name]) for name in builders]
    last = restricted_footer(facts.settings, facts.context.get("edition"))
    text = with_numbers(blocks(head, *told, last)) + "\n"
    return marked_simulated(text) if facts.synthetic else text


def kind_of(facts: Facts) -> str:
    """Return what kind of report this is: what it decides, compares or describes."""
    door = facts.part("data").get("door")
    if not facts.analyses:
        return COMPARES if facts.compares else DESCRIBES
    if not facts.compares:
        return "Economic evaluation of an observational comparison: associations, no verdict"
    return "Economic evaluation from draws of a model" if door == "draws" else TRIAL


def _places(body: str) -> dict[str, Any]:
    """Return the identifiers printed so far, and the words of those that are headings."""
    headings = re.findall(r"^#+ (.*) \{#([\w-]+)\}$", body, flags=re.M)
    captions = re.findall(r"#table-([\w-]+)[^\n]*\}.*?^: ([^\n]*)$", body, flags=re.M | re.S)
    titles = {ident: Markdown(words) for words, ident in headings}
    titles |= {f"table-{ident}": Markdown(words) for ident, words in captions}
    return {"anchors": set(ANCHOR.findall(body)), "titles": titles, "printed": printed(body)}


def printed(body: str) -> dict[str, str]:
    r"""Return the words that stand below each heading and in each table, by identifier.

    Examples
    --------
    >>> printed("## A {#a}\n\nOne.\n\n### B {#b}\n\nTwo.\n\n## C {#c}\n\nThree.")["a"]
    'One.\n\n### B {#b}\n\nTwo.'
    """
    found, heads = {}, list(HEADING.finditer(body))
    for place, head in enumerate(heads):
        later = [one for one in heads[place + 1 :] if len(one[1]) <= len(head[1])]
        end = later[0].start() if later else len(body)
        found[head[2]] = body[head.end() : end].strip()
    for frame in TABLE.finditer(body):
        found[f"table-{frame[1]}"] = frame[2]
    return found
