"""Opening DuckDB and giving it the tables, from data frames or from parquet files alike."""

from pathlib import Path
from typing import Any

import pandas as pd

from trialbalance.contracts.terms import DAYS_A_YEAR
from trialbalance.costs.periods import closing_visit
from trialbalance.costs.prices import perspective_table
from trialbalance.costs.timing import day_table, period_pieces, stay_segments

_COLUMNS = {
    "participants": {
        "participant_id": "VARCHAR",
        "arm": "VARCHAR",
        "randomisation_date": "DATE",
        "death_date": "DATE",
        "follow_up_end": "DATE",
    },
    "resource_use": {
        "record_id": "VARCHAR",
        "participant_id": "VARCHAR",
        "item": "VARCHAR",
        "quantity": "DOUBLE",
        "period": "VARCHAR",
        "date": "DATE",
    },
    "episodes": {
        "record_id": "VARCHAR",
        "participant_id": "VARCHAR",
        "type": "VARCHAR",
        "item": "VARCHAR",
        "start_date": "DATE",
        "end_date": "DATE",
    },
    "visits": {"participant_id": "VARCHAR", "visit": "VARCHAR", "status": "VARCHAR"},
}

_VIEWS = """
CREATE TEMP VIEW records AS SELECT * FROM resource_use;
CREATE TEMP VIEW records_numbered AS SELECT *, row_number() OVER () + 1 AS row FROM resource_use;
CREATE TEMP VIEW participants_given AS
SELECT row_number() OVER () AS position, participant_id, arm, randomisation_date AS index_date,
       death_date, follow_up_end FROM participants;
CREATE TEMP VIEW stays_given AS
SELECT row, record_id, participant_id, item, start_date, end_date
FROM (SELECT *, row_number() OVER () + 1 AS row FROM episodes) WHERE type = 'occupancy';
"""


def connect(spill: str, threads: int | None = None) -> Any:
    """Open an empty database in memory that answers in one order on any number of threads.

    Parameters
    ----------
    spill : str
        Folder for what does not fit into memory.
    threads : int, optional
        Threads to use; by default all.

    Returns
    -------
    duckdb.DuckDBPyConnection
        The connection.

    Examples
    --------
    >>> connect("unused", 1).execute("SELECT 1 + 1").fetchone()
    (2,)
    """
    # Imported here because `trialbalance check` needs the checks of this stage, not a database.
    import duckdb

    con = duckdb.connect()
    con.execute("SET memory_limit = '3GB'")
    con.execute(f"SET temp_directory = '{spill}'")
    con.execute("SET preserve_insertion_order = true")
    con.execute(f"CREATE TEMP MACRO days_a_year() AS {DAYS_A_YEAR}")
    # Left alone, the optimiser may read the smaller table first and so change the order of lines.
    con.execute("SET disabled_optimizers = 'join_order,build_side_probe_side'")
    if threads is not None:
        con.execute(f"SET threads = {int(threads)}")
    return con


def add_sources(
    con: Any,
    resource_use: pd.DataFrame | str | Path | None,
    episodes: pd.DataFrame | str | Path | None,
    participants: pd.DataFrame | str | Path | None,
    visits: pd.DataFrame | str | Path | None,
    legal_use: pd.DataFrame | None = None,
) -> None:
    """Give the database the study's tables as views of one shape.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Connection of `connect`.
    resource_use, episodes, participants, visits : pandas.DataFrame, path of a parquet file or None
        Clean tables; None is an empty table, except for participants.
    legal_use : pandas.DataFrame or None
        What events in law took, of the shape of resource use; it is valued with it.

    Raises
    ------
    ValueError
        When there are no participants.

    Examples
    --------
    >>> con = connect("unused", 1)
    >>> people = pd.DataFrame({"participant_id": ["p1"], "arm": ["a"],
    ...                        "randomisation_date": ["2012-01-01"], "death_date": [None]})
    >>> add_sources(con, None, None, people, None)
    >>> con.execute("SELECT count(*) FROM records").fetchone()
    (0,)
    """
    if participants is None:
        raise ValueError("participants are needed")
    given = {
        "recorded_use": resource_use,
        "legal_use": legal_use,
        "episodes": episodes,
        "participants": participants,
        "visits": visits,
    }
    for name, source in given.items():
        _add(con, name, source, _COLUMNS.get(name, _COLUMNS["resource_use"]))
    both = "" if legal_use is None else " UNION ALL SELECT * FROM legal_use"
    con.execute(f"CREATE TEMP VIEW resource_use AS SELECT * FROM recorded_use{both}")
    con.execute(_VIEWS)


