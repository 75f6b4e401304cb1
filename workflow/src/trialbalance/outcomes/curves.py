"""Areas under curves of straight lines: held at the ends, cut at the horizon, ended by death."""

from dataclasses import dataclass

import numpy as np

SHORTEST = 1e-12


@dataclass(frozen=True)
class Segments:
    """Straight pieces of curves, laid end to end from the index date to the horizon.

    Parameters
    ----------
    start, end : numpy.ndarray, shape (n, pieces)
        Years from the index date; pieces of no length are to be left out.
    start_value, end_value : numpy.ndarray, shape (n, pieces)
        The curve at both ends.
    basis : numpy.ndarray of str, shape (n, pieces)
        What the piece rests on: between_visits, held_to_first_visit, held_to_horizon,
        held_to_death, declined_to_death or dead.
    """

    start: np.ndarray
    end: np.ndarray
    start_value: np.ndarray
    end_value: np.ndarray
    basis: np.ndarray


def trace_curves(
    times: np.ndarray,
    values: np.ndarray,
    death: np.ndarray,
    horizon: float,
    fall: str = "hold_then_zero",
) -> Segments:
    """Return the pieces of each participant's curve from the index date to the horizon.

    Parameters
    ----------
    times : numpy.ndarray, shape (n, visits)
        Times of the visits in years, rising; NaN for visits that do not count.
    values : numpy.ndarray, shape (n, visits)
        Values at the visits; NaN where `times` is.
    death : numpy.ndarray, shape (n,)
        Time of death in years; infinite for the living.
    horizon : float
        End of the curve, years.
    fall : {"hold_then_zero", "linear"}
        Whether the last value holds until death or falls to 0 in a line.

    Returns
    -------
    Segments
        Split at visits, at each anniversary, at death and at the horizon.

    Notes
    -----
    Between visits the curve is a straight line; before the first and after the last visit it is
    flat; from death it is 0. A visit after the horizon lends its line up to the horizon.

    References
    ----------
    Manca 2005, doi:10.1002/hec.944.

    Examples
    --------
    >>> times, values = np.array([[0.0, 1.0]]), np.array([[0.5, 0.7]])
    >>> pieces = trace_curves(times, values, np.array([np.inf]), 0.5)
    >>> float(pieces.end_value[0].max().round(3))
    0.6
    """
    times, values = _fill_forward(times), _fill_forward(values)
    alive_until = np.minimum(death, horizon)[:, None]
    last_visit = times[:, -1:].copy()
    if fall == "linear":
        dies = (death <= horizon)[:, None]
        times = np.hstack([times, np.where(dies, np.maximum(alive_until, last_visit), last_visit)])
        values = np.hstack([values, np.where(dies, 0.0, values[:, -1:])])
    anniversaries = np.arange(0, np.ceil(horizon))
    fixed = np.broadcast_to([*anniversaries, horizon], (len(times), len(anniversaries) + 1))
    knots = np.hstack([np.clip(times, 0, alive_until), alive_until, fixed])
    knots.sort(axis=1)
    start, end = knots[:, :-1], knots[:, 1:]
    middle = (start + end) / 2
    dead = middle > alive_until
    died = (death <= horizon)[:, None]
    held = "declined_to_death" if fall == "linear" else "held_to_death"
    basis = np.select(
        [dead, middle < times[:, :1], middle <= last_visit, died],
        ["dead", "held_to_first_visit", "between_visits", held],
        "held_to_horizon",
    )
    start_value = np.where(dead, 0.0, _read(times, values, start))
    end_value = np.where(dead, 0.0, _read(times, values, end))
    return Segments(start, end, start_value, end_value, basis)


def integrate_segments(
    segments: Segments, rate: float = 0.0, discounting: str = "yearly"
) -> tuple[np.ndarray, np.ndarray]:
    """Return the discount factor and the discounted area of each piece.

    Parameters
    ----------
    segments : Segments
        Pieces, none of which crosses an anniversary.
    rate : float
        Yearly discount rate, such as 0.035.
    discounting : {"yearly", "continuous"}
        By completed year, or at every moment.

    Returns
    -------
    discount : numpy.ndarray, shape (n, pieces)
        Factor of the piece; its mean over the piece when discounting is continuous.
    area : numpy.ndarray, shape (n, pieces)
        Discounted area in value-years.

    Notes
    -----
    Yearly: ``(v0 + v1) / 2 * (t1 - t0) * (1 + r)^-floor(t)``. Continuous, with d = log(1 + r),
    h = t1 - t0 and slope b: the integral of ``(v0 + b s) exp(-d (t0 + s))`` over s from 0 to h is
    ``exp(-d t0) (v0 h f(d h) + b h^2 g(d h))`` with ``f(x) = (1 - exp(-x)) / x`` and
    ``g(x) = (1 - exp(-x) (1 + x)) / x^2``.

    References
    ----------
    Ramsey 2015, doi:10.1016/j.jval.2015.02.001, on discounting beyond one year.

    Examples
    --------
    >>> numbers = (np.array([[x]]) for x in (1.0, 2.0, 1.0, 1.0))
    >>> piece = Segments(*numbers, np.array([["between_visits"]]))
    >>> float(integrate_segments(piece, 0.25)[1][0, 0])
    0.8
    """
    length = segments.end - segments.start
    if discounting == "yearly":
        middle = (segments.start + segments.end) / 2
        discount = (1 + rate) ** -np.floor(middle)
        return discount, (segments.start_value + segments.end_value) / 2 * length * discount
    force = np.log1p(rate)
    x = force * length
    level, slope = _level_weight(x), _slope_weight(x)
    at_start = np.exp(-force * segments.start)
    rise = segments.end_value - segments.start_value
    area = at_start * length * (segments.start_value * level + rise * slope)
    return at_start * level, area


def _fill_forward(grid: np.ndarray) -> np.ndarray:
    """Return rows in which each NaN is replaced by the last number before it."""
    position = np.where(np.isnan(grid), 0, np.arange(grid.shape[1]))
    np.maximum.accumulate(position, axis=1, out=position)
    return np.take_along_axis(grid, position, axis=1)


def _read(times: np.ndarray, values: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Return each row's curve at the given times, flat beyond its first and last visit."""
    curve = np.repeat(values[:, :1], at.shape[1], axis=1)
    for right in range(1, times.shape[1]):
        t0, t1 = times[:, right - 1 : right], times[:, right : right + 1]
        v0, v1 = values[:, right - 1 : right], values[:, right : right + 1]
        # Where two times are equal (a filled visit) there is no line: the later value counts.
        share = np.where(t1 > t0, (at - t0) / np.where(t1 > t0, t1 - t0, 1.0), 1.0)
        curve = np.where(at > t0, v0 + np.minimum(share, 1.0) * (v1 - v0), curve)
    return curve


def _level_weight(x: np.ndarray) -> np.ndarray:
    """Return (1 - exp(-x)) / x, and 1 at 0."""
    safe = np.where(x == 0, 1.0, x)
    return np.where(x == 0, 1.0, -np.expm1(-safe) / safe)


def _slope_weight(x: np.ndarray) -> np.ndarray:
    """Return (1 - exp(-x) (1 + x)) / x^2 by its series where the quotient would lose digits."""
    small = 0.5 - x / 3 + x**2 / 8 - x**3 / 30 + x**4 / 144
    safe = np.where(np.abs(x) < 1e-2, 1.0, x)
    return np.where(np.abs(x) < 1e-2, small, (1 - np.exp(-safe) * (1 + safe)) / safe**2)
