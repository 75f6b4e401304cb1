"""Characters that no drawing can hold: they are dropped before anything is drawn."""

import re
from collections.abc import Mapping
from typing import Any

import pandas as pd

# What XML does not allow; the library that draws ends the whole program at the first.
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def printable(value: Any) -> Any:
    r"""Return texts, or tables and settings full of them, without characters that XML refuses.

    Parameters
    ----------
    value : object
        Text, table, or mapping or list of such; anything else is returned as it is, and so is
        whatever holds no such character.

    Examples
    --------
    >>> printable({"label": "a\x00b", "n": 3}), printable("plain")
    ({'label': 'ab', 'n': 3}, 'plain')
    """
    if isinstance(value, str):
        return _NO_XML.sub("", value) if _NO_XML.search(value) else value
    if isinstance(value, pd.DataFrame):
        texts = [name for name in value if not pd.api.types.is_numeric_dtype(value[name])]
        wrong = [name for name in texts if any(map(_NO_XML.search, _words(value[name])))]
        return value.assign(**{n: value[n].map(printable) for n in wrong}) if wrong else value
    if isinstance(value, Mapping):
        made = {printable(key): printable(item) for key, item in value.items()}
        kept = all(key in value and made[key] is value[key] for key in made)
        return value if kept else made
    if isinstance(value, list):
        found = [printable(item) for item in value]
        return value if all(a is b for a, b in zip(found, value, strict=True)) else found
    return value


def _words(column: pd.Series) -> list[str]:
    return [str(cell) for cell in column.dropna().unique()]
