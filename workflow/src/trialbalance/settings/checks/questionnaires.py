"""Whether a questionnaire has the levels of the value set that it is scored by."""

import csv
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


def _highest_level(folder: Path, name: str) -> int | None:
    """Return the highest level of a value set, None where it cannot be read."""
    own = folder / f"{name}.csv"
    file = own if own.is_file() else house.resources() / "value_sets" / f"{name}.csv"
    if not file.is_file():
        return None
    with file.open(encoding="utf-8-sig", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row.get("term") == "level"]
    levels = [int(row["level"]) for row in rows if str(row.get("level", "")).strip().isdigit()]
    return max(levels, default=None)
