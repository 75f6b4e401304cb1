"""The data of a program: one row a history, which is a participant with what may have gone unseen.

Somebody in whom a later value was seen and an earlier one was not has a history for each state in
which the unseen value may be: inside its range, or at an atom of it.
"""

import numpy as np
import pandas as pd

from trialbalance.model.cells.layout import INSIDE, SEEN, Layout
from trialbalance.model.families import Family

UNSEEN, BARRED, SILENT = "unseen", "never at ceiling", "not there"


def history_table(layout: Layout) -> pd.DataFrame:
    """Return the data of a trial's cells as a program reads them.

    Parameters
    ----------
    layout : Layout
        Rows of the density.

    Returns
    -------
    pandas.DataFrame
        participant_id, arm, ``in cluster`` where there are clusters, ``covariate …`` (mean 0), and
        by cell its value in the unit of the data: seen, or the atom at which this history takes it
        to be; blank for none, or for one inside that was not seen. ``… unseen`` numbers, from 0,
        the unseen value of a participant; ``… never at ceiling`` and ``… not there`` mark, by 1,
        who cannot be at the ceiling and whose cell later cells do not hear of.

    Examples
    --------
    >>> from trialbalance.model.cells.example import example_layout
    >>> table = history_table(example_layout())
    >>> len(table), list(table)
    (40, ['participant_id', 'arm', 'u baseline', 'u month_12'])
    """
    cells, (person, _, there) = layout.cells, layout.histories
    found = {
        "participant_id": np.array(cells.participants, object)[person],
        "arm": np.array(cells.arms, object)[cells.arm[person]],
    }
    if cells.cluster is not None:
        found["in cluster"] = np.array(cells.cluster_names, object)[cells.cluster[person]]
    for k, name in enumerate(cells.columns):
        found[f"covariate {name}"] = cells.design[person, k]
    for j, cell in enumerate(cells.cells):
        found[cell.name] = _values(layout, j)
        number = unseen_numbers(layout, j)[person]
        if (number >= 0).any():
            found[f"{cell.name} {UNSEEN}"] = pd.array(number, "Int64")
            found[f"{cell.name} {UNSEEN}"][number < 0] = pd.NA
        barred = ~cells.may(j, 0)[person]
        if barred.any() and layout.families[j].atoms:
            found[f"{cell.name} {BARRED}"] = barred.astype(int)
        if not there[:, j].all():
            found[f"{cell.name} {SILENT}"] = (~there[:, j]).astype(int)
    return pd.DataFrame(found)


def unseen_numbers(layout: Layout, j: int) -> np.ndarray:
    """Return the number of each participant's unseen value of a cell, -1 for none.

    Examples
    --------
    >>> from trialbalance.model.cells.example import example_layout
    >>> int(unseen_numbers(example_layout(), 1).max())
    -1
    """
    found = np.full(layout.cells.size, -1)
    if layout.families[j].inside:
        who = np.flatnonzero(layout.latent[:, j])
        found[who] = np.arange(len(who))
    return found


def atom_in_data(family: Family, number: int) -> float:
    """Return an atom in the unit of the data, as data and program both write it.

    Examples
    --------
    >>> from trialbalance.model.families import FAMILIES
    >>> atom_in_data(FAMILIES["gamma"](np.array([0.0, 3.0])), 0)
    0.0
    """
    return round(float(family.raw(np.array(family.atoms[number]))), 12)


def _values(layout: Layout, j: int) -> np.ndarray:
    """Return the values of a cell by history: as seen, as the family moved them, or as assumed."""
    family, (person, state, _) = layout.families[j], layout.histories
    found = np.full(len(person), np.nan)
    seen = state[:, j] == SEEN
    raw = layout.cells.value[person[seen], j]
    own = family.unit(raw)
    back = family.raw(own)
    kept = np.where(np.abs(back - raw) <= 1e-9 * family.scale, raw, back)
    for number, atom in enumerate(family.atoms):
        kept[own == atom] = atom_in_data(family, number)
        found[state[:, j] == INSIDE + 1 + number] = atom_in_data(family, number)
    found[seen] = kept
    if not family.inside:
        found[state[:, j] == INSIDE] = 0.0
    return found
