"""Analyses: datasets, arm means and adjusted differences as live formulas; posterior pasted."""

from typing import Any, NamedTuple

import pandas as pd

from trialbalance.audit.workbook.observed_case import adjusting
from trialbalance.audit.workbook.sheets import Book, Formula, Sheet, Shown
from trialbalance.dataset.rows import covariate_columns
from trialbalance.settings.sections.dataset import covariates_by_name

KINDS = ("cost", "effect")
TOLERANCE = {"cost": 0.005, "effect": 1e-6}
HEADER = [
    *("analysis", "arm", "comparator", "participants"),
    *("participants with cost", "mean cost", "difference in cost", "adjusted difference in cost"),
    *("participants with effect", "mean effect", "difference in effect"),
    "adjusted difference in effect",
]
POSTERIOR = {
    "arms": ["cost", "cost_lower", "cost_upper", "effect", "effect_lower", "effect_upper"],
    "incremental": [
        *("comparator", "cost", "cost_lower", "cost_upper", "effect", "effect_lower"),
        *("effect_upper", "icer", "position"),
    ],
}


class Analysis(NamedTuple):
    """One analysis: what it is called and counts, and its tables."""

    name: str
    outcome: str
    perspective: str
    tables: dict[str, pd.DataFrame]


class Cells(NamedTuple):
    """Addresses of what the stages before gave: cost, effect and the baseline of the effect."""

    cost: dict[tuple[str, str], str]
    effect: dict[tuple[str, str], str]
    baseline: dict[tuple[str, str], str]


def write_analyses(
    book: Book,
    analyses: list[Analysis],
    observed: pd.DataFrame,
    settings: dict[str, Any],
    cells: Cells,
) -> dict[tuple[str, str, str], str]:
    """Write datasets, adjusted differences and the table of increments.

    Parameters
    ----------
    book : Book
        The workbook.
    analyses : list of Analysis
        Every analysis with its dataset.
    observed : pandas.DataFrame
        The table `observed_case` of the pipeline.
    settings : dict
        Settled settings of the base case.
    cells : Cells
        Addresses of costs and effects; empty where they were handed over.

    Returns
    -------
    dict
        (analysis, arm, column of `observed_case`) -> address of a difference.
    """
    found: dict[tuple[str, str, str], str] = {}
    increments = book.sheet(
        "Increments",
        "Observed-case means and differences against the comparator, live; adjusted = least "
        "squares on arm and covariates among those observed. No model for missing values.",
        HEADER,
    )
    increments.widen([20, 16, 16])
    for analysis in analyses:
        sheet = _write_data(book, analysis, settings, cells)
        dataset = analysis.tables["dataset"]
        adjusted = {
            kind: _write_adjusted(book, sheet, analysis, kind, settings["study"]) for kind in KINDS
        }
        mine = observed[observed["analysis"] == analysis.name].set_index("arm")
        last = max(3 + len(dataset), 4)
        for arm, row in mine.iterrows():
            number = increments.next
            _write_increment(book, increments, sheet, last, analysis.name, arm, row, adjusted)
            for kind in KINDS:
                for word, column in (
                    (f"difference in {kind}", f"{kind}_difference"),
                    (f"adjusted difference in {kind}", f"{kind}_adjusted"),
                ):
                    found[analysis.name, arm, column] = increments.at(word, number)
    return found


def _write_data(book: Book, analysis: Analysis, settings: dict, cells: Cells) -> Sheet:
    """Write one row a participant: cost and effect by reference, covariates as they were."""
    dataset = analysis.tables["dataset"]
    covariates = covariate_columns(dataset)
    comparator = settings["study"]["comparator"]
    arms = [arm for arm in settings["study"]["arms"] if arm != comparator]
    sheet = book.sheet(
        f"Data {analysis.name}",
        "Cost and effect from the sheets before; yellow = handed over. Blank = not observed.",
        ["participant_id", "arm", *KINDS, *(f"in {arm}" for arm in arms), *covariates],
    )
    live = _baseline_covariates(settings, covariates)
    effects = settings["outcomes"]["effects"] if settings["outcomes"] else {}
    measure = effects.get(analysis.outcome, {}).get("measure")
    for person in dataset.to_dict("records"):
        who = person["participant_id"]
        values = [_value(person[name]) for name in covariates]
        cell = cells.baseline.get((who, measure))
        for place, name in enumerate(covariates):
            if name in live and cell and values[place] is not None:
                values[place] = Formula(f"={cell}/{live[name]!r}", values[place])
        sheet.row(
            [
                *(who, person["arm"]),
                _given(person["cost"], cells.cost.get((who, analysis.perspective))),
                _given(person["effect"], cells.effect.get((who, analysis.outcome))),
                *(float(person["arm"] == arm) for arm in arms),
                *values,
            ]
        )
    return sheet


def _baseline_covariates(settings: dict, covariates: list[str]) -> dict[str, float]:
    """Return the covariates that are the baseline value of the effect, and their divisor."""
    details = covariates_by_name(settings["dataset"]["covariates"])
    return {
        name: one["divide_by"]
        for name, one in details.items()
        if name in covariates and (one["column"] or name) == "baseline_effect"
    }


