"""Mistakes in settings, in words: what the validator found, as one sentence each."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from trialbalance.contracts.problems import Finding
from trialbalance.contracts.spelling import did_you_mean
from trialbalance.settings.checks.allowed_words import allowed_in_words, kinds_of, sections_at
from trialbalance.settings.section import Refused, section_in


def worded_findings(
    error: ValidationError,
    path: Path,
    lines: dict[str, int],
    scenario: str,
    prefix: tuple = (),
    *,
    model: type[BaseModel],
    content: Any,
) -> list[Finding]:
    """Turn the validator's errors into sentences.

    Parameters
    ----------
    error : pydantic.ValidationError
        What the validator found.
    path : Path
        The study file.
    lines : dict
        Dotted setting -> line of the file.
    scenario : str
        Scenario that was being checked.
    prefix : tuple of str
        Place of the section in the file, where only a section was checked.
    model : type
        Section class that was checked.
    content : object
        What was checked.

    Returns
    -------
    list of Finding
        One a mistake.
    """
    found = []
    problems: list[dict[str, Any]] = [dict(one) for one in error.errors(include_url=False)]
    for problem in problems:
        place = tuple(str(word) for word in problem["loc"] if word != "[key]")
        dotted = ".".join((*prefix, *_in_file(content, place, problem["type"] == "missing")))
        at = dotted if scenario == "base" else f"scenarios.{scenario}.{dotted}"
        row = line_of(lines, at) or line_of(lines, dotted)
        named = at if line_of(lines, at) else dotted
        finding = _finding(problem, str(path), row, named, place, model)
        found.append(replace(finding, row=line_of(lines, finding.column or "") or row))
    return _joined(found)


def _in_file(content: Any, place: tuple[str, ...], missing: bool) -> tuple[str, ...]:
    """Return the keys of a place as the file has them, without names that the validator adds.

    It adds the kind of a section, and which of several types it tried.
    """
    return tuple(place[number] for number in _kept(content, place, missing, 0))


def _kept(content: Any, place: tuple[str, ...], missing: bool, at: int) -> tuple[int, ...]:
    """Return which words of a place are keys: the longest way that reaches the last, if any."""
    if at == len(place):
        return ()
    word = place[at]
    ways = [_kept(content, place, missing, at + 1)]
    keys = {str(key): key for key in content} if isinstance(content, dict) else {}
    if word in keys:
        ways.append((at, *_kept(content[keys[word]], place, missing, at + 1)))
    elif isinstance(content, list) and word.isdigit() and int(word) < len(content):
        ways.append((at, *_kept(content[int(word)], place, missing, at + 1)))
    elif missing and isinstance(content, dict) and at == len(place) - 1:
        ways.append((at,))
    return max(ways, key=lambda way: (way[-1:] == (len(place) - 1,), len(way)))


def _joined(findings: list[Finding]) -> list[Finding]:
    """Return findings with those joined that differ only in what of several types was tried."""
    groups: dict[Finding, list[str]] = {}
    for finding in findings:
        groups.setdefault(replace(finding, allowed=None), []).append(finding.allowed or "")
    return [
        replace(one, allowed=" or ".join(dict.fromkeys(filter(None, allowed))) or None)
        for one, allowed in groups.items()
    ]


def line_of(lines: dict[str, int], dotted: str) -> int | None:
    """Return the line of a setting, or of the nearest section around it that is in the file."""
    if dotted in lines:
        return lines[dotted]
    head = dotted.rpartition(".")[0]
    return lines.get(head)


def _finding(
    problem: dict, file: str, row: int | None, dotted: str, place: tuple, model: type[BaseModel]
) -> Finding:
    """Word one validation error."""
    kind = problem["type"]
    found = shown(problem.get("input"))
    if kind == "extra_forbidden":
        advice = did_you_mean(place[-1], _known(model, place[:-1]), "remove it")
        known = ", ".join(sorted(_known(model, place[:-1])))
        return Finding(file, row, dotted, "a setting that does not exist", known or "none", advice)
    if kind == "missing":
        return Finding(file, row, dotted, "nothing", "a value; this setting is required", "add it")
    if kind in ("less_than_equal", "less_than", "greater_than_equal", "greater_than"):
        return Finding(
            file,
            row,
            dotted,
            found,
            _bounds(model, place, problem["msg"]),
            _rate_advice(place, problem),
        )
    if kind == "value_error":
        return _own_words(file, row, dotted, problem)
    if kind in ("union_tag_not_found", "union_tag_invalid"):
        tag = problem["ctx"].get("tag")
        chosen = ", ".join(kinds_of(sections_at(model, place)))
        remedy = did_you_mean(tag, chosen.split(", "), "write one") if tag else "add it"
        return Finding(file, row, f"{dotted}.kind", tag or "nothing", chosen, remedy)
    return Finding(file, row, dotted, found, allowed_in_words(problem), "correct it")


def _own_words(file: str, row: int | None, dotted: str, problem: dict) -> Finding:
    """Return the finding of a check that a section makes by itself."""
    error = problem["ctx"]["error"]
    if isinstance(error, Refused):
        place = ".".join(word for word in (dotted, error.at) if word)
        return Finding(file, row, place, error.found, error.allowed, "correct it")
    return Finding(file, row, dotted or None, str(error))


def shown(value: Any) -> str:
    """Return a value as messages show it: quoted text, maps by their keys, cut when long."""
    text = repr(value) if isinstance(value, str) else str(value)
    if isinstance(value, dict):
        text = "a map with " + ", ".join(map(str, value)) if value else "an empty map"
    return text if len(text) <= 80 else text[:77] + "…"


def _field(model: type[BaseModel], place: tuple):
    """Return the declared field at a dotted place, or None inside free maps."""
    info = None
    for word in place:
        if model is None or not hasattr(model, "model_fields"):
            return None
        info = model.model_fields.get(word)
        if info is None:
            return None
        model = section_in(info.annotation)
    return info


def _known(model: type[BaseModel], place: tuple) -> list[str]:
    """Return the setting names allowed at a place, looking through maps and optional sections."""
    names = [name for section in sections_at(model, place) for name in section.model_fields]
    return list(dict.fromkeys(names))


def _bounds(model: type[BaseModel], place: tuple, message: str) -> str:
    """Return the allowed range in words."""
    info = _field(model, place)
    low = high = None
    for rule in getattr(info, "metadata", ()):
        low = getattr(rule, "ge", getattr(rule, "gt", low))
        high = getattr(rule, "le", getattr(rule, "lt", high))
    if low is not None and high is not None:
        return f"{low} to {high}"
    return message.removeprefix("Input should be ")


def _rate_advice(place: tuple, problem: dict) -> str:
    value = problem.get("input")
    if "rate" in str(place[-1]) and isinstance(value, int | float) and value > 0.2:
        return f"a rate is a fraction a year: write {value / 100:g} for {value:g} %"
    return "correct it"
