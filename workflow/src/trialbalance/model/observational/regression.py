"""Regressions of the observational methods, by statsmodels, told apart where data separate."""

import warnings

import numpy as np
import statsmodels.api as sm
from statsmodels.tools.sm_exceptions import PerfectSeparationWarning

_SMALLEST = 1e-6


def with_intercept(design: np.ndarray):
    """Return a design matrix with a leading column of ones.

    Examples
    --------
    >>> with_intercept(np.array([[2.0]]))
    array([[1., 2.]])
    """
    return np.hstack([np.ones((len(design), 1)), design])


def chances(
    yes: np.ndarray, design: np.ndarray, wanted: np.ndarray, weight: np.ndarray | None = None
):
    """Return the chance of yes at wanted predictors, from a logistic regression.

    Parameters
    ----------
    yes : numpy.ndarray of {0, 1}, shape (n,)
        What is explained.
    design, wanted : numpy.ndarray, shapes (n, p), (m, p)
        Predictors without intercept: of those observed, and where the chance is wanted.
    weight : numpy.ndarray, shape (n,), optional
        How often each row counts.

    Returns
    -------
    numpy.ndarray, shape (m,)
        Chances, at least 1e-6 from 0 and 1; the share of yes where all are equal.

    Notes
    -----
    ``logit(p) = a + x'b``. Where the predictors separate yes from no the fit runs to its limit;
    the chances near 0 and 1 that result are what says that there is no overlap.

    References
    ----------
    McCullagh 1989, doi:10.1007/978-1-4899-3242-6.

    Examples
    --------
    >>> chances(np.array([1, 0, 1, 1]), np.empty((4, 0)), np.empty((1, 0))).round(2)
    array([0.75])
    """
    weight = np.ones(len(yes)) if weight is None else weight
    if np.ptp(yes) == 0 or not design.shape[1]:
        return np.full(len(wanted), np.average(yes, weights=weight)).clip(_SMALLEST, 1 - _SMALLEST)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore", PerfectSeparationWarning)
        warnings.filterwarnings("ignore", message=".*(overflow|divide by zero|invalid value)")
        model = sm.GLM(yes, with_intercept(design), sm.families.Binomial(), freq_weights=weight)
        found = model.fit(maxiter=50).predict(with_intercept(wanted))
    return found.clip(_SMALLEST, 1 - _SMALLEST)


def means(value: np.ndarray, design: np.ndarray, wanted: np.ndarray):
    """Return the expected value at wanted predictors, from least squares.

    Parameters
    ----------
    value : numpy.ndarray, shape (n,)
        What is explained.
    design, wanted : numpy.ndarray, shapes (n, p), (m, p)
        Predictors without intercept.

    Returns
    -------
    numpy.ndarray, shape (m,)
        Expected values; where columns are collinear, of the shortest solution.

    Examples
    --------
    >>> means(np.array([1.0, 3.0]), np.array([[0.0], [1.0]]), np.array([[2.0]])).round(6)
    array([5.])
    """
    coefficient, *_ = np.linalg.lstsq(with_intercept(design), value, rcond=None)
    return with_intercept(wanted) @ coefficient


def rate_ratio(events: np.ndarray, years: np.ndarray, design: np.ndarray, person: np.ndarray):
    """Return the log rate ratio of the first predictor, and its standard error.

    Parameters
    ----------
    events, years : numpy.ndarray, shape (rows,)
        Events (or their amount) and time at risk of each row of person-time.
    design : numpy.ndarray, shape (rows, p)
        Predictors without intercept, the exposure first.
    person : numpy.ndarray of int, shape (rows,)
        Whose row it is; errors are robust to any dependence within a person.

    Returns
    -------
    tuple of float
        Log rate ratio and its standard error.

    Notes
    -----
    Pooled Poisson regression, ``E(events) = years exp(a + x'b)``, with the sandwich error.

    References
    ----------
    D'Agostino 1990, doi:10.1002/sim.4780091214, for pooling over short steps.

    Examples
    --------
    >>> events, years = np.array([0.0, 1.0, 3.0, 2.0]), np.ones(4)
    >>> exposed = np.array([[0.0], [1.0], [1.0], [0.0]])
    >>> round(float(np.exp(rate_ratio(events, years, exposed, np.arange(4))[0])), 2)
    2.0
    """
    model = sm.GLM(
        events, with_intercept(design), sm.families.Poisson(), offset=np.log(years)
    )  # fmt: skip
    fit = model.fit(cov_type="cluster", cov_kwds={"groups": person})
    return float(fit.params[1]), float(fit.bse[1])
