"""Questionnaires scored and areas under their curves, as live formulas."""

from typing import Any, NamedTuple

import pandas as pd

from trialbalance.audit.workbook.scoring import Scores, write_scores
from trialbalance.audit.workbook.sheets import Book, Formula, Sheet, Shown

CLOSE = 1e-8


class Effects(NamedTuple):
    """What other sheets refer to: outcomes of participants, and measures at visits."""

    outcomes: dict[tuple[str, str], str]
    scores: Scores
    pasted: int


class Curve(NamedTuple):
    """The visits behind one participant's curve: time, value and address, in order."""

    times: list[float]
    heights: list[float]
    cells: list[str]


def write_effects(book: Book, tables: dict[str, pd.DataFrame], settings: dict[str, Any]) -> Effects:
    """Write the sheets from questionnaires to outcomes of participants.

    Parameters
    ----------
    book : Book
        The workbook.
    tables : dict of pandas.DataFrame
        participants, measures, outcomes, outcome_working; responses and value sets where the
        study has them.
    settings : dict
        Settled settings of the base case.

    Returns
    -------
    Effects
        Addresses of outcomes and measures, and how many pieces of curves had to be pasted.
    """
    scores = write_scores(book, tables, settings)
    pieces, pasted = _write_areas(book, tables, settings, scores)
    return Effects(_write_outcomes(book, tables, pieces), scores, pasted)


def _write_areas(
    book: Book, tables: dict, settings: dict, scores: Scores
) -> tuple[dict[tuple[str, str], str], int]:
    """Write every piece of every curve; return the range of areas of each participant."""
    section = settings["outcomes"]
    rate = book.sheet("Rates", "Yearly discount rate of effects.", ["setting", "value"])
    cell = rate.at("value", rate.row(["discount rate", Shown(section["discount_rate"], "input")]))
    sheet = book.sheet(
        "Areas",
        "area = mean of both ends x length x discount; the ends are read off the scores of the "
        "visits around them. Grey = pasted: not from visits.",
        [
            *("participant_id", "outcome", "segment", "start_years", "end_years", "start_value"),
            *("end_value", "basis", "discount", "area"),
        ],
    )
    measure = {name: effect.get("measure") for name, effect in section["effects"].items()}
    curves = _curves(tables["measures"], scores)
    yearly = section["discounting"] == "yearly"
    spans: dict[tuple[str, str], tuple[int, int]] = {}
    pasted = 0
    for piece in tables["outcome_working"].itertuples():
        curve = curves.get((piece.participant_id, measure.get(piece.outcome)))
        ends = [
            _end(curve, piece, piece.start_years, piece.start_value),
            _end(curve, piece, piece.end_years, piece.end_value),
        ]
        pasted += piece.basis != "event" and any(isinstance(end, Shown) for end in ends)
        row = sheet.next
        discount, area = _discounted(sheet, row, piece, cell, yearly)
        known = (piece.participant_id, piece.outcome, piece.segment)
        times = (piece.start_years, piece.end_years)
        sheet.row([*known, *times, *ends, piece.basis, discount, area])
        key = (piece.participant_id, piece.outcome)
        spans[key] = (spans.get(key, (row, row))[0], row)
    return {key: sheet.at("area", *span) for key, span in spans.items()}, pasted


def _curves(measures: pd.DataFrame, scores: Scores) -> dict[tuple[str, str], Curve]:
    """Return the visits that count for each participant and measure, before any death."""
    curves: dict[tuple[str, str], Curve] = {}
    alive = measures[~measures["dead"].astype(bool) & measures["value"].notna()]
    for row in alive.sort_values("time_years", kind="stable").itertuples():
        key = (row.participant_id, row.measure)
        curve = curves.setdefault(key, Curve([], [], []))
        cell = scores.cells.get((row.participant_id, row.measure, row.visit))
        if cell is not None and pd.notna(row.time_years):
            curve.times.append(float(row.time_years))
            curve.heights.append(float(row.value))
            curve.cells.append(cell)
    return curves


