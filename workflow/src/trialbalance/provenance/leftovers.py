"""Name the folders of a study's results that none of its scenarios or analyses asks for."""

from pathlib import Path
from typing import Any

STUDY_FOLDERS = frozenset(("70_synthesis", "report", "audit", "release"))


def leftovers(studies: dict[str, Any], results: Path) -> list[str]:
    """Return one sentence for each folder of results that the settings no longer make.

    Parameters
    ----------
    studies : dict
        Name -> study, as loaded. What other studies left is theirs, because one study may be run
        alone, and is not looked at.
    results : Path
        The results folder.

    Returns
    -------
    list of str
        Empty when all is asked for.
    """
    found = []
    for name, study in studies.items():
        known = STUDY_FOLDERS | set(study.scenarios)
        found += [path for path in _folders(results / name) if path.name not in known]
        for scenario in study.scenarios:
            for stage in ("50_model", "60_decision"):
                asked = set(study.scenarios[scenario]["analyses"])
                folder = results / name / scenario / stage
                found += [path for path in _folders(folder) if path.name not in asked]
    return [
        f"{path}: left over from earlier settings; delete it when it is no longer wanted."
        for path in found
    ]


def _folders(place: Path) -> list[Path]:
    """Return the folders directly below a place, sorted."""
    if not place.is_dir():
        return []
    return sorted(
        path for path in place.iterdir() if path.is_dir() and not path.name.startswith(".")
    )
