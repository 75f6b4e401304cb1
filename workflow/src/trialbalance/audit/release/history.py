"""Earlier releases of a study: who was in each, so that a later one gives nobody away beside it.

What is kept names participants; it stands with the restricted results, not in the folder that is
handed out.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from trialbalance import contracts
from trialbalance.disclosure.groups import Group

COLUMNS = ["analysis", "outcome", "participant_id", "arm", "cost", "effect"]


def history_folder(release: Path) -> Path:
    """Return the folder of earlier releases of the study whose release stands in a folder.

    Examples
    --------
    >>> history_folder(Path("results/my_trial/release")).as_posix()
    'results/my_trial/audit/release_history'
    """
    return release.parent / "audit" / "release_history"


def earlier_groups(folder: Path, withdrawn: Sequence[int]) -> list[Group]:
    """Return the analyses of earlier releases, those withdrawn left out.

    Parameters
    ----------
    folder : Path
        As `history_folder` gives it.
    withdrawn : sequence of int
        Numbers of releases that never left the house.
    """
    found = []
    for path in sorted(folder.glob("release_*.csv")):
        number = int(path.stem.rpartition("_")[2])
        if number in withdrawn:
            continue
        table = contracts.read(path, "release_history")
        for name, rows in table.groupby("analysis", sort=False):
            people = rows.set_index("participant_id")[["arm", "cost", "effect"]]
            outcome = str(rows["outcome"].iloc[0])
            found.append(Group(f"release {number}: {name}", outcome, people))
    return found


def remember(folder: Path, groups: Sequence[Group], synthetic: bool) -> int:
    """Write down who is in the analyses of a release; return its number.

    Parameters
    ----------
    folder : Path
        As `history_folder` gives it.
    groups : sequence of Group
        Analyses that are released.
    synthetic : bool
        Whether the records are simulated.

    Returns
    -------
    int
        From 1; a release of the same people and totals as an earlier one has its number.
    """
    parts = [
        group.people.reset_index(names="participant_id").assign(
            analysis=group.name, outcome=group.outcome
        )
        for group in groups
    ]
    table = pd.concat(parts, ignore_index=True)[COLUMNS] if parts else pd.DataFrame(columns=COLUMNS)
    table = table.astype({"participant_id": str, "arm": str})
    known = {_digest(path): int(path.stem.rpartition("_")[2]) for path in
             sorted(folder.glob("release_*.csv"))}  # fmt: skip
    number = max(known.values(), default=0) + 1
    path = folder / f"release_{number}.csv"
    contracts.write(table, path, "release_history", synthetic)
    if (same := known.get(_digest(path))) is not None:
        path.unlink()
        return same
    return number


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
