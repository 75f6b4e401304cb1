"""The summaries of a study's records that a twin is drawn from: all that is told of anyone."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import pandas as pd

from trialbalance.commands.twinning.columns import blank_or_filled, told_column, told_date
from trialbalance.commands.twinning.disclosed import told_numbers, told_patterns, told_share
from trialbalance.disclosure.rounding import round_count

PEOPLE = ("participants", "totals")
# Columns that say what a row is about; the others hold what was recorded.
KEYS = {
    "responses": ("visit", "instrument", "item"),
    "measures_given": ("visit", "measure"),
    "costs_given": ("period", "item"),
    "resource_use": ("item", "period"),
    "episodes": ("type", "item"),
    "legal_events": ("event",),
}
# A questionnaire comes back whole: its items share one decision.
BLOCKS = {"responses": ("visit", "instrument")}
IDS = ("participant_id", "record_id")


class Known(NamedTuple):
    """What is known of a study without its records.

    Parameters
    ----------
    study : dict
        Section ``study``: visits, periods and horizon.
    covariates : dict
        Declared columns of the participants.
    interviews : dict
        Period -> visit that asks about it, where it is not the one at the period's end.
    clusters : list of str
        Columns that hold clusters.
    words : set of str
        Every word of the settings, such as items, visits and arms.
    rules : dict
        Section ``disclosure``.
    """

    study: dict[str, Any]
    covariates: dict[str, dict[str, Any]]
    interviews: dict[str, str]
    clusters: list[str]
    words: set[str]
    rules: dict[str, Any]


def summarise(tables: dict[str, pd.DataFrame], known: Known) -> dict[str, Any]:
    """Return what may be told of a study's records.

    Parameters
    ----------
    tables : dict of pandas.DataFrame of str
        Table -> its cells as text, blanks as "".
    known : Known
        What is known without them.

    Returns
    -------
    dict
        ``people``, ``visits`` where there is that table, and ``tables``. Nothing is split by arm,
        so that a twin does not tell the arms apart.
    """
    name = next(table for table in PEOPLE if table in tables)
    people = tables[name].set_index("participant_id", drop=False)
    told: dict[str, Any] = {"people": {"table": name, **_people(people, known)}}
    attended: dict[str, set[str]] | None = None
    if "visits" in tables:
        visits = tables["visits"]
        told["visits"] = _visits(visits, people, known)
        came = visits[visits["status"] == "attended"]
        attended = {
            str(visit): set(rows) for visit, rows in came.groupby("visit")["participant_id"]
        }
    told["tables"] = {
        table: {
            "columns": [str(column) for column in frame],
            "groups": _groups(table, _with_start(frame, people), len(people), attended, known),
        }
        for table, frame in tables.items()
        if table in KEYS
    }
    return told


def _people(people: pd.DataFrame, known: Known) -> dict[str, Any]:
    """Return what is told of the table with one row a person."""
    rules, columns = known.rules, [name for name in people if name not in (*IDS, "arm")]
    counts = people["arm"].value_counts()
    sizes = {
        arm: max(round_count(int(counts.get(arm, 0)), rules["rounding"]), rules["threshold"])
        for arm in known.study["arms"]
    }
    values = {}
    for name in columns:
        cells = people[name][people[name] != ""]
        values[str(name)] = told_column(str(name), cells, people, known)
    return {
        "arms": sizes,
        "columns": [str(name) for name in people],
        "filled": told_patterns(blank_or_filled(people[columns]), rules) if columns else {},
        "values": values,
    }


def _visits(visits: pd.DataFrame, people: pd.DataFrame, known: Known) -> dict[str, Any]:
    """Return the patterns of attendance, and the day of each visit after randomisation.

    A visit of somebody who had died counts as missed here; death is drawn of itself.
    """
    status = visits["status"].replace("dead", "missed")
    wide = visits.assign(status=status).pivot_table(
        index="participant_id", columns="visit", values="status", aggfunc="first"
    )
    order = [name for name in known.study["visits"] if name in wide]
    wide = wide.reindex(index=people.index, columns=order).fillna("no row")
    rows = _with_start(visits, people)
    days, undated = {}, {}
    for visit in order:
        mine = rows[(rows["visit"] == visit) & (rows["status"] == "attended")]
        dated = mine[mine["date"] != ""]
        days[visit] = told_date("date", dated, known.rules, since="start")
        undated[visit] = told_share(len(mine) - len(dated), len(mine), known.rules)
    return {
        "columns": [str(name) for name in visits],
        "patterns": told_patterns(wide, known.rules),
        "days": days,
        "undated": undated,
    }


def _with_start(frame: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    """Return rows with the date of randomisation of their participant, where there is one."""
    if "randomisation_date" not in people:
        return frame.assign(start="")
    return frame.assign(
        start=frame["participant_id"].map(people["randomisation_date"].to_dict()).fillna("")
    )


def _groups(
    table: str,
    frame: pd.DataFrame,
    everyone: int,
    attended: dict[str, set[str]] | None,
    known: Known,
) -> list[dict[str, Any]]:
    """Return what is told of each group of rows; groups of too few people are pooled."""
    keys = [name for name in KEYS[table] if name in frame]
    enough, rare = [], []
    for words, rows in frame.groupby(keys, sort=True, dropna=False):
        of = dict(zip(keys, words if isinstance(words, tuple) else (words,), strict=True))
        few = rows["participant_id"].nunique() < known.rules["threshold"]
        (rare if few else enough).append((of, rows))
    told = []
    for of, rows in enough:
        block = rows
        if blocks := BLOCKS.get(table):
            block = frame[
                (frame[list(blocks)] == pd.Series({k: of[k] for k in blocks})).all(axis=1)
            ]
        shares = _shares(
            set(block["participant_id"]), _visit_of(of, known), everyone, attended, known
        )
        asked = block["participant_id"].nunique()
        told.append({"of": of, **shares, **_rows(table, rows, keys, asked, known)})
    named = [
        (of, rows) for of, rows in rare if {word for word in of.values() if word} <= known.words
    ]
    if named:
        rows = pd.concat([rows for _, rows in named])
        if rows["participant_id"].nunique() >= known.rules["threshold"]:
            share = told_share(len(rows), everyone * len(named), known.rules)
            pool = _rows(table, rows, keys, rows["participant_id"].nunique(), known)
            told += [{"of": of, "there": share, "away": share, **pool} for of, _ in named]
    return told


def _visit_of(of: dict[str, str], known: Known) -> str | None:
    """Return the visit at which a group of rows was asked for."""
    if "visit" in of:
        return of["visit"]
    period = of.get("period")
    if not period:
        return None
    end = known.study["periods"].get(period, [None, None])[1]
    at_end = [name for name, time in known.study["visits"].items() if time == end]
    return known.interviews.get(period) or (at_end[0] if at_end else None)


def _shares(
    who: set[str],
    visit: str | None,
    everyone: int,
    attended: dict[str, set[str]] | None,
    known: Known,
) -> dict[str, Any]:
    """Return how many have any row: of those who came to the visit, and of those who did not."""
    rules = known.rules
    overall = told_share(len(who), everyone, rules)
    if attended is None or visit is None:
        return {"there": overall, "away": overall}
    came = attended.get(visit, set())
    away = everyone - len(came)
    return {
        "at": visit,
        "there": told_share(len(who & came), len(came), rules) if came else 0.0,
        "away": told_share(len(who - came), away, rules) if away else 0.0,
    }


def _rows(
    table: str, rows: pd.DataFrame, keys: Iterable[str], asked: int, known: Known
) -> dict[str, Any]:
    """Return how many rows a person has, and what is told of each column."""
    rules = known.rules
    sizes = rows.groupby("participant_id").size()
    several = told_numbers(sizes.astype(float), rules) if (sizes > 1).any() else None
    blank, values = {}, {}
    for name in (name for name in rows if name not in (*IDS, *keys, "start")):
        cells = rows[rows[name] != ""]
        gone = asked - cells["participant_id"].nunique() if table in BLOCKS else None
        blank[str(name)] = told_share(
            len(rows) - len(cells) if gone is None else gone, max(len(rows), asked), rules
        )
        # One row stands for each person, so that nobody makes up a group.
        first = cells.groupby("participant_id", sort=True).head(1)
        values[str(name)] = told_column(str(name), first[name], first, known, table)
    return {"rows": several, "blank": blank, "values": values}
