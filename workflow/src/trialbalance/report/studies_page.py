"""All studies at a glance: one page of verdicts, flags and links to the reports."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from trialbalance import contracts
from trialbalance.contracts.input_names import parts
from trialbalance.contracts.terms import NOBODY
from trialbalance.provenance.stage import vocabularies
from trialbalance.report.facts.facts import Facts
from trialbalance.report.forms.html import to_html
from trialbalance.report.sections.appendix.checks import failed_checks
from trialbalance.report.sections.front.lead import lead
from trialbalance.report.text.markup import (
    Markdown,
    blocks,
    bullets,
    escape,
    heading,
    joined,
    prose,
    table,
)
from trialbalance.report.text.markup import section as part
from trialbalance.report.text.numbers import counted, listed
from trialbalance.settings.yamlfile import read_yaml

TITLE = "All studies at a glance"
FORMS = {"html": "report", "pdf": "as PDF", "docx": "as Word file"}
# Largest difference of a line of the books that counts as none, in units or money.
CLOSE = 0.005


def gather(inputs: Mapping[str, str]) -> dict[str, Facts]:
    """Return what is known of every study, from its settings and tables.

    Parameters
    ----------
    inputs : mapping
        ``study.settings``, ``study.table`` and ``study.analysis.table`` -> path.

    Returns
    -------
    dict
        Name of the study -> its facts.
    """
    names = dict.fromkeys(parts(key)[0] for key in inputs)
    settings = {name: read_yaml(Path(inputs[f"{name}.settings"]))[0] for name in names}
    tables: dict[str, dict[str, Any]] = {name: {"analyses": {}} for name in names}
    for key, path in inputs.items():
        study, *between, name = parts(key)
        if name not in contracts.tables():
            continue
        frame = contracts.read(Path(path), name, vocabularies(settings[study]))
        home = tables[study]
        home = home["analyses"].setdefault(between[0], {}) if between else home
        home[name] = frame
    return {name: Facts(tables[name], settings[name]) for name in names}


def make_index(studies: Mapping[str, Facts]) -> str:
    """Return the page as one self-contained HTML file.

    Parameters
    ----------
    studies : mapping
        Name of the study -> its facts, in the order of the configuration.

    Returns
    -------
    str
        HTML; the same bytes for the same input.
    """
    rows = [_row(name, facts) for name, facts in studies.items()]
    header = ["Study", "People", "Verdict", "Flags"]
    glance = table(header, rows, "Studies, verdicts and flags", "studies", (0, 2, 3))
    details = [_study(name, facts) for name, facts in studies.items()]
    simulated = sum(facts.synthetic for facts in studies.values())
    opening = prose(
        "{n} on one workflow, of which {k} with simulated records. What is simulated shows that "
        "the analysis works and says nothing about real people.",
        n=counted(len(studies), "study", "studies"),
        k=simulated or "none",
    )
    return to_html(blocks(heading(1, TITLE, "top"), opening, glance, *details) + "\n", {}, TITLE)


def _row(name: str, facts: Facts) -> list[str]:
    """Return the line of one study in the table."""
    people, (first, *more) = facts.table("participants"), verdicts(facts)
    others = f"{counted(len(more), 'further analysis', 'further analyses')} below" if more else ""
    return [
        Markdown(f"[{escape(_title(name, facts))}]({name}/report/report.html)"),
        str(len(people)) if people is not None else "not told",
        joined([first[0], others], "; "),
        joined(flags(facts), "; "),
    ]


def _study(name: str, facts: Facts) -> str:
    """Return the part of the page on one study."""
    links = [f"[{words}]({name}/report/report.{form})" for form, words in FORMS.items()]
    links += [f"[trial balance]({name}/audit/trial_balance.csv)"]
    said = [sentence for _, sentence in verdicts(facts)]
    ident = name.replace("_", "-")
    words = " · ".join(links)
    return part(
        2, _title(name, facts), ident,
        Markdown(f"{words[:1].upper()}{words[1:]}"),
        part(3, "What it says", f"{ident}-verdict", bullets(said)),
        part(3, "What to know first", f"{ident}-flags", bullets(map(_sentence, flags(facts)))),
    )  # fmt: skip


def _title(name: str, facts: Facts) -> str:
    """Return the title of a study, its name where it has none."""
    return str(facts.part("study").get("title") or name)


def _sentence(words: str) -> str:
    """Return a flag as a sentence."""
    return Markdown(f"{words[:1].upper()}{words[1:]}.")


def verdicts(facts: Facts) -> list[tuple[str, str]]:
    """Return each answer of a study, in a few words and as a sentence.

    Parameters
    ----------
    facts : Facts
        The study.

    Returns
    -------
    list of tuple
        Of every analysis that decides; else that nothing is decided, and how its arms are told.

    Examples
    --------
    >>> verdicts(Facts({}, {}))[0][0]
    'nothing decided'
    """
    found = []
    for analysis in facts.analyses:
        title, words = facts.title(analysis), lead(facts, analysis)
        sentence = prose("**{title}.** {words}", title=title, words=words)
        short = prose("{title}: {words}", title=title, words=Markdown(words.removesuffix(".")))
        found.append((short, sentence))
    return found or [_undecided(facts)]


def _undecided(facts: Facts) -> tuple[str, str]:
    """Return what a study without a decision does instead."""
    done = ["means of everything recorded are described by arm"]
    effects, lines = facts.table("endpoint_effects"), facts.table("associations")
    if effects is not None:
        number = effects["endpoint"].nunique()
        random = effects["wording"].astype(str).str.startswith("compared").any()
        done.append(f"{counted(number, 'endpoint')} modelled"
                    + (", compared as randomised" if random else ""))  # fmt: skip
    if lines is not None:
        number = lines.loc[lines["wording"] == "associated with", "name"].nunique()
        told = counted(number, "association") if number else ""
        done.append(
            f"{told} given, not randomised" if told else "no contrast between arms is given"
        )
    short = ": ".join(["nothing decided", *filter(None, ["; ".join(done[1:])])])
    return short, prose("Nothing is decided: {done}.", done="; ".join(done))


def flags(facts: Facts) -> list[str]:
    """Return what must be known of a study before its numbers, each in a few words.

    Parameters
    ----------
    facts : Facts
        The study.

    Returns
    -------
    list of str
        Kind of records, failed checks, books, published figures, plan, empty arms, law,
        illustrative figures and suppression.

    Examples
    --------
    >>> flags(Facts({}, {"study": {"synthetic": True}}))[0]
    'simulated records'
    """
    found = ["simulated records" if facts.synthetic else "real records"]
    return [str(one) for one in (*found, *_checked(facts), *_told(facts)) if one]


def _checked(facts: Facts) -> list[str]:
    """Return flags of checks, books, published figures and plan."""
    failed = len(failed_checks(facts)) + _count(facts, "endpoint_checks", "verdict", "fail")
    books, figures = facts.table("trial_balance"), facts.table("reproduction")
    balanced = books is None or (books["difference"].abs().fillna(0) < CLOSE).all()
    outside = 0 if figures is None else int((figures["verdict"] != "within").sum())
    reproduced = "" if figures is None else f"{len(figures) - outside} of {len(figures)} published "
    changed = _count(facts, "deviations", "changed", True)
    return [
        f"{counted(failed, 'model check')} failed" if failed else "",
        "" if balanced else "the books do not balance",
        f"{reproduced}figures within tolerance" if reproduced else "no published figures",
        f"{counted(changed, 'deviation')} from the locked plan" if changed else "",
    ]


def _told(facts: Facts) -> list[str]:
    """Return flags of empty arms, law, illustrative figures and suppression."""
    people, limits = facts.table("participants"), facts.table("time_limits")
    there = set(facts.arms) if people is None else set(people["arm"].astype(str))
    empty = [facts.arm(arm) for arm in facts.arms if arm not in there]
    breached = 0 if limits is None else int(limits["breached"].sum())
    described = facts.table("consequences")
    illustrative = described is not None and described["status"].fillna("").ne("").any()
    exempt = facts.part("disclosure").get("exempt_simulated", True)
    held = not (facts.synthetic and exempt)
    unaccepted = [name for name in facts.analyses if facts.thresholds(name).exploratory]
    return [
        "blind: arms under neutral labels" if facts.part("study").get("blind") else "",
        f"{NOBODY}: {listed(empty)}" if empty else "",
        f"{counted(breached, 'legal time limit')} breached" if breached else "",
        "some figures illustrative, assumed" if illustrative else "",
        f"{counted(len(unaccepted), 'analysis', 'analyses')} without an accepted threshold"
        if unaccepted else "",
        "small numbers are held back in its release" if held else "",
    ]  # fmt: skip


def _count(facts: Facts, name: str, column: str, value: Any) -> int:
    """Return how many rows of a table hold a value."""
    frame: pd.DataFrame | None = facts.table(name)
    return 0 if frame is None else int((frame[column] == value).sum())