def _value(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)


def _given(value: Any, cell: str | None) -> Any:
    """Return a reference to where a value was made, or the value that was handed over."""
    if cell is None:
        return Shown(value, "input")
    # A reference to a blank cell would be 0, which is not what a missing value is.
    return Formula(f'=IF({cell}="","",{cell})', _value(value))


def _write_adjusted(
    book: Book, data: Sheet, analysis: Analysis, kind: str, study: dict
) -> dict[str, str]:
    """Write the complete rows of a regression; return the formula of each arm's difference."""
    used = adjusting(analysis.tables["dataset"], kind, list(study["arms"]), study["comparator"])
    if used is None:
        return {}
    columns = [f"in {arm}" for arm in used.arms] + used.covariates
    sheet = book.sheet(
        f"Adjusted {kind} {analysis.name}",
        "Participants with the value and every covariate observed, by reference; the adjusted "
        "difference is LINEST over these rows.",
        ["participant_id", kind, *columns],
    )
    dataset = analysis.tables["dataset"]
    for place in used.rows:
        row, person = int(place) + 4, dataset.iloc[int(place)]
        values = [float(person["arm"] == arm) for arm in used.arms]
        values += [float(person[name]) for name in used.covariates]
        cells = [
            Formula(f"={data.at(column, row)}", value)
            for column, value in zip([kind, *columns], [float(person[kind]), *values], strict=True)
        ]
        sheet.row([person["participant_id"], *cells])
    last = sheet.next - 1
    known, others = sheet.at(kind, 4, last), sheet.block(columns[0], columns[-1], 4, last)
    # LINEST gives the coefficients from the last column to the first.
    return {
        arm: f"INDEX(LINEST({known},{others},TRUE,FALSE),1,{len(columns) - place})"
        for place, arm in enumerate(used.arms)
    }


def _write_increment(
    book: Book,
    sheet: Sheet,
    data: Sheet,
    last: int,
    analysis: str,
    arm: str,
    row: pd.Series,
    adjusted: dict[str, dict[str, str]],
) -> None:
    """Write one arm of one analysis, and ask that it equal the pipeline's table."""
    number, arms = sheet.next, data.at("arm", 4, last)
    against = "" if pd.isna(row["comparator"]) else row["comparator"]
    cells: list[Any] = [analysis, arm, against, Formula(f'=COUNTIF({arms},"{arm}")', row["n"])]
    for kind in KINDS:
        values = data.at(kind, 4, last)
        matches = f'({arms}="{arm}")'
        mean = f'=IFERROR(AVERAGEIFS({values},{arms},"{arm}"),"")'
        count = f"=SUMPRODUCT({matches}*ISNUMBER({values}))"
        cells += [Formula(count, row[f"{kind}_n"]), Formula(mean, row[kind])]
        here = sheet.at(f"mean {kind}", number)
        _ask(book, f"mean {kind}, observed", here, row[kind], arm, analysis, kind)
        if not against:
            cells += [None, None]
            continue
        other = f'AVERAGEIFS({values},{arms},"{against}")'
        cells.append(Formula(f'=IFERROR({here}-{other},"")', row[f"{kind}_difference"]))
        formula = adjusted[kind].get(arm)
        cells.append(Formula(f"={formula}", row[f"{kind}_adjusted"]) if formula else None)
        for word, column in (
            (f"difference in {kind}", f"{kind}_difference"),
            (f"adjusted difference in {kind}", f"{kind}_adjusted"),
        ):
            _ask(book, word, sheet.at(word, number), row[column], arm, analysis, kind)
    sheet.row(cells)


def _ask(book: Book, word: str, cell: str, value: Any, arm: str, analysis: str, kind: str) -> None:
    """Ask that a cell equal the pipeline's figure, where there is one."""
    if pd.notna(value):
        book.check(word, f"={cell}", value, TOLERANCE[kind], arm, analysis)


def write_posterior(book: Book, analyses: list[Analysis]) -> dict[tuple[str, str, str], str]:
    """Write the figures of the models, which no spreadsheet can make again.

    Parameters
    ----------
    book : Book
        The workbook.
    analyses : list of Analysis
        Every analysis with its tables arms and incremental.

    Returns
    -------
    dict
        (analysis, arm, column of ``incremental``) -> address of the figure.
    """
    found = {}
    for table, columns in POSTERIOR.items():
        sheet = book.sheet(
            f"Posterior {table}",
            "PASTED, NOT LIVE: figures of the models as the pipeline wrote them. A price changed "
            "here does not move them.",
            ["analysis", "arm", *columns],
        )
        for analysis in analyses:
            for row in analysis.tables[table].to_dict("records"):
                values = [Shown(row.get(column), "pasted") for column in columns]
                number = sheet.row([analysis.name, row["arm"], *values])
                if table == "incremental":
                    for column in KINDS:
                        found[analysis.name, row["arm"], column] = sheet.at(column, number)
    return found
