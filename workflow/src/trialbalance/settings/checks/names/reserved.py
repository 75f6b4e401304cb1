"""Names that a study may not give: words, folders, files and rules of the workflow itself."""

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from trialbalance import house
from trialbalance.contracts.catalogue import FOLDERS, catalogue
from trialbalance.contracts.problems import Finding
from trialbalance.settings.study_file import STAGES

FOLDER = re.compile(r"[a-z][a-z0-9_]{0,40}")
TARGETS = ("all", "full", "multiverse", "release", "certificates", "index")
PLACES = ("base", "logs", "benchmarks", "recorded", "figures", "second", "release_history")
# Names that no file or folder may have on Windows, to which results are copied.
DEVICES = (
    "con",
    "prn",
    "aux",
    "nul",
    *(f"{port}{n}" for port in ("com", "lpt") for n in range(10)),
)
WORDS = frozenset((*STAGES, *TARGETS, *PLACES, *FOLDERS.values(), *DEVICES))
# Columns beside which the exports for other programs have one an arm.
COLUMNS = frozenset(("draw", "arm", "comparator", "figure", "synthetic", "participant_id"))
# Files of a study's folder that no setting may name as another's.
FILES = frozenset(("study.yaml", "plan_lock.yaml", "blinding_key.yaml"))
# How the scenarios begin that a multiverse makes of its options, and of those refitted as proof.
MADE = ("multiverse_", "refit_of_")
ALLOWED = "a name that is no stage, folder, file, rule or target of the workflow"


@cache
def rule_names() -> frozenset[str]:
    """Return the names of all rules of the workflow; a study is the name of one more.

    Examples
    --------
    >>> {"fit_model", "certificates", "read_totals"} <= rule_names()
    True
    """
    files = [house.snakefile(), *(house.scripts().parent / "rules").glob("*.smk")]
    named = re.compile(r"^\s*(?:use rule \w+ as|rule) (\w+)\b", re.MULTILINE)
    return frozenset(
        name for file in files for name in named.findall(file.read_text(encoding="utf-8"))
    )


def reserved(kind: str) -> frozenset[str]:
    """Return the names that things of a kind may not have.

    Parameters
    ----------
    kind : {"study", "scenario", "analysis", "arm"}
        What is named.

    Returns
    -------
    frozenset of str
        Reserved names.

    Examples
    --------
    >>> "release" in reserved("scenario"), "balance" in reserved("analysis")
    (True, True)
    """
    more: dict[str, Iterable[str]] = {
        "study": rule_names(),
        "analysis": catalogue(),
        "arm": COLUMNS,
    }
    return WORDS | frozenset(more.get(kind, ()))


def study_name_findings(path: Path) -> list[Finding]:
    """Return what is wrong with the name of a study's folder.

    Parameters
    ----------
    path : Path
        Its study.yaml.

    Returns
    -------
    list of Finding
        One at most.
    """
    name = path.resolve().parent.name
    allowed = ""
    if not FOLDER.fullmatch(name):
        allowed = "small letters, digits and _, a letter first"
    elif name in reserved("study"):
        allowed = ALLOWED
    found = f"a study folder called {name if FOLDER.fullmatch(name) else repr(name)}"
    return [Finding(str(path), None, None, found, allowed, "rename it")] if allowed else []


def reserved_findings(raw: dict[str, Any], path: Path, lines: dict[str, int]) -> list[Finding]:
    """Return scenarios, analyses and arms whose names the workflow needs for itself.

    Parameters
    ----------
    raw : dict
        Content of study.yaml.
    path : Path
        The file.
    lines : dict
        Dotted setting -> line.

    Returns
    -------
    list of Finding
        One a name; two analyses of which one would write a file of the other are among them.
    """
    study = raw.get("study")
    kinds = {
        "scenario": ("scenarios", raw.get("scenarios")),
        "analysis": ("analyses", raw.get("analyses")),
        "arm": ("study.arms", study.get("arms") if isinstance(study, dict) else None),
    }
    found = []
    for kind, (part, names) in kinds.items():
        for name in map(str, names) if isinstance(names, dict) else ():
            made = kind == "scenario" and name.startswith(MADE)
            if made or name in reserved(kind):
                dotted = f"{part}.{name}"
                found.append(
                    Finding(str(path), lines.get(dotted), dotted, name, ALLOWED, "rename it")
                )
    analyses = raw.get("analyses")
    names = list(map(str, analyses)) if isinstance(analyses, dict) else []
    return found + _shared_files(names, path, lines)


def _shared_files(names: list[str], path: Path, lines: dict[str, int]) -> list[Finding]:
    """Return analyses that would write a file which another analysis writes."""
    owner: dict[str, str] = {}
    found = []
    for name in names:
        for table in catalogue().values():
            if table.per != "analysis":
                continue
            file = table.path(name)
            other = owner.setdefault(file, name)
            if other != name:
                dotted, what = f"analyses.{name}", f"{name}, whose {file} is also one of {other}"
                allowed = "names of which none is another with the name of a table behind it"
                found.append(
                    Finding(str(path), lines.get(dotted), dotted, what, allowed, "rename one")
                )
    return found
