"""The plan, locked: its digest, date and settings, and every difference from them later."""

import hashlib
from pathlib import Path
from typing import Any

import pandas as pd

from trialbalance.contracts import Finding, Problems
from trialbalance.graph import audit_paths, paths
from trialbalance.provenance.digest import file_digest


def flat(value: Any, before: str = "") -> list[tuple[str, Any]]:
    """Return nested settings as pairs of a dotted name and a value.

    Examples
    --------
    >>> flat({"a": {"b": 1}, "c": [2, 3]})
    [('a.b', 1), ('c', [2, 3])]
    """
    if not isinstance(value, dict) or not value:
        return [(before, value)]
    return [
        pair
        for key, item in value.items()
        for pair in flat(item, f"{before}.{key}" if before else str(key))
    ]


COLUMNS = ["kind", "scenario", "subject", "locked", "present", "changed", "reason", "locked_on"]
# Words for people: no figure depends on them, so they are no part of the plan.
WORDS = ("report", "audit")
LABELS = ("title", "label")


def plan_files(place: paths.Place) -> dict[str, str]:
    """Return the files that belong to a plan: the plan itself, prices and own value sets."""
    sources = audit_paths.source_inputs(place).items()
    kept = {name: path for name, path in sources if not name.startswith("recorded.")}
    return {"analysis_plan": audit_paths.plan_file(place.study), **kept}


def planned(settings: dict[str, Any]) -> dict[str, Any]:
    """Return settings without those that only word the report.

    Examples
    --------
    >>> planned({"report": {"title": "x"}, "costs": {"label": "x", "price_year": "2020/21"}})
    {'costs': {'price_year': '2020/21'}}
    """
    return {
        key: planned(value) if isinstance(value, dict) else value
        for key, value in settings.items()
        if key not in (*WORDS, *LABELS)
    }


def digest_of(settings: dict[str, Any]) -> str:
    """Return the SHA-256 of nested settings, whatever the order of their keys."""
    pairs = sorted((name, repr(value)) for name, value in flat(settings))
    return hashlib.sha256(repr(pairs).encode()).hexdigest()


def deviations(
    locked: dict[str, Any] | None,
    files: dict[str, Path | str],
    settings: dict[str, dict[str, Any]],
    reasons: dict[str, str],
) -> pd.DataFrame:
    """Return what differs from a locked plan, with the reasons given.

    Parameters
    ----------
    locked : dict or None
        Content of the lock file; None where the plan was not locked.
    files : dict
        Files of the plan now, by name.
    settings : dict
        Scenario -> settled settings now.
    reasons : dict
        Name of a setting or file -> why it differs, as the study file says.

    Returns
    -------
    pandas.DataFrame
        Columns `COLUMNS`: a row for each file, changed or not, and for each setting that differs;
        no row where nothing was locked.

    Raises
    ------
    Problems
        The lock file was changed, or a reason is given for what does not differ.
    """
    if locked is None:
        return pd.DataFrame(columns=COLUMNS)
    if digest_of(locked["settings"]) != locked["settings_sha256"]:
        remedy = "restore the file as it was written when the plan was locked"
        raise Problems([Finding(audit_paths.LOCK, found="settings changed by hand", remedy=remedy)])
    rows = _file_rows(locked["files"], files) + _setting_rows(locked["settings"], settings)
    table = pd.DataFrame(rows, columns=COLUMNS)
    table["reason"] = [
        reasons.get(subject) if changed else None
        for subject, changed in zip(table["subject"], table["changed"], strict=True)
    ]
    table["locked_on"] = pd.to_datetime(str(locked["locked_on"]))
    idle = sorted(set(reasons) - set(table.loc[table["changed"], "subject"]))
    if idle:
        raise Problems(
            [
                Finding(
                    "study.yaml",
                    None,
                    f"audit.deviations.{name}",
                    "a reason for what does not differ from the locked plan",
                    ", ".join(table.loc[table["changed"], "subject"].unique()) or "none",
                    "correct the name or remove it",
                )
                for name in idle
            ]
        )
    return table


def _file_rows(locked: dict[str, str], files: dict[str, Path | str]) -> list[dict[str, Any]]:
    """Return a row for each file of the plan."""
    now = {name: file_digest(path) for name, path in files.items() if Path(path).is_file()}
    return [
        {
            "kind": "file",
            "subject": name,
            "locked": locked.get(name),
            "present": now.get(name),
            "changed": locked.get(name) != now.get(name),
        }
        for name in dict.fromkeys((*locked, *now))
    ]


def _setting_rows(
    locked: dict[str, dict[str, Any]], settings: dict[str, dict[str, Any]]
) -> list[dict[str, Any]]:
    """Return a row for each setting that differs; a scenario's only where base's does not."""
    rows: list[dict[str, Any]] = []
    told: dict[str, tuple] = {}
    for scenario in dict.fromkeys((*locked, *settings)):
        before = dict(flat(locked.get(scenario, {})))
        after = dict(flat(planned(settings.get(scenario, {}))))
        for name in dict.fromkeys((*before, *after)):
            pair = (before.get(name), after.get(name))
            if pair[0] == pair[1] or told.get(name) == pair or not name:
                continue
            if scenario == "base":
                told[name] = pair
            words = [None if one is None else str(one) for one in pair]
            rows.append(
                {
                    "kind": "setting",
                    "scenario": scenario,
                    "subject": name,
                    "locked": words[0],
                    "present": words[1],
                    "changed": True,
                }
            )
    return rows
