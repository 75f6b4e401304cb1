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
    before = "/".join(filter(None, (place, contract["name"])))
    columns = [frame[name].tolist() for name in contract["figures"]]
    words = zip(*columns, strict=True) if columns else [()] * len(frame)
    names = ["/".join([before, *filter(None, map(_word, row))]) for row in words]
    rows = pd.Series(names, index=frame.index, dtype=object)
    again = rows.groupby(rows).cumcount()
    return rows.where(again == 0, [f"{row}+{n + 1}" for row, n in zip(rows, again, strict=True)])


def _word(value: object) -> str:
    """Return a key as one word: numbers as they are written, other marks as underlines."""
    if value is None or pd.isna(value):
        return ""
    if isinstance(value, float):
        return f"{value:.10g}"
    return _OTHER.sub("_", str(value)).strip("_")
