"""What only people can write: text blocks and sections of a study, in Markdown made safe."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pypandoc

from trialbalance.contracts.problems import HIDDEN
from trialbalance.report.facts.facts import Facts
from trialbalance.report.text.markup import clean, heading, section
from trialbalance.report.text.pandoc import READER, template


@cache
def own_markdown(text: str, lowest: int) -> str:
    """Return a study's Markdown with nothing but words, lists, tables, emphasis and links.

    Parameters
    ----------
    text : str
        Markdown of a study, untrusted.
    lowest : int
        Highest rank that a heading in it may have.

    Returns
    -------
    str
        Markdown for the report; blank where the text says nothing.

    Examples
    --------
    >>> own_markdown("", 4)
    ''
    """
    text = HIDDEN.sub("", text)
    if not re.sub(r"<!--.*?-->", "", text, flags=re.S).strip():
        return ""
    return pypandoc.convert_text(
        text,
        READER + "-simple_tables-multiline_tables-grid_tables",
        format="commonmark+pipe_tables-raw_html",
        extra_args=[
            "--sandbox",
            "--wrap=none",
            "--columns=100000",
            "--eol=lf",
            f"--metadata=lowest:{lowest}",
            f"--lua-filter={template('own.lua')}",
        ],
    ).strip()


def own_text(facts: Facts, name: str, lowest: int = 4) -> str:
    """Return a text block of the study by its name in ``report.texts``."""
    return own_markdown(
        _content(facts, (facts.part("report").get("texts") or {}).get(name)), lowest
    )


def own_section(facts: Facts, name: str, title: str) -> str:
    """Return a text block below a heading of its own; nothing where it was not written."""
    return section(3, title, f"text-{name.replace('_', '-')}", own_text(facts, name))


def own_sections(facts: Facts, after: str) -> str:
    """Return the sections that a study adds after one of ours."""
    parts = []
    for number, own in enumerate(facts.part("report").get("sections") or [], start=1):
        text = own_markdown(_content(facts, own.get("text")), 3)
        if own.get("after", "discussion") == after and text:
            parts += [heading(2, own["title"], f"own-{number}"), text]
    return "\n\n".join(parts)


def own_files(inputs: Mapping[str, str]) -> dict[str, str | bytes]:
    """Return what the study's own files hold: text of Markdown, bytes of a picture."""
    found = {
        name.removeprefix("own/"): Path(path)
        for name, path in inputs.items()
        if name.startswith("own/")
    }
    return {
        name: path.read_text("utf-8") if path.suffix == ".md" else path.read_bytes()
        for name, path in found.items()
    }


def own_logo(facts: Facts) -> dict[str, dict[str, Any]]:
    """Return the study's logo as a figure by its path; empty where it has none."""
    logo = facts.part("report").get("logo") or {}
    content = (facts.context.get("own_files") or {}).get(logo.get("file"))
    if content is None:
        return {}
    kind = Path(logo["file"]).suffix
    return {f"figures/logo{kind}": {"file": content, "alternative": clean(logo["alternative"])}}


def logo_mark(facts: Facts) -> str:
    """Return the logo as it stands at the head of the report."""
    for path, drawn in own_logo(facts).items():
        spoken = drawn["alternative"].replace("\\", "").replace('"', "\u201d")
        return f'![]({path}){{.logo alt="{spoken}"}}'
    return ""


def _content(facts: Facts, value: object) -> str:
    """Return a text as it stands in the settings, or the file that it names."""
    given = str(value or "")
    return str((facts.context.get("own_files") or {}).get(given, given))
