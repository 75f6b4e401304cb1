"""From resource use to costs: the ledger, and every table that is added up from it."""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

import pandas as pd

from trialbalance.contracts import Finding, Problems
from trialbalance.contracts.catalogue import written_by
from trialbalance.costs import queries
from trialbalance.costs.checking import check_prices
from trialbalance.costs.notes import cost_notes
from trialbalance.costs.prices import perspective_table, price_table
from trialbalance.costs.sources import add_small_tables, add_sources, connect

Source: TypeAlias = pd.DataFrame | str | Path | None


def value_resources(
    resource_use: Source,
    episodes: Source,
    participants: Source,
    visits: Source,
    unit_costs: pd.DataFrame | None,
    price_index: pd.DataFrame | None,
    study: dict,
    section: dict,
    *,
    legal_use: pd.DataFrame | None = None,
    files: Mapping[str, str] | None = None,
    threads: int | None = None,
) -> dict[str, pd.DataFrame]:
    """Value every record of resource use and add the costs up.

    Parameters
    ----------
    resource_use, episodes, participants, visits : pandas.DataFrame, path of a parquet file or None
        Clean tables of stage `data`; of the episodes only occupancy is priced.
    unit_costs : pandas.DataFrame or None
        Unit costs of the study (currency per unit, >= 0).
    price_index : pandas.DataFrame or None
        Columns year and index (> 0).
    study : dict
        Study settings: currency, horizon_years, periods, visits.
    section : dict
        Cost settings.
    legal_use : pandas.DataFrame or None
        What events in law took, from stage `legal`; valued like resource use.
    files : mapping, optional
        Table → file name as the user knows it, for the sentences.
    threads : int, optional
        Threads to use; the tables do not depend on it.

    Returns
    -------
    dict
        Every table of rule ``value_resources`` → DataFrame.

    Raises
    ------
    Problems
        With every price, period and record that cannot be valued.

    Notes
    -----
    cost = quantity × unit_cost × inflation × discount.

    References
    ----------
    Drummond MF et al. (2015), Methods for the Economic Evaluation of Health Care Programmes, 4th
    edition, chapter 7. ISBN 978-0-19-966588-4.

    Examples
    --------
    >>> study = {"currency": "GBP", "horizon_years": 1.0, "periods": {"year": [0.0, 1.0]},
    ...          "visits": {"baseline": 0.0, "month_12": 1.0}}
    >>> from trialbalance.settings.resolve import complete
    >>> section = complete("costs", {"price_year": "2012/13", "payers": {"nhs": "NHS"},
    ...     "items": {"visit": {"category": "gp", "payer": "nhs"}},
    ...     "perspectives": {"nhs": {"label": "NHS", "payers": ["nhs"]}}})
    >>> section["zero_rule"] = ["records"]
    >>> people = pd.DataFrame({"participant_id": ["p1"], "arm": ["a"],
    ...                        "randomisation_date": ["2012-01-01"], "death_date": [None]})
    >>> use = pd.DataFrame({"record_id": ["r1"], "participant_id": ["p1"], "item": ["visit"],
    ...                     "quantity": [3.0], "period": ["year"], "date": [None]})
    >>> prices = pd.DataFrame({"item": ["visit"], "unit": ["visit"], "unit_cost": [40.0],
    ...                        "currency": ["GBP"], "price_year": ["2012/13"]})
    >>> tables = value_resources(use, None, people, None, prices, None, study, section)
    >>> tables["ledger"][["record_id", "quantity", "cost"]].values.tolist()
    [['r1', 3.0, 120.0]]
    """
    given = (resource_use, episodes, participants, visits, legal_use)
    with tempfile.TemporaryDirectory() as spill, connect(spill, threads) as con:
        prices = _prepare(con, given, unit_costs, price_index, study, section, files or {})
        con.execute(f"CREATE TEMP TABLE ledger AS {queries.LEDGER}")
        con.execute(f"CREATE TEMP TABLE item_costs AS {queries.ITEM_COSTS}")
        _find_answers(con)
        tables = {
            "ledger": con.sql("SELECT * FROM ledger").df(),
            "participant_costs": con.sql(queries.PARTICIPANT_COSTS).df(),
            "item_costs": con.sql("SELECT * FROM item_costs").df(),
            "cost_observed": con.sql(queries.COST_OBSERVED).df(),
            "set_aside": con.sql(queries.RECORDS_SET_ASIDE).df(),
            **_small_outputs(con, prices, study, section),
        }
    return {name: _typed(tables[name]) for name in written_by("value_resources")}


