"""When a use falls: periods, discount years and the horizon, as small tables to join with."""

from itertools import pairwise
from math import ceil, floor, log1p

import pandas as pd

from trialbalance.contracts.terms import DAYS_A_YEAR, first_day, last_day


def discount_factor(start: float, end: float, rate: float, discounting: str) -> float:
    """Return the discount factor of a use spread evenly over a span of time.

    Parameters
    ----------
    start, end : float
        Span since the index date, in years; equal for a moment. With yearly discounting the span
        lies within one completed year.
    rate : float
        Discount rate per year, 0 to 0.2.
    discounting : {"yearly", "continuous"}
        By completed years, or at the exact time.

    Returns
    -------
    float
        Factor; 1 before the index date.

    Notes
    -----
    Yearly: (1 + r)^-floor(start). Continuous: (1 + r)^-t at a moment and its mean over a span,
    ((1 + r)^-start - (1 + r)^-end) / (ln(1 + r) (end - start)).

    References
    ----------
    Attema AE, Brouwer WBF, Claxton K (2018), doi 10.1007/s40273-018-0672-z.

    Examples
    --------
    >>> round(discount_factor(380 / 365.25, 380 / 365.25, 0.035, "yearly"), 6)
    0.966184
    >>> round(discount_factor(0.0, 1.0, 0.035, "continuous"), 6)
    0.982995
    """
    if rate == 0 or end <= 0:
        return 1.0
    if discounting == "yearly":
        return (1 + rate) ** -floor(start)
    if end == start:
        return (1 + rate) ** -start
    return ((1 + rate) ** -start - (1 + rate) ** -end) / (log1p(rate) * (end - start))


def _anniversaries(start: float, end: float, section: dict) -> list[float]:
    """Return the whole years strictly inside a span at which the discount factor changes."""
    if section["discounting"] != "yearly" or section["discount_rate"] == 0:
        return []
    return [float(year) for year in range(max(1, floor(start) + 1), ceil(end))]


def period_pieces(study: dict, section: dict) -> pd.DataFrame:
    """Divide each period where the discount factor changes and at the horizon.

    Parameters
    ----------
    study : dict
        Study settings; `periods` and `horizon_years` are read.
    section : dict
        Cost settings; `discount_rate` and `discounting` are read.

    Returns
    -------
    pandas.DataFrame
        One row a piece: piece (its number), period, part (0 when the period is whole), first,
        alone (no piece is inside the horizon), inside, start_years, end_years, period_start,
        period_end, share of the period's length, discount.

    Examples
    --------
    >>> study = {"periods": {"late": [0.5, 1.5]}, "horizon_years": 2.0}
    >>> pieces = period_pieces(study, {"discount_rate": 0.035, "discounting": "yearly"})
    >>> pieces[["part", "share", "discount"]].round(4).to_numpy().tolist()
    [[1.0, 0.5, 1.0], [2.0, 0.5, 0.9662]]
    """
    rows = []
    for period, (start, end) in study["periods"].items():
        horizon = study["horizon_years"]
        inner_end = min(end, max(start, horizon))
        bounds = [start, *_anniversaries(start, inner_end, section)]
        bounds += [inner_end] if inner_end > start else []
        bounds += [end] if end > inner_end else []
        inside = [a < horizon for a in bounds[:-1]]
        for number, (a, b) in enumerate(pairwise(bounds)):
            rows.append(
                {
                    "piece": len(rows),
                    "period": period,
                    "part": number + 1 if sum(inside) > 1 else 0,
                    "first": number == 0,
                    "alone": not any(inside),
                    "inside": inside[number],
                    "start_years": float(a),
                    "end_years": float(b),
                    "period_start": float(start),
                    "period_end": float(end),
                    "share": (b - a) / (end - start),
                    "discount": discount_factor(
                        a, b, section["discount_rate"], section["discounting"]
                    ),
                }
            )
    return pd.DataFrame(rows)


def stay_segments(study: dict, section: dict) -> pd.DataFrame:
    """Divide time in whole nights at period bounds, anniversaries and the horizon.

    Parameters
    ----------
    study : dict
        Study settings; `periods` and `horizon_years` are read.
    section : dict
        Cost settings; `discount_rate` and `discounting` are read.

    Returns
    -------
    pandas.DataFrame
        One row a segment: start_day, end_day (exclusive; a night belongs to the day on which it
        begins), period (None where none is declared). Before the index date only declared
        periods have segments.

    Notes
    -----
    The last night ends at or before the horizon, so nights never pass it: 365 in one year.

    Examples
    --------
    >>> study = {"periods": {"early": [0.0, 0.5], "late": [0.5, 1.0]}, "horizon_years": 1.0}
    >>> stay_segments(study, {"discount_rate": 0.0, "discounting": "yearly"}).values.tolist()
    [[0, 183, 'early'], [183, 365, 'late']]
    """
    last = last_day(study["horizon_years"])
    spans = {p: (first_day(a), first_day(b)) for p, (a, b) in study["periods"].items()}
    years = _anniversaries(0.0, study["horizon_years"], section)
    bounds = {0, last, *(first_day(year) for year in years)}
    bounds |= {min(day, last) for span in spans.values() for day in span}
    ordered = sorted(bounds)
    rows = []
    for start, end in pairwise(ordered):
        period = _period_of(start, spans)
        if start >= 0 or period is not None:
            rows.append((start, end, period))
    frame = pd.DataFrame(rows, columns=["start_day", "end_day", "period"])
    return frame.astype({"period": object})


def day_table(study: dict, section: dict) -> pd.DataFrame:
    """List every day on which a dated use counts, with its period and discount factor.

    Parameters
    ----------
    study : dict
        Study settings; `periods` and `horizon_years` are read.
    section : dict
        Cost settings; `discount_rate` and `discounting` are read.

    Returns
    -------
    pandas.DataFrame
        One row a day: day (since the index date), period (None where none is declared), discount.

    Examples
    --------
    >>> study = {"periods": {"all": [0.0, 2.0]}, "horizon_years": 2.0}
    >>> days = day_table(study, {"discount_rate": 0.035, "discounting": "yearly"})
    >>> days.set_index("day").loc[[365, 366], "discount"].round(4).tolist()
    [1.0, 0.9662]
    """
    spans = {p: (first_day(a), first_day(b)) for p, (a, b) in study["periods"].items()}
    start = min([0, *(span[0] for span in spans.values())])
    rows = []
    for day in range(start, first_day(study["horizon_years"])):
        period = _period_of(day, spans)
        if day >= 0 or period is not None:
            time = day / DAYS_A_YEAR
            factor = discount_factor(time, time, section["discount_rate"], section["discounting"])
            rows.append((day, period, factor))
    frame = pd.DataFrame(rows, columns=["day", "period", "discount"])
    return frame.astype({"period": object})


def _period_of(day: int, spans: dict[str, tuple[int, int]]) -> str | None:
    """Return the first period that contains a day, if any."""
    return next((period for period, (a, b) in spans.items() if a <= day < b), None)
