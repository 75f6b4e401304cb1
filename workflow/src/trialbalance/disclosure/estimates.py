"""Estimates of models: on whom each rests, by what its contract says."""

from collections.abc import Mapping
from pathlib import PurePath

import pandas as pd

from trialbalance.disclosure.edition import Edition, Table
from trialbalance.disclosure.groups import SMALL, Group, small_group

BASE = "base"
# Folders of a study that are no scenario's.
ACROSS = ("70_synthesis", "audit", "report")
UNKNOWN = "on whom it rests is not known here"


def hold_estimates(
    edition: Edition,
    groups: Mapping[str, Group],
    withheld: Mapping[str, str],
    arms: pd.Series | None,
) -> None:
    """Hold back estimates that rest on too few, or on nobody knows whom.

    Parameters
    ----------
    edition : Edition
        Tables on their way out. A contract says under ``estimates`` of whom a number tells:
        ``analysis``, those whom the analysis of its row counts; ``study``, everyone.
    groups : mapping
        ``scenario/analysis`` -> those whom it counts; empty where a study hands over draws, so
        that no participant's record is in it.
    withheld : mapping
        ``scenario/analysis`` -> why it is not released beside another.
    arms : pandas.Series or None
        Arm of each participant of the study; None where there are none.

    Notes
    -----
    What names a withheld analysis is held back in every number, whatever its kind.
    """
    threshold = edition.section["threshold"]
    rules = {name: small_group(group, edition.section) for name, group in groups.items()}
    rules |= _small_by_table(edition)
    for file, table in edition.tables.items():
        behind = groups_behind(file, table)
        for place, names in enumerate(behind):
            if rule := next((withheld[name] for name in names if name in withheld), ""):
                edition.hold(file, [place], table.numbers(), rule)
        told = table.words.get("estimates", {})
        columns = told.get("analysis", [])
        for place, names in enumerate(behind):
            rule = next((rules[name] for name in names if rules.get(name)), "")
            edition.hold(file, [place], table.numbers() if rule else (), rule)
            if columns and groups and not (names and set(names) <= set(groups)):
                edition.hold(file, [place], columns, UNKNOWN)
        if told.get("study") and arms is not None and arms.value_counts().min() < threshold:
            rule = SMALL.format(threshold=threshold)
            edition.hold(file, range(len(table.before)), told["study"], rule)


def hold_of_one(edition: Edition) -> None:
    """Hold back the rows that a contract lists under ``of_one``: they tell of one participant.

    Parameters
    ----------
    edition : Edition
        Tables on their way out.

    Notes
    -----
    The largest influence of a participant, times the posterior SD and the number of participants
    of an arm, is how far that one is from the mean of the arm.
    """
    for file, table in edition.tables.items():
        for column, ones in table.words.get("of_one", {}).items():
            places = [place for place, name in enumerate(table.before[column]) if name in ones]
            edition.hold(file, places, table.numbers(), "tells of one participant")


def _small_by_table(edition: Edition) -> dict[str, str]:
    """Return the analyses whose own table of arms counts too few in one."""
    threshold, found = edition.section["threshold"], {}
    for file, table in edition.tables.items():
        if table.contract["name"] == "arms" and (table.before["n"] < threshold).any():
            found[group_of_file(file, "arms")] = SMALL.format(threshold=threshold)
    return found


def groups_behind(file: str, table: Table) -> list[list[str]]:
    """Return, for each row, the analyses (``scenario/analysis``) whose results it tells.

    Examples
    --------
    >>> rows = pd.DataFrame({"scenario": ["base"], "analysis": ["qaly"]})
    >>> across = Edition({"70_synthesis/scenarios.csv": ({"fields": []}, rows)}, {}).tables
    >>> groups_behind("70_synthesis/scenarios.csv", across["70_synthesis/scenarios.csv"])
    [['base/qaly']]
    """
    own = group_of_file(file, table.contract.get("name", ""))
    rows, count = table.before, len(table.before)
    if own:
        return [[own]] * count
    if "analysis" not in rows:
        return [[]] * count
    across = PurePath(file).parts[0] in ACROSS
    found = []
    for row in rows.astype(object).where(rows.notna(), "").to_dict("records"):
        scenarios = {str(row.get("scenario") or BASE) if across else PurePath(file).parts[0]}
        if row.get("kind") == "scenario":
            scenarios = {str(row["case"])}
        scenarios |= {str(row[name]) for name in ("low_scenario", "high_scenario") if row.get(name)}
        analysis = str(row["analysis"])
        found.append([f"{one}/{analysis}" for one in sorted(scenarios)] if analysis else [])
    return found


def group_of_file(file: str, table: str) -> str:
    """Return the analysis to whose folder or name a file belongs; blank for none.

    Examples
    --------
    >>> group_of_file("base/60_decision/qaly/arms.csv", "arms")
    'base/qaly'
    >>> group_of_file("base/40_dataset/qaly_missingness.csv", "missingness")
    'base/qaly'
    >>> group_of_file("base/10_data/flow.csv", "flow")
    ''
    """
    parts = PurePath(file).parts
    if len(parts) == 4:
        return f"{parts[0]}/{parts[2]}"
    stem = PurePath(file).stem
    analysis = stem.removesuffix(f"_{table}")
    inside = len(parts) == 3 and parts[1] == "40_dataset" and analysis != stem
    return f"{parts[0]}/{analysis}" if inside else ""
