"""Questionnaires scored by formulas: value sets and sums."""

from typing import Any, NamedTuple

import pandas as pd

from trialbalance.audit.workbook.sheets import Book, Formula, Sheet, Shown
from trialbalance.outcomes.scores.profile_values import by_profile
from trialbalance.outcomes.scores.value_sets import conditions


class Scores(NamedTuple):
    """Addresses of measures: participant, measure and visit -> cell."""

    cells: dict[tuple[str, str, str], str]


def write_scores(book: Book, tables: dict[str, pd.DataFrame], settings: dict[str, Any]) -> Scores:
    """Write one sheet a scored questionnaire, and one for measures that were handed over.

    Parameters
    ----------
    book : Book
        The workbook.
    tables : dict of pandas.DataFrame
        measures; responses and value sets where the study has them.
    settings : dict
        Settled settings of the base case.

    Returns
    -------
    Scores
        Where each measure of each participant and visit stands.
    """
    cells: dict[tuple[str, str, str], str] = {}
    measures, scored = tables["measures"], set()
    for name, tool in settings["outcomes"]["instruments"].items():
        if tool["kind"] == "unscored" or "responses" not in tables:
            continue
        mine = measures[measures["measure"] == tool["measure"]]
        cells |= _write_instrument(book, name, tool, mine, tables)
        scored.add(tool["measure"])
    given = measures[~measures["measure"].isin(scored)]
    if len(given):
        cells |= _write_given(book, given)
    return Scores(cells)


def _write_instrument(
    book: Book, name: str, tool: dict, measures: pd.DataFrame, tables: dict
) -> dict[tuple[str, str, str], str]:
    """Write the answers of one questionnaire at each visit beside their score."""
    responses = tables["responses"]
    mine = responses[responses["instrument"] == name]
    profiles = tool["kind"] == "value_set" and by_profile(tables[tool["value_set"]])
    score: Any = None
    if profiles:
        items = list(tool["items"])
    elif tool["kind"] == "value_set":
        score, items = _value_set(book, tables[tool["value_set"]], tool)
    else:
        score, items = _sum_score(book, name, tool)
    answers = _answers(mine, items)
    columns = [f"answer to {item}" for item in items]
    sheet = book.sheet(
        f"Scores {name}",
        "Answers and their score; 0 from death on, blank where the answers cannot be scored."
        + (" Values are looked up by profile, age and sex: grey = pasted." if profiles else ""),
        ["participant_id", "arm", "visit", "time_years", "dead", *columns, "score"],
    )
    blank = [None] * len(items)
    cells = {}
    for row in measures.itertuples():
        number = sheet.next
        here = sheet.block(columns[0], columns[-1], number, number)
        single = [sheet.at(column, number) for column in columns]
        if profiles:
            cell: Shown | Formula = Shown(row.value, "pasted")
        else:
            formula = f"=IF({sheet.at('dead', number)}=1,0,{score(here, single)})"
            cell = Formula(formula, row.value)
        known = (row.participant_id, row.arm, row.visit, row.time_years, float(row.dead))
        sheet.row([*known, *answers.get((row.participant_id, row.visit), blank), cell])
        cells[row.participant_id, tool["measure"], row.visit] = sheet.at("score", number)
    _check_scores(book, sheet, tool["measure"], measures)
    return cells


def _answers(responses: pd.DataFrame, items: list[str]) -> dict[tuple[str, str], list[float]]:
    """Return the answers to every item by participant and visit, NaN where there is none."""
    levels = responses.pivot_table(
        index=["participant_id", "visit"], columns="item", values="level", aggfunc="first"
    ).reindex(columns=items)
    grid = levels.to_numpy(float, na_value=float("nan"))
    return {key: list(row) for key, row in zip(levels.index, grid, strict=True)}


def _value_set(book: Book, table: pd.DataFrame, tool: dict) -> tuple[Any, list[str]]:
    """Write a value set; return what makes a score of the addresses of answers."""
    sheet = book.sheet(
        f"Value set {tool['measure']}",
        "Yellow cells may be changed. start + what each level adds + any, all = once where "
        "some, or every one, of the dimensions is at its level or above.",
        ["term", "dimension", "level", "value"],
    )
    start, levels, once = [], {}, []
    for term in table.itertuples():
        row = sheet.row([term.term, term.dimension, term.level, Shown(term.value, "input")])
        cell = sheet.at("value", row)
        if term.term == "start":
            start.append(cell)
        elif term.term in ("any", "all"):
            once.append((cell, term))
        else:
            levels.setdefault(term.dimension, {})[int(term.level)] = cell
    items = list(tool["items"] or levels)

    def score(here: str, single: list[str]) -> str:
        parts = list(start)
        for answer, dimension in zip(single, levels.values(), strict=True):
            chosen = ",".join(dimension[level] for level in sorted(dimension))
            parts.append(f"CHOOSE({answer},{chosen})")
        for cell, term in once:
            met = [f"{single[place]}>={level}" for place, level in conditions(term, list(levels))]
            both = "OR" if term.term == "any" else "AND"
            parts.append(f"IF({both}({','.join(met)}),{cell},0)")
        return f'IF(COUNT({here})<{len(items)},"",{"+".join(parts)})'

    return score, items


def _sum_score(book: Book, name: str, tool: dict) -> tuple[Any, list[str]]:
    """Write how a sum is scaled; return what makes a score of the addresses of answers."""
    sheet = book.sheet(
        f"Scale {name}",
        "value = low + (high - low) x (mean of the answers - 1) / (levels - 1).",
        ["setting", "value"],
    )
    low, high = tool["scale"]
    cells = {
        word: sheet.at("value", sheet.row([word, Shown(value, "input")]))
        for word, value in (("low", low), ("high", high), ("levels", tool["levels"]))
    }
    allowed = tool["missing_items"]["up_to"]
    items = list(tool["items"])
    turned = [items.index(item) for item in tool["reversed"]]

    def score(here: str, single: list[str]) -> str:
        total = f"SUM({here})"
        if turned:
            back = ",".join(single[place] for place in turned)
            total = f"({total}+({cells['levels']}+1)*COUNT({back})-2*SUM({back}))"
        mean = f"({total}/COUNT({here})-1)/({cells['levels']}-1)"
        scaled = f"{cells['low']}+({cells['high']}-{cells['low']})*{mean}"
        enough = f"OR(COUNT({here})=0,{len(items)}-COUNT({here})>{allowed})"
        return f'IF({enough},"",{scaled})'

    return score, items


def _write_given(book: Book, measures: pd.DataFrame) -> dict[tuple[str, str, str], str]:
    """Write measures that the study handed over; they may be changed."""
    sheet = book.sheet(
        "Measures",
        "Measures as the study handed them over; 0 from death on.",
        ["participant_id", "arm", "visit", "time_years", "measure", "value"],
    )
    cells = {}
    for row in measures.itertuples():
        known = (row.participant_id, row.arm, row.visit, row.time_years, row.measure)
        number = sheet.row([*known, Shown(row.value, "input")])
        cells[row.participant_id, row.measure, row.visit] = sheet.at("value", number)
    return cells


def _check_scores(book: Book, sheet: Sheet, measure: str, measures: pd.DataFrame) -> None:
    """Ask that scores at each visit add up to the pipeline's."""
    last = max(sheet.next - 1, 4)
    values, visits = sheet.at("score", 4, last), sheet.at("visit", 4, last)
    for visit, group in measures.groupby("visit", observed=True, sort=False):
        sums = f'=SUMIFS({values},{visits},"{visit}")'
        book.check(f"sum of {measure} at {visit}", sums, group["value"].sum(), 1e-6)
