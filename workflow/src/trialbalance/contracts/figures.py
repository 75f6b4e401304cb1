"""Identifiers of figures: given when a table is written, the same from run to run."""

import re

import pandas as pd

FIGURE = {
    "name": "figure",
    "type": "string",
    "description": "Identifier of the row; a figure is this, a point and the name of its column.",
    "constraints": {"required": True},
}
_OTHER = re.compile(r"[^A-Za-z0-9.+-]+")


def row_identifiers(frame: pd.DataFrame, contract: dict, place: str = "") -> pd.Series:
    """Return the identifier of each row of a table.

    Parameters
    ----------
    frame : pandas.DataFrame
        Table whose contract says under ``figures`` which columns name a row.
    contract : dict
        Contract of the table.
    place : str
        Where the table belongs, such as ``base/qaly``.

    Returns
    -------
    pandas.Series of str
        ``place/table/key/…``; with a point and the name of a column it names one figure.

    Examples
    --------
    >>> contract = {"name": "arms", "figures": ["arm"]}
    >>> row_identifiers(pd.DataFrame({"arm": ["new", "usual"]}), contract, "base/qaly").tolist()
    ['base/qaly/arms/new', 'base/qaly/arms/usual']
    """
    words = [frame[name].map(_word, na_action=None) for name in contract["figures"]]
    before = "/".join(filter(None, (place, contract["name"])))
    rows = pd.Series([before] * len(frame), index=frame.index, dtype=object)
    for word in words:
        rows = rows + word.map(lambda one: f"/{one}" if one else "")
    again = rows.groupby(rows).cumcount()
    return rows.where(again == 0, rows + "+" + (again + 1).astype(str))


def _word(value: object) -> str:
    """Return a key as one word: numbers as they are written, other marks as underlines."""
    if value is None or pd.isna(value):
        return ""
    if isinstance(value, float):
        return f"{value:.10g}"
    return _OTHER.sub("_", str(value)).strip("_")
