"""The contrasts that the checks of target ``full`` speak of, from means by arm."""

import numpy as np
import pandas as pd


def quantities(arms: list[str], marked: list[float]):
    """List the contrasts of every arm with the comparator.

    Parameters
    ----------
    arms : list of str
        Comparator first.
    marked : list of float
        Thresholds of net benefit, in currency per unit of the outcome.

    Returns
    -------
    pandas.DataFrame
        quantity (cost, effect, net_benefit), threshold (blank but for net benefit), arm,
        comparator, place (0 for the first arm after the comparator).

    Examples
    --------
    >>> quantities(["a", "b"], [20000.0])["quantity"].to_list()
    ['cost', 'effect', 'net_benefit']
    """
    what = [("cost", np.nan), ("effect", np.nan), *(("net_benefit", one) for one in marked)]
    lines = [
        (quantity, threshold, arm, arms[0], place)
        for place, arm in enumerate(arms[1:])
        for quantity, threshold in what
    ]
    return pd.DataFrame(lines, columns=["quantity", "threshold", "arm", "comparator", "place"])


def by_draw(draws: np.ndarray, lines: pd.DataFrame):
    """Return each contrast by draw.

    Parameters
    ----------
    draws : numpy.ndarray
        Contrasts of cost and effect, shape (draws, 2, arms - 1).
    lines : pandas.DataFrame
        As from :func:`quantities`.

    Returns
    -------
    numpy.ndarray
        Shape (draws, lines).

    Notes
    -----
    Net benefit = threshold × effect − cost.

    Examples
    --------
    >>> one = np.array([[[100.0], [0.01]]])
    >>> by_draw(one, quantities(["a", "b"], [20000.0])).tolist()
    [[100.0, 0.01, 100.0]]
    """
    columns = []
    for row in lines.itertuples():
        cost, effect = draws[:, 0, row.place], draws[:, 1, row.place]
        benefit = row.threshold * effect - cost
        columns.append({"cost": cost, "effect": effect}.get(row.quantity, benefit))
    return np.stack(columns, axis=1)


def contrasts_of(means: pd.DataFrame, arms: list[str]):
    """Return contrasts with the comparator from draws of arm means.

    Parameters
    ----------
    means : pandas.DataFrame
        draw, arm, cost, effect (table ``arm_means``).
    arms : list of str
        Comparator first.

    Returns
    -------
    numpy.ndarray
        Shape (draws, 2, arms - 1): cost, then effect.

    Examples
    --------
    >>> means = pd.DataFrame({"draw": 1, "arm": ["a", "b"], "cost": [1.0, 3.0],
    ...     "effect": [0.5, 0.75]})
    >>> contrasts_of(means, ["a", "b"]).tolist()
    [[[2.0], [0.25]]]
    """
    found = []
    for outcome in ("cost", "effect"):
        wide = means.pivot_table(index="draw", columns="arm", values=outcome)[arms].to_numpy()
        found.append(wide[:, 1:] - wide[:, :1])
    return np.stack(found, axis=1)
