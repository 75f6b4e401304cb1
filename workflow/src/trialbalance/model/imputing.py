"""Chained stochastic imputation of visits and periods, arm by arm, for every resample at once."""

import numpy as np

_RIDGE = 1e-6
_SEEN_PER_PREDICTOR = 5


def too_few(
    values: np.ndarray,
    arm: np.ndarray,
    arms: list[str],
    names: list[str],
    donors: int,
    possible: np.ndarray | None = None,
):
    """Say where an arm has too few observed values to borrow from.

    Parameters
    ----------
    values : numpy.ndarray
        Components, shape (participants, components); NaN where missing.
    arm : numpy.ndarray
        Number of each participant's arm.
    arms, names : list of str
        Arms and components.
    donors : int
        Donors among whom a value is drawn; twice as many must have been observed.
    possible : numpy.ndarray of bool, optional
        Who was alive for each component; the dead lend nothing and borrow nothing.

    Returns
    -------
    list of str
        One sentence an arm and incomplete component; none where imputation can go on.

    Examples
    --------
    >>> too_few(np.array([[1.0], [np.nan]]), np.zeros(2, int), ["a"], ["effect"], 5)
    ['effect was observed for 1 in arm a, and imputation in a resample needs 10 to borrow from']
    """
    alive = np.ones(values.shape, bool) if possible is None else possible
    gap, seen = np.isnan(values) & alive, ~np.isnan(values) & alive
    found = []
    for number, name in enumerate(arms):
        own = arm == number
        for column, component in enumerate(names):
            count = int(seen[own, column].sum())
            if gap[own, column].any() and count < 2 * donors:
                found.append(
                    f"{component} was observed for {count} in arm {name}, and imputation in a "
                    f"resample needs {2 * donors} to borrow from"
                )
    return found


def impute(
    values: np.ndarray,
    arm: np.ndarray,
    covariates: np.ndarray,
    donors: int,
    rng: np.random.Generator,
    rounds: int = 5,
    possible: np.ndarray | None = None,
    real: np.ndarray | None = None,
):
    """Fill missing components once, by predictive mean matching within each arm.

    Parameters
    ----------
    values : numpy.ndarray
        Components, shape (..., participants, components); NaN where missing. Axes in front are
        resamples, each filled by itself.
    arm : numpy.ndarray
        Number of each participant's arm, shape (..., participants).
    covariates : numpy.ndarray
        What is known of everybody: baseline covariates and survival, shape (..., participants,
        covariates).
    donors : int
        Donors with the nearest predictions, among whom one is drawn.
    rng : numpy.random.Generator
        Source of randomness.
    rounds : int
        Passes over the components where more than one is incomplete.
    possible : numpy.ndarray of bool, optional
        Who was alive for each component; the value of others is known and lent to nobody.
    real : numpy.ndarray of bool, optional
        Which places of a resample hold a participant; all of them by default.

    Returns
    -------
    numpy.ndarray
        The components without gaps; each filled value is one observed in the same arm.

    Notes
    -----
    Each component is regressed, among those alive for it, on the covariates and on the other
    components; where that were more than one predictor in five values seen, on those most
    correlated with it. The parameters need no noise of their own: the bootstrap around the
    imputation brings it.

    References
    ----------
    Brand 2019, doi:10.1002/sim.7956; van Buuren 2011, doi:10.18637/jss.v045.i03.

    Examples
    --------
    >>> gap = np.array([[1.0], [1.0], [np.nan]])
    >>> impute(gap, np.zeros(3, int), np.zeros((3, 0)), 2, np.random.default_rng(1)).ravel()
    array([1., 1., 1.])
    """
    shape, resamples = values.shape, int(np.prod(values.shape[:-2]))
    values, covariates = (
        part.reshape(resamples, *part.shape[-2:]) for part in (values, covariates)
    )
    arm = arm.reshape(resamples, -1)
    alive = np.ones(values.shape, bool) if possible is None else possible.reshape(values.shape)
    there = np.ones(arm.shape, bool) if real is None else real.reshape(arm.shape)
    filled = values.copy()
    for number in np.unique(arm[there]):
        own = (arm == number) & there
        if not (np.isnan(values) & alive & own[..., None]).any():
            continue
        rows, inside = _together(own)
        here, place = np.nonzero(inside)
        outcomes, columns = (
            np.take_along_axis(part, rows[..., None], axis=1) for part in (values, covariates)
        )
        living = np.take_along_axis(alive, rows[..., None], axis=1) & inside[..., None]
        new = _fill(outcomes, columns, living, donors, rng, rounds)
        filled[here, rows[here, place]] = new[here, place]
    return filled.reshape(shape)


