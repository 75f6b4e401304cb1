"""Numbers of participants among rows, and which rows each of them sums over."""

import numpy as np


def number(mask, person):
    """Give each row the number of its participant among those under a mask.

    Examples
    --------
    >>> number(np.array([True, False, True]), np.array([4, 5, 7]))
    array([0, 0, 1])
    """
    people = np.unique(person[mask])
    return np.where(mask, np.searchsorted(people, person), 0)


def group(rows):
    """List rows that stand alone, and the padded table of rows that are summed.

    Examples
    --------
    >>> group.__name__
    'group'
    """
    counts = np.bincount(rows.person)
    rows.single = np.flatnonzero(counts[rows.person] == 1)
    several = np.flatnonzero(counts > 1)
    width = counts.max()
    rows.many = np.zeros((len(several), width), int)
    rows.padding = np.full((len(several), width), -1e30)
    for line, person in enumerate(several):
        own = np.flatnonzero(rows.person == person)
        rows.many[line, : len(own)] = own
        rows.padding[line, : len(own)] = 0.0
