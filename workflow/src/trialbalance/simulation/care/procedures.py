"""What compulsion takes: making, extending, recalling, reviewing; drawn from spells of status."""

import numpy as np
import pandas as pd

from trialbalance.contracts.terms import DAYS_A_YEAR
from trialbalance.simulation.care.use import COLUMNS, dated_use
from trialbalance.simulation.people.participants import People, Streams


def draw_procedures(
    people: People, spells: pd.DataFrame, items: dict, streams: Streams
) -> pd.DataFrame:
    """Draw what it takes to make, extend, review and end spells of compulsion.

    Parameters
    ----------
    people : People
        The participants.
    spells : pandas.DataFrame
        Columns person, item, start, end, recalled; in days from the index date.
    items : dict
        Item to ``{event: {status: mean}}`` with event ``made`` (at the start of each spell),
        ``extended`` (after ``term`` days if it still runs), ``recalled`` or ``yearly`` (while it
        runs, after the index date) and, for an amount such as hours, its ``shape``.
    streams : callable
        Named random streams.

    Returns
    -------
    pandas.DataFrame
        Columns person, item, quantity, period (blank), day.

    Examples
    --------
    A whole trial is drawn by `trialbalance.simulation.simulate`.
    """
    status = spells["item"].to_numpy()
    person = spells["person"].to_numpy()
    start, end = spells["start"].to_numpy(), spells["end"].to_numpy()
    follow_up = people.last_day[person]
    parts = []
    for item, spec in items.items():
        for event in ("made", "extended", "recalled", "yearly"):
            if event not in spec:
                continue
            rng = streams("procedures", item, event)
            mean = np.array([spec[event].get(name, 0.0) for name in status])
            begin = np.maximum(start, 0.0)
            moment = np.where(event == "recalled", end, start)
            happens = {
                "made": start >= 0,
                "extended": end - start > spec.get("term", np.inf),
                "recalled": spells["recalled"].to_numpy(),
                "yearly": end > begin,
            }[event] & (mean > 0)
            if event == "extended":
                moment = start + spec["term"]
            quantity, chosen, day = _quantities(
                mean, happens, moment, (begin, end), event == "yearly", spec, rng
            )
            inside = day < follow_up[chosen]
            parts.append(dated_use(person[chosen][inside], item, quantity[inside], day[inside]))
    kept = [part for part in parts if len(part)]
    return pd.concat(kept, ignore_index=True) if kept else pd.DataFrame(columns=COLUMNS)


def _quantities(
    mean: np.ndarray,
    happens: np.ndarray,
    moment: np.ndarray,
    span: tuple[np.ndarray, np.ndarray],
    yearly: bool,
    spec: dict,
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Quantity, row number of the spell and day of each procedure."""
    n = len(mean)
    if yearly:
        begin, end = span
        count = rng.poisson(np.where(happens, mean * (end - begin) / DAYS_A_YEAR, 0.0))
        chosen = np.repeat(np.arange(n), count)
        within = rng.random(len(chosen)) * (end - begin)[chosen]
        return np.ones(len(chosen)), chosen, np.floor(begin[chosen] + within)
    if "shape" in spec:
        drawn = mean / spec["shape"] * rng.gamma(spec["shape"], 1.0, n)
        drawn = np.maximum(0.25, np.rint(drawn * 4) / 4)
    else:
        drawn = rng.random(n) < mean
    chosen = np.flatnonzero(happens & (drawn > 0))
    return drawn[chosen].astype(float), chosen, moment[chosen]