def _add(con: Any, name: str, source: Any, columns: dict[str, str]) -> None:
    """Make a view of one source with typed columns in a fixed order."""
    if isinstance(source, (str, Path)):
        path = str(source).replace("'", "''")
        origin = f"read_parquet('{path}')"
    else:
        con.register(f"{name}_arrow", _arrow(source, columns))
        origin = f"{name}_arrow"
    chosen = ", ".join(f"{column}::{kind} AS {column}" for column, kind in columns.items())
    con.execute(f"CREATE TEMP VIEW {name} AS SELECT {chosen} FROM {origin}")


def _arrow(frame: pd.DataFrame | None, columns: dict[str, str]) -> Any:
    """Turn a data frame into an Arrow table of declared types, so that blanks keep a type."""
    import pyarrow as pa

    kinds = {
        "VARCHAR": pa.string(),
        "DOUBLE": pa.float64(),
        "DATE": pa.date32(),
        "BOOLEAN": pa.bool_(),
        "INTEGER": pa.int32(),
    }
    arrays = []
    for column, kind in columns.items():
        if frame is None or column not in frame:
            arrays.append(pa.nulls(0 if frame is None else len(frame), kinds[kind]))
            continue
        values = pd.to_datetime(frame[column]).dt.date if kind == "DATE" else frame[column]
        arrays.append(pa.array(values.to_numpy(object), type=kinds[kind], from_pandas=True))
    return pa.table(arrays, names=list(columns))


def add_small_tables(con: Any, prices: pd.DataFrame, study: dict, section: dict) -> None:
    """Give the database prices, periods, days and perspectives, and the discount formula.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Connection that already has the study's tables.
    prices : pandas.DataFrame
        Prices of `price_table`.
    study, section : dict
        Study and cost settings.

    Examples
    --------
    >>> from trialbalance.costs.prices import price_table
    >>> section = {"price_year": "2012/13", "discount_rate": 0.0, "discounting": "yearly",
    ...            "items": {}, "perspectives": {}, "interviews": {}, "zero_rule": []}
    >>> study = {"horizon_years": 1.0, "periods": {"year": [0.0, 1.0]}, "visits": {}}
    >>> con = connect("unused", 1)
    >>> add_small_tables(con, price_table(None, None, section), study, section)
    >>> con.execute("SELECT count(*) FROM days").fetchone()
    (366,)
    """
    tables = {
        "items": (prices.assign(zero=_zeros(prices, section)), _ITEM_COLUMNS),
        "days": (day_table(study, section), _DAY_COLUMNS),
        "pieces": (period_pieces(study, section), _PIECE_COLUMNS),
        "segments": (stay_segments(study, section), _SEGMENT_COLUMNS),
        "covers": (_covers(section), {"bed": "VARCHAR", "item": "VARCHAR"}),
        "counted": (_counted(section), _COUNTED_COLUMNS),
        "periods": (_periods(study, section), _PERIOD_COLUMNS),
        "source_groups": (_source_groups(section), _GROUP_COLUMNS),
    }
    for name, (frame, columns) in tables.items():
        con.register(f"{name}_arrow", _arrow(frame, columns))
        con.execute(f"CREATE TEMP TABLE {name} AS SELECT * FROM {name}_arrow")
    con.execute(_discount_macro(section))