def _together(own):
    """Return the places of an arm's participants in each resample, and which of them are real."""
    rows = np.argsort(~own, axis=1, kind="stable")[:, : own.sum(axis=1).max()]
    return rows, np.take_along_axis(own, rows, axis=1)


def _fill(values, covariates, living, donors, rng, rounds):
    """Return the components of one arm without gaps."""
    missing = np.isnan(values)
    gap, seen = missing & living, ~missing & living
    count = gap.sum(axis=(0, 1))
    # The most complete component first: the others then lean on fewer guesses.
    incomplete = sorted(np.flatnonzero(count), key=count.__getitem__)
    filled = np.where(missing, 0.0, values)
    for column in incomplete:
        filled[..., column] = _drawn(filled[..., column], gap[..., column], seen[..., column], rng)
    chosen = {column: _predictors(filled, covariates, seen, column) for column in incomplete}
    for _ in range(rounds if len(incomplete) > 1 else 1):
        for column in incomplete:
            everything = np.concatenate([covariates, filled], axis=-1)[..., chosen[column]]
            filled[..., column] = _match(
                filled[..., column], gap[..., column], seen[..., column], everything, donors, rng
            )
    return filled


def _drawn(outcome, gap, seen, rng):
    """Fill gaps at first by any value seen in the resample."""
    order = np.argsort(~seen, axis=1, kind="stable")
    here, place = np.nonzero(gap)
    number = (rng.random(len(here)) * seen.sum(axis=1)[here]).astype(int)
    result = outcome.copy()
    result[here, place] = outcome[here, order[here, number]]
    return result


def _predictors(filled, covariates, seen, column):
    """Return which covariates and other components predict one of them."""
    width = covariates.shape[-1]
    others = np.delete(np.arange(width + filled.shape[-1]), width + column)
    most = max(1, int(seen[..., column].sum(axis=1).mean()) // _SEEN_PER_PREDICTOR)
    if len(others) <= most:
        return others
    own = seen[..., column]
    both = np.concatenate([covariates, filled], axis=-1)[own]
    centred = both - both.mean(axis=0)
    spread = np.sqrt((centred**2).sum(axis=0))
    spread = np.where(spread > 0, spread, np.inf)
    strength = np.abs(centred.T @ centred[:, width + column]) / spread
    return np.sort(others[np.argsort(-strength[others], kind="stable")[:most]])


def _match(outcome, gap, seen, predictors, donors, rng):
    """Replace the gaps of one component by values of donors with near predictions."""
    fitted = _fitted(outcome, seen, predictors)
    # Noise far below any difference decides between equal predictions.
    size = 1e-300 + np.abs(fitted).max(axis=1, keepdims=True)
    fitted = fitted + rng.random(fitted.shape) * 1e-9 * size
    key = np.where(seen, fitted, np.inf)
    order = np.argsort(key, axis=1)
    ranked = np.take_along_axis(key, order, axis=1)
    here, place = np.nonzero(gap)
    wanted, count = fitted[here, place], seen.sum(axis=1)[here]
    width = np.minimum(donors, count)
    # The nearest stand side by side: from those just below, the window moves up while that helps.
    low = np.clip((ranked[here] < wanted[:, None]).sum(axis=1) - width, 0, count - width)
    for _ in range(donors):
        above = np.minimum(low + width, ranked.shape[1] - 1)
        nearer = ranked[here, above] - wanted < wanted - ranked[here, low]
        low = low + ((low + width < count) & nearer)
    number = low + (rng.random(len(here)) * width).astype(int)
    result = outcome.copy()
    result[here, place] = outcome[here, order[here, number]]
    return result


def _fitted(outcome, seen, predictors):
    """Return the least-squares prediction of everybody, fitted to those seen."""
    weight = seen[..., None].astype(float)
    count = np.maximum(weight.sum(axis=1, keepdims=True), 1.0)
    centred = predictors - (predictors * weight).sum(axis=1, keepdims=True) / count
    spread = np.sqrt((centred**2 * weight).sum(axis=1, keepdims=True) / count)
    # What hardly varies among those seen says nothing, and must not say much of the others.
    centred = np.where(spread > 1e-9, centred / np.where(spread > 1e-9, spread, 1.0), 0.0)
    mean = (outcome[..., None] * weight).sum(axis=1, keepdims=True) / count
    turned = np.swapaxes(centred * weight, 1, 2)
    gram = turned @ centred + _RIDGE * count * np.eye(centred.shape[-1])
    slopes = np.linalg.solve(gram, turned @ (outcome[..., None] - mean))
    return (mean + centred @ slopes)[..., 0]
