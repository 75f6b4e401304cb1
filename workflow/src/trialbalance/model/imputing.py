"""Single stochastic imputation of cost and effect, arm by arm, for the frequentist cross-check."""

import numpy as np


def too_few(values, arm, arms, names, donors):
    """Say where an arm has too few observed values to borrow from.

    Parameters
    ----------
    values : numpy.ndarray
        Outcomes, shape (participants, outcomes); NaN where missing.
    arm : numpy.ndarray
        Number of each participant's arm.
    arms, names : list of str
        Arms and outcomes.
    donors : int
        Donors among whom a value is drawn; twice as many must have been observed.

    Returns
    -------
    list of str
        One sentence an arm and incomplete outcome; none where imputation can go on.

    Examples
    --------
    >>> too_few(np.array([[1.0], [np.nan]]), np.zeros(2, int), ["a"], ["effect"], 5)
    ['effect was observed for 1 in arm a, and imputation in a resample needs 10 to borrow from']
    """
    found = []
    for number, name in enumerate(arms):
        seen = ~np.isnan(values[arm == number])
        for column, outcome in enumerate(names):
            count = int(seen[:, column].sum())
            if count < 2 * donors:
                found.append(
                    f"{outcome} was observed for {count} in arm {name}, and imputation in a "
                    f"resample needs {2 * donors} to borrow from"
                )
    return found


def impute(values, arm, covariates, donors, rng, rounds=5):
    """Fill missing outcomes once, by predictive mean matching within each arm.

    Parameters
    ----------
    values : numpy.ndarray
        Outcomes, shape (participants, outcomes); NaN where missing.
    arm : numpy.ndarray
        Number of each participant's arm.
    covariates : numpy.ndarray
        Complete baseline covariates, shape (participants, covariates).
    donors : int
        Donors with the nearest predictions, among whom one is drawn.
    rng : numpy.random.Generator
        Source of randomness.
    rounds : int
        Passes over the outcomes where more than one is incomplete.

    Returns
    -------
    numpy.ndarray
        The outcomes without gaps; each filled value is one observed in the same arm.

    Notes
    -----
    Each outcome is regressed on the covariates and the other outcomes. The parameters need no noise
    of their own: the bootstrap around the imputation brings it.

    References
    ----------
    Brand 2019, doi:10.1002/sim.7956.

    Examples
    --------
    >>> gap = np.array([[1.0], [1.0], [np.nan]])
    >>> impute(gap, np.zeros(3, int), np.zeros((3, 0)), 2, np.random.default_rng(1)).ravel()
    array([1., 1., 1.])
    """
    filled = values.copy()
    for number in np.unique(arm):
        own = arm == number
        if np.isnan(values[own]).any():
            filled[own] = _fill(values[own], covariates[own], donors, rng, rounds)
    return filled


def _fill(values, covariates, donors, rng, rounds):
    missing = np.isnan(values)
    incomplete = np.flatnonzero(missing.any(axis=0))
    # The most complete outcome first: the others then lean on fewer guesses.
    incomplete = incomplete[np.argsort(missing[:, incomplete].sum(axis=0), kind="stable")]
    filled = values.copy()
    for column in incomplete:
        gap = missing[:, column]
        filled[gap, column] = rng.choice(values[~gap, column], gap.sum())
    for _ in range(rounds if len(incomplete) > 1 else 1):
        for column in incomplete:
            others = np.column_stack([covariates, np.delete(filled, column, axis=1)])
            filled[:, column] = _match(filled[:, column], missing[:, column], others, donors, rng)
    return filled


def _match(outcome, gap, predictors, donors, rng):
    """Replace the gaps of one outcome by values of donors with near predictions."""
    spread = predictors.std(axis=0)
    scaled = (predictors - predictors.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    design = np.column_stack([np.ones(len(outcome)), scaled])
    slopes = np.linalg.lstsq(design[~gap], outcome[~gap], rcond=None)[0]
    fitted = design @ slopes
    distance = np.abs(fitted[gap][:, None] - fitted[~gap][None])
    # Noise far below any difference decides between equal predictions.
    distance = distance + rng.random(distance.shape) * 1e-9 * (1e-300 + np.abs(fitted).max())
    nearest = np.argsort(distance, axis=1)[:, :donors]
    chosen = nearest[np.arange(len(nearest)), rng.integers(nearest.shape[1], size=len(nearest))]
    result = outcome.copy()
    result[gap] = outcome[~gap][chosen]
    return result