def _end(curve: Curve | None, piece: Any, at: float, value: float) -> Any:
    """Return one end of a piece: read off the visits around it, or pasted."""
    if piece.basis == "dead":
        return 0.0
    if curve is None or not curve.times or piece.basis in ("event", "declined_to_death"):
        return Shown(value, "pasted")
    formula, expected = _read_off(curve, at)
    # Visits that share a time, or times rounded away, leave no line to read; the value stays.
    return Formula(formula, value) if abs(expected - value) < CLOSE else Shown(value, "pasted")


def _read_off(curve: Curve, at: float) -> tuple[str, float]:
    """Return the formula of a curve at a time and the value that it must give."""
    times, values, cells = curve
    for time, value, cell in zip(times, values, cells, strict=True):
        if abs(time - at) < CLOSE:
            return f"={cell}", value
    after = next((n for n, time in enumerate(times) if time > at), None)
    if after in (None, 0):
        place = 0 if after == 0 else -1
        return f"={cells[place]}", values[place]
    share = (float(at) - times[after - 1]) / (times[after] - times[after - 1])
    low, high = cells[after - 1], cells[after]
    value = values[after - 1] + share * (values[after] - values[after - 1])
    return f"={low}+({high}-{low})*{share!r}", value


def _discounted(sheet: Sheet, row: int, piece: Any, rate: str, yearly: bool) -> tuple[Any, Any]:
    """Return discount factor and area of a piece, by completed year or continuously."""
    if piece.basis == "event":
        return Shown(piece.discount, "pasted"), Shown(piece.area, "pasted")
    names = ("start_years", "end_years", "start_value", "end_value", "discount")
    start, end, low, high, factor = (sheet.at(name, row) for name in names)
    if yearly:
        discount = f"=(1+{rate})^-INT(({start}+{end})/2)"
        area = f"=({low}+{high})/2*({end}-{start})*{factor}"
        return Formula(discount, piece.discount), Formula(area, piece.area)
    x = f"(LN(1+{rate})*({end}-{start}))"
    now = f"EXP(-LN(1+{rate})*{start})"
    discount = f"=IF({rate}=0,1,{now}*(1-EXP(-{x}))/{x})"
    slope = f"(1-EXP(-{x})*(1+{x}))/{x}^2"
    area = (
        f"=IF({rate}=0,({low}+{high})/2,{low}*{factor}+({high}-{low})*{now}*{slope})"
        f"*({end}-{start})"
    )
    return Formula(discount, piece.discount), Formula(area, piece.area)


def _write_outcomes(
    book: Book, tables: dict, pieces: dict[tuple[str, str], str]
) -> dict[tuple[str, str], str]:
    """Write one row a participant and one column an outcome."""
    outcomes = tables["outcomes"]
    names = list(dict.fromkeys(outcomes["outcome"]))
    sheet = book.sheet(
        "Participant effects",
        "Sum of the areas of each participant; blank = a needed visit has no score. "
        "Grey = pasted: an event, or a value handed over.",
        ["participant_id", "arm", *(f"effect: {name}" for name in names)],
    )
    values = outcomes.set_index(["participant_id", "outcome"])["value"].to_dict()
    found = {}
    for person in tables["participants"].itertuples():
        row, who = sheet.next, person.participant_id
        cells: list[Any] = [who, person.arm]
        for name in names:
            value, areas = values.get((who, name)), pieces.get((who, name))
            live = areas is not None and pd.notna(value)
            cells.append(Formula(f"=SUM({areas})", value) if live else Shown(value, "pasted"))
            found[who, name] = sheet.at(f"effect: {name}", row)
        sheet.row(cells)
    last = max(sheet.next - 1, 4)
    arms = sheet.at("arm", 4, last)
    for (name, arm), group in outcomes.groupby(["outcome", "arm"], observed=True):
        values = sheet.at(f"effect: {name}", 4, last)
        sums = f'=SUMIFS({values},{arms},"{arm}")'
        book.check(f"sum of {name}", sums, group["value"].sum(), 1e-6, arm)
    return found
