"""Whether a questionnaire has the levels of the value set that it is scored by."""

import csv
from hashlib import sha256
from pathlib import Path
from typing import Any

from trialbalance import house
from trialbalance.contracts.problems import Finding


def level_findings(settings: dict[str, Any], path: Path, lines: dict[str, int]) -> list[Finding]:
    """Return every questionnaire declared with other levels than its value set has.

    Parameters
    ----------
    settings : dict
        Settled settings of one scenario.
    path : Path
        The study file.
    lines : dict
        Dotted setting -> line.

    Returns
    -------
    list of Finding
        One a questionnaire; none where the value set's file is not there, which is told elsewhere.

    Examples
    --------
    >>> level_findings({"data": {"questionnaires": {}}, "outcomes": None}, Path("study.yaml"), {})
    []
    """
    tools = (settings["outcomes"] or {}).get("instruments", {})
    findings = []
    for name, declared in settings["data"]["questionnaires"].items():
        wanted = tools.get(name, {}).get("value_set")
        levels = _highest_level(path.parent, wanted) if wanted else None
        if levels and levels != declared["levels"]:
            at = f"data.questionnaires.{name}.levels"
            found = f"{declared['levels']}, where {wanted} has {levels}"
            remedy = "name the value set of the questionnaire that was given, or correct the levels"
            findings.append(
                Finding(str(path), lines.get(at), at, found, f"the {levels} levels", remedy)
            )
    return findings


def digest_findings(settings: dict[str, Any], path: Path, lines: dict[str, int]) -> list[Finding]:
    """Return every value set whose file has another digest than the study states.

    Parameters
    ----------
    settings, path, lines
        As for `level_findings`.

    Returns
    -------
    list of Finding
        One an instrument; none where the file is not there, which is told elsewhere.

    Examples
    --------
    >>> digest_findings({"outcomes": None}, Path("study.yaml"), {})
    []
    """
    findings = []
    for name, tool in ((settings["outcomes"] or {}).get("instruments") or {}).items():
        stated, file = tool.get("sha256"), None
        if stated:
            file = _file(path.parent, tool["value_set"])
        digest = sha256(file.read_bytes()).hexdigest() if file and file.is_file() else stated
        if digest != stated:
            at = f"outcomes.instruments.{name}.sha256"
            found = f"{digest} for {file.name}"
            remedy = "hand over the file that was meant, or write its digest"
            findings.append(Finding(str(path), lines.get(at), at, found, stated, remedy))
    return findings


def _file(folder: Path, name: str) -> Path:
    """Return the file of a value set: the study's own if there, else one that ships here."""
    own = folder / f"{name}.csv"
    return own if own.is_file() else house.resources() / "value_sets" / f"{name}.csv"


def _highest_level(folder: Path, name: str) -> int | None:
    """Return the highest level of a value set, None where it cannot be read."""
    file = _file(folder, name)
    if not file.is_file():
        return None
    with file.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    terms = [str(row["level"]) for row in rows if row.get("term") == "level"]
    whole = [str(row.get("profile")) for row in rows if row.get("term") == "profile"]
    levels = [int(one) for one in [*terms, *"".join(whole)] if one.strip().isdigit()]
    return max(levels, default=None)