def write_resources(
    resource_use: Source,
    episodes: Source,
    participants: Source,
    visits: Source,
    unit_costs: pd.DataFrame | None,
    price_index: pd.DataFrame | None,
    study: dict,
    section: dict,
    paths: Mapping[str, str | Path],
    *,
    synthetic: bool,
    legal_use: pd.DataFrame | None = None,
    files: Mapping[str, str] | None = None,
    threads: int | None = None,
) -> dict[str, Any]:
    """Value every record and write the long tables as parquet without holding them in memory.

    Parameters
    ----------
    resource_use, episodes, participants, visits, unit_costs, price_index, study, section
        As for `value_resources`.
    paths : mapping
        ledger, participant_costs, item_costs, cost_observed and set_aside → parquet file to write.
    synthetic : bool
        Whether the study was simulated: the last column of each file.
    legal_use, files, threads
        As for `value_resources`.

    Returns
    -------
    dict
        prices, perspectives, cost_notes and item_answers → DataFrame; rows → number of rows of
        each file.

    Raises
    ------
    Problems
        With every price, period and record that cannot be valued; no file is then written.

    Notes
    -----
    The same queries as `value_resources`: cost = quantity × unit_cost × inflation × discount.

    References
    ----------
    Raasveldt M, Mühleisen H (2019), doi 10.1145/3299869.3320212.

    Examples
    --------
    >>> write_resources(None, None, None, None, None, None, {}, {}, {}, synthetic=True)
    Traceback (most recent call last):
    ...
    ValueError: participants are needed
    """
    given = (resource_use, episodes, participants, visits, legal_use)
    with tempfile.TemporaryDirectory() as spill, connect(spill, threads) as con:
        prices = _prepare(con, given, unit_costs, price_index, study, section, files or {})
        rows = {}
        for name, query in (("ledger", queries.LEDGER), ("item_costs", queries.ITEM_COSTS)):
            rows[name] = _copy(con, query, paths[name], synthetic)
            written = str(paths[name]).replace("'", "''")
            con.execute(f"CREATE TEMP VIEW {name} AS SELECT * FROM read_parquet('{written}')")
        _find_answers(con)
        for name, query in (
            ("participant_costs", queries.PARTICIPANT_COSTS),
            ("cost_observed", queries.COST_OBSERVED),
            ("set_aside", queries.RECORDS_SET_ASIDE),
        ):
            rows[name] = _copy(con, query, paths[name], synthetic)
        small = _small_outputs(con, prices, study, section)
    return {**{name: _typed(frame) for name, frame in small.items()}, "rows": rows}


def _copy(con: Any, query: str, path: str | Path, synthetic: bool) -> int:
    """Write the answer of a query as parquet and return its number of rows."""
    target = str(path).replace("'", "''")
    marked = f"SELECT *, {'true' if synthetic else 'false'} AS synthetic FROM ({query})"
    return con.execute(f"COPY ({marked}) TO '{target}' (FORMAT parquet)").fetchone()[0]


def _prepare(
    con: Any,
    given: tuple[Source, ...],
    unit_costs: pd.DataFrame | None,
    price_index: pd.DataFrame | None,
    study: dict,
    section: dict,
    files: Mapping[str, str],
) -> pd.DataFrame:
    """Load everything, refuse what cannot be valued, and set records aside."""
    add_sources(con, *given)
    used = {
        item: (files.get(file, file), row, rows)
        for item, file, row, rows in reversed(con.execute(queries.ITEMS_USED).fetchall())
    }
    stakes = _at_stake(con, used, unit_costs)
    file = files.get("unit_costs", "unit_costs.csv")
    findings = check_prices(unit_costs, price_index, used, section, file, study, stakes)
    _refuse(findings)
    prices = price_table(unit_costs, price_index, section)
    add_small_tables(con, prices, study, section)
    for query in (queries.PEOPLE, queries.STAYS, queries.PIECE_LISTS):
        con.execute(query)
    stays = _faulty_stays(con, files)
    any_covers = con.execute("SELECT count(*) FROM covers").fetchone()[0]
    valued = queries.RECORDS_VALUED_WITHOUT_COVERS
    if any_covers:
        con.execute(queries.COVERED)
        valued = queries.RECORDS_VALUED
    for query in (
        *(queries.STAY_PARTS, queries.STAYS_VALUED, queries.NIGHTS_NOT_VALUED, valued),
        *(queries.SET_ASIDE, queries.CELLS),
    ):
        con.execute(query)
    _refuse([*_faulty_records(con, files, study), *stays])
    return prices