_ITEM_COLUMNS = {
    **dict.fromkeys(("item", "category", "payer", "source_group", "unit"), "VARCHAR"),
    "unit_cost": "DOUBLE",
    "price_year": "VARCHAR",
    "inflation": "DOUBLE",
    "recall_years": "DOUBLE",
    "replaced_by": "VARCHAR",
    "zero": "BOOLEAN",
}
_DAY_COLUMNS = {"day": "INTEGER", "period": "VARCHAR", "discount": "DOUBLE"}
_PIECE_COLUMNS = {
    "piece": "INTEGER",
    "period": "VARCHAR",
    "part": "INTEGER",
    **dict.fromkeys(("first", "alone", "inside"), "BOOLEAN"),
    **dict.fromkeys(("start_years", "end_years", "period_start", "period_end"), "DOUBLE"),
    **dict.fromkeys(("share", "discount"), "DOUBLE"),
}
_SEGMENT_COLUMNS = {"start_day": "INTEGER", "end_day": "INTEGER", "period": "VARCHAR"}
_COUNTED_COLUMNS = {
    **dict.fromkeys(("item", "perspective", "source_group", "category"), "VARCHAR"),
    "perspective_order": "INTEGER",
}
_PERIOD_COLUMNS = {
    "period": "VARCHAR",
    "period_order": "INTEGER",
    "start_years": "DOUBLE",
    "end_years": "DOUBLE",
    "visit": "VARCHAR",
    "visit_years": "DOUBLE",
}
_GROUP_COLUMNS = {"source_group": "VARCHAR", "group_order": "INTEGER"}


def _discount_macro(section: dict) -> str:
    """Write the discount formula of the settings as SQL, for spans that only the data know."""
    rate = float(section["discount_rate"])
    if rate == 0:
        formula = "1.0"
    elif section["discounting"] == "yearly":
        formula = f"CASE WHEN b <= 0 THEN 1.0 ELSE pow(1 + {rate!r}, -floor(a)) END"
    else:
        formula = (
            f"CASE WHEN b <= 0 THEN 1.0 ELSE (pow(1 + {rate!r}, -a) - pow(1 + {rate!r}, -b))"
            f" / (ln(1 + {rate!r}) * (b - a)) END"
        )
    return f"CREATE TEMP MACRO discount_between(a, b) AS {formula}"


def _zeros(prices: pd.DataFrame, section: dict) -> list[bool]:
    """Return of each item whether no row means that nothing was used."""
    rule = section["zero_rule"]
    named = zip(prices["item"], prices["source_group"], strict=True)
    return [item in rule or group in rule for item, group in named]


def _covers(section: dict) -> pd.DataFrame:
    rows = [(bed, item) for bed, entry in section["items"].items() for item in entry["includes"]]
    return pd.DataFrame(rows, columns=["bed", "item"])


def _counted(section: dict) -> pd.DataFrame:
    matrix = perspective_table(section)
    if matrix.empty:
        return pd.DataFrame(columns=list(_COUNTED_COLUMNS))
    order = {name: number for number, name in enumerate(section["perspectives"])}
    counted = matrix[matrix["counted"]].copy()
    counted["perspective_order"] = counted["perspective"].map(order)
    counted["source_group"] = [section["items"][item]["source"] for item in counted["item"]]
    return counted[list(_COUNTED_COLUMNS)]


def _periods(study: dict, section: dict) -> pd.DataFrame:
    rows = []
    for number, (period, (start, end)) in enumerate(study["periods"].items()):
        visit = closing_visit(period, study, section)
        end = min(end, max(start, study["horizon_years"]))
        rows.append((period, number, float(start), float(end), visit, study["visits"].get(visit)))
    return pd.DataFrame(rows, columns=list(_PERIOD_COLUMNS))


def _source_groups(section: dict) -> pd.DataFrame:
    used = [entry["source"] for entry in section["items"].values()]
    groups = [group for group in ("records", "interview", "given") if group in used]
    return pd.DataFrame({"source_group": groups, "group_order": range(len(groups))})
