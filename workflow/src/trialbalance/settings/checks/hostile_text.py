"""Text of a study file that would act: refused at the door."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from trialbalance.contracts.problems import HIDDEN, Finding
from trialbalance.settings.checks.messages import shown

FORMULA = re.compile(r"[=+@\t\r]|-(?![\d.])")
# A name goes into tables, which take no text that begins like a number below zero.
NAMES = re.compile(r"(^|\.)(label|title|payers\.[^.]*)$")
# Markdown for the report may begin with such a sign; it stands in no table.
WORDS = ("report", "audit")


def inert_findings(raw: dict[str, Any], path: Path, lines: dict[str, int]) -> list[Finding]:
    """Return the texts of a study file that hide something, show nothing, or would be run.

    Parameters
    ----------
    raw : dict
        Content of study.yaml.
    path : Path
        The file, for the findings.
    lines : dict
        Dotted setting -> line.

    Returns
    -------
    list of Finding
        One a text.
    """
    found = []
    for dotted, text in _texts(raw):
        if odd := HIDDEN.search(text):
            what = f"the hidden mark U+{ord(odd[0]):04X} in {shown(HIDDEN.sub('…', text))}"
            allowed, remedy = "letters, digits and signs that show", "remove it"
        elif text and not text.strip():
            what, allowed, remedy = "nothing but spaces", "text", "fill it in, or remove it"
        elif _acts(dotted, text):
            what, allowed = shown(text), "text that begins with no =, +, - or @"
            remedy = "remove the sign at the start, which a spreadsheet would run as a formula"
        else:
            continue
        name = HIDDEN.sub("…", dotted)[:80]
        found.append(Finding(str(path), lines.get(dotted), name, what, allowed, remedy))
    return found


def _acts(dotted: str, text: str) -> bool:
    """Return whether a spreadsheet would run a text, or a table take a name for a number."""
    if dotted.split(".")[0] in WORDS:
        return False
    return bool(FORMULA.match(text)) or (text.startswith("-") and bool(NAMES.search(dotted)))


def _texts(value: Any, dotted: str = "") -> Iterator[tuple[str, str]]:
    """Yield every key and every text of nested settings with where it stands."""
    if isinstance(value, dict):
        for key, item in value.items():
            below = f"{dotted}.{key}" if dotted else str(key)
            if isinstance(key, str):
                yield below, key
            yield from _texts(item, below)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item, dotted)
    elif isinstance(value, str):
        yield dotted, value