def _at_stake(
    con: Any, used: Mapping[str, Any], unit_costs: pd.DataFrame | None
) -> dict[str, tuple[float, int]]:
    """Return quantity and participants of the items used that no row prices."""
    priced = set() if unit_costs is None else set(unit_costs["item"])
    unpriced = [item for item in used if item not in priced]
    if not unpriced:
        return {}
    found = con.execute(queries.AT_STAKE, {"unpriced": unpriced}).fetchall()
    return {item: (quantity, people) for item, quantity, people in found}


def _find_answers(con: Any) -> None:
    """Find who answered what, from costs by item: what was valued was answered."""
    for query in (queries.SEEN, queries.ANSWERS, queries.ITEM_STATES, queries.NOT_ANSWERED):
        con.execute(query)


def _refuse(findings: list[Finding]) -> None:
    if any(finding.severity == "error" for finding in findings):
        raise Problems(findings)


def _faulty_records(con: Any, files: Mapping[str, str], study: dict) -> list[Finding]:
    """Say which records belong to nobody or to no time."""
    marks = ", ".join(f"'{fault}'" for fault in queries.FAULTS)
    if not con.execute(f"SELECT count(*) FROM set_aside WHERE reason IN ({marks})").fetchone()[0]:
        return []
    file = files.get("resource_use", "resource_use")
    findings = []
    for reason, row, rows, person, period in con.execute(queries.FAULTY_ROWS).fetchall():
        column, found, allowed = {
            queries.NO_SUCH_PARTICIPANT: ("participant_id", person, "one of participants"),
            queries.NO_SUCH_PERIOD: ("period", period, ", ".join(study["periods"])),
            queries.NO_TIME: ("period", reason, "either a period or a date"),
        }[reason]
        findings.append(Finding(file, row, column, found, allowed, "correct it", rows - 1))
    return findings


def _faulty_stays(con: Any, files: Mapping[str, str]) -> list[Finding]:
    """Say which stays belong to nobody, end before they start, or overlap."""
    file = files.get("episodes", "episodes")
    findings = []
    for row, column, found, fault in con.execute(queries.FAULTY_STAYS).fetchall():
        allowed, remedy = {
            "participant_id": ("one of participants", "correct it"),
            "end_date": (f"the start date {fault} or later", "correct one of the dates"),
            "start_date": (
                f"no day of the stay {fault} of the same participant",
                "correct the dates: a bed is paid once",
            ),
            "record_id": ("a record_id that resource_use does not have", "rename one of the two"),
        }[column]
        findings.append(Finding(file, row, column, found, allowed, remedy))
    return findings


def _small_outputs(
    con: Any, prices: pd.DataFrame, study: dict, section: dict
) -> dict[str, pd.DataFrame]:
    """Make the tables that have one row an item."""
    totals = con.sql(queries.ITEM_TOTALS).df()
    matrix = perspective_table(section)
    counting = matrix[matrix["counted"]].groupby("item")["perspective"].agg(";".join)
    lines = totals.set_index("item")["lines"]
    shown = prices.drop(columns=["recall_years", "replaced_by"])
    shown["unit_cost_inflated"] = shown["unit_cost"] * shown["inflation"]
    shown["lines"] = shown["item"].map(lines).fillna(0).astype("int64")
    shown["in_perspectives"] = shown["item"].map(counting)
    shown["status"] = shown["status"].fillna("assumed")
    columns = [
        *("item", "category", "payer", "source_group", "unit", "unit_cost", "unit_cost_lower"),
        *("unit_cost_upper", "price_year", "inflation", "inflated_to", "price_index"),
        *("index_vintage", "unit_cost_inflated", "status", "source", "edition", "page", "licence"),
        *("lines", "in_perspectives"),
    ]
    return {
        "prices": shown[columns],
        "perspectives": matrix,
        "cost_notes": cost_notes(con, shown, totals, study, section),
        "item_answers": con.sql(queries.ITEM_ANSWERS).df(),
    }


def _typed(frame: pd.DataFrame) -> pd.DataFrame:
    """Give text the plain object type and dates the nanosecond type of the contracts."""
    kinds = {
        column: "datetime64[ns]" if pd.api.types.is_datetime64_any_dtype(kind) else object
        for column, kind in frame.dtypes.items()
        if pd.api.types.is_datetime64_any_dtype(kind) or pd.api.types.is_string_dtype(kind)
    }
    typed = frame.astype(kinds)
    texts = [column for column, kind in kinds.items() if kind is object]
    typed[texts] = typed[texts].astype(object).where(typed[texts].notna(), None)
    return typed
