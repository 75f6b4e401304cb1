"""Deaths after follow-up ended by the calendar, drawn from those still at risk."""

import numpy as np

from trialbalance.model.components import Components, lived, visit_areas


def live_on(
    components: Components,
    chosen: np.ndarray,
    real: np.ndarray,
    arm: np.ndarray,
    donors: int,
    rng: np.random.Generator,
):
    """Give everybody of each resample a vital status at the horizon.

    Parameters
    ----------
    components : Components
        With the course of those whose vital status is unknown.
    chosen : numpy.ndarray of int, shape (resamples, places)
        Participants of each resample.
    real : numpy.ndarray of bool, shape (resamples, places)
        Which places hold a participant.
    arm : numpy.ndarray of int, shape (resamples, places)
        Arm of each place.
    donors : int
        Half the number of people at risk, nearest by the last value seen, among whom one is drawn.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    values, possible, weights, survival : numpy.ndarray, shape (resamples, places, ...)
        As in :class:`~trialbalance.model.components.Components`.

    Notes
    -----
    Somebody followed to c takes the time of one of those of the arm known to be alive after c: if
    that one died, the death; if that one's follow-up ended too, the drawing goes on from there. It
    is Kaplan and Meier's estimate by imputation, and holds where the calendar alone ended
    follow-up.

    References
    ----------
    Taylor 2002, doi:10.1016/S0167-7152(02)00030-5.

    Examples
    --------
    >>> from trialbalance.model.components import Components, Course
    >>> spans = np.array([[0.0, 1.0], [0.0, 0.0]])
    >>> course = Course(np.zeros((2, 1)), spans, np.array([0.75, np.inf]),
    ...     np.array([np.inf, 0.5]), 1.0, {"discount_rate": 0.0})
    >>> values = np.array([[10.0, 0.8], [np.nan, 0.8]])
    >>> two = Components(["cost", "m0"], values, np.ones((2, 2), bool), np.ones((2, 2)),
    ...     np.array([True, False]), np.ones((2, 2)), course=course)
    >>> places = np.array([[0, 1]])
    >>> _, _, weights, _ = live_on(two, places, places > -1, places * 0, 3,
    ...     np.random.default_rng(1))
    >>> float(weights[0, 1, 1])
    0.75
    """
    course = components.course
    start = course.spans[:, 0]
    score, place = _last_seen(components)
    values, possible = components.cells[chosen], components.possible[chosen]
    weights, death = components.weights[chosen], course.death[chosen]
    for number in range(len(chosen)):
        for group in np.unique(arm[number, real[number]]):
            own = np.flatnonzero(real[number] & (arm[number] == group))
            rows = chosen[number, own]
            drawn = _deaths(course, rows, score, place, 2 * donors, rng)
            death[number, own] = np.where(course.unknown[rows], drawn, death[number, own])
    unknown = course.unknown[chosen] & real
    gone = (death[..., None] <= start) & unknown[..., None]
    possible, values = possible & ~gone, np.where(gone, 0.0, values)
    changed = unknown & np.isfinite(death)
    if course.times.shape[1] and changed.any():
        visits = ~components.is_cost
        area = visit_areas(
            course, course.times[chosen[changed]], possible[changed][:, visits], death[changed]
        )
        here = weights[changed]
        here[:, visits] = area
        weights[changed] = here
    survival = lived(course.spans, np.where(real, death, np.inf))
    return values, possible, weights, survival


def _last_seen(components):
    """Return the measure last seen by each visit, and the visit last reached by the calendar."""
    course = components.course
    if not course.times.shape[1]:
        return np.zeros((len(course.death), 1)), np.zeros(len(course.death), int)
    seen = np.where(components.possible, components.cells, np.nan)[:, ~components.is_cost]
    for visit in range(1, seen.shape[1]):
        seen[:, visit] = np.where(np.isnan(seen[:, visit]), seen[:, visit - 1], seen[:, visit])
    middle = np.nanmean(seen) if (~np.isnan(seen)).any() else 0.0
    reached = (course.times <= course.known_until[:, None]).sum(axis=1) - 1
    return np.where(np.isnan(seen), middle, seen), np.maximum(reached, 0)


def _deaths(course, rows, score, place, nearest, rng):
    """Return the time of death of each participant of one arm of a resample; infinite for none."""
    died, until = course.death[rows], course.known_until[rows]
    death, time = died.copy(), np.minimum(died, until)
    active, since = np.flatnonzero(np.isfinite(until)), until[np.isfinite(until)]
    while len(active):
        at_risk = time > since[:, None]
        keep = at_risk.any(axis=1)
        active, since, at_risk = active[keep], since[keep], at_risk[keep]
        if not len(active):
            break
        visit = place[rows[active]]
        near = np.abs(score[rows].T[visit] - score[rows[active], visit][:, None])
        near = np.where(at_risk, near + 1e-9 * rng.random(near.shape), np.inf)
        order = np.argsort(near, axis=1)[:, :nearest]
        count = np.minimum(at_risk.sum(axis=1), order.shape[1])
        donor = order[np.arange(len(order)), (rng.random(len(order)) * count).astype(int)]
        death[active] = died[donor]
        again = np.isfinite(until[donor])
        active, since = active[again], until[donor][again]
    return death
