"""The digamma function as Numba may keep it on disk.

It is the gradient of the log gamma function, so every beta, gamma, negative binomial and Poisson
density calls it. PyTensor takes it from SciPy by its address, which holds in one process only, and
one such call keeps Numba from keeping the whole density.
"""

import math

from pytensor.link.numba.dispatch.basic import numba_njit, register_funcify_and_cache_key
from pytensor.scalar.math import Psi


def digamma(x: float):
    """Return the digamma function of x > 0; NaN elsewhere, where no density here calls it.

    Parameters
    ----------
    x : float
        Argument.

    Returns
    -------
    float
        Within 1e-13, relative where its value is above 1.

    Notes
    -----
    psi(x) = psi(x + 1) - 1 / x up to x >= 8, then the asymptotic series to x^-14.

    References
    ----------
    Abramowitz M, Stegun IA. Handbook of Mathematical Functions, 6.3.5 and 6.3.18.

    Examples
    --------
    >>> round(digamma(1.0), 12)
    -0.577215664902
    """
    if not x > 0.0:
        return math.nan
    raised = 0.0
    while x < 8.0:
        raised += 1.0 / x
        x += 1.0
    i = 1.0 / (x * x)
    series = i * (1 / 12 - i * (1 / 120 - i * (1 / 252 - i * (1 / 240 - i * (
        1 / 132 - i * (691 / 32760 - i / 12))))))  # fmt: skip
    return math.log(x) - 0.5 / x - series - raised


@register_funcify_and_cache_key(Psi)
def _numba_digamma(op, node=None, **_):
    """Hand PyTensor the function and a name to keep it by."""
    return numba_njit(digamma), "trialbalance digamma 1"
