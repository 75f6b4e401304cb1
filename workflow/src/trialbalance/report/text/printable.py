"""Characters that no drawing or font can hold: dropped, or given by their number in Unicode."""

import re
from collections.abc import Mapping
from typing import Any

import pandas as pd

# What XML does not allow; the library that draws ends the whole program at the first.
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


# Scripts all of which a font lacks that lacks one sign of them: those of East Asia, and pictures.
_WIDE = re.compile("[\u2e80-\u9fff\uac00-\ud7ff\uf900-\ufaff\ufe30-\uffef\U0001f000-\U0003ffff]")


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


def by_number(source: str, signs: set[str]) -> str:
    """Return a source with signs given by their number in Unicode, as no font has them.

    Examples
    --------
    >>> by_number("x \u2610", {"\u2610"})
    'x (U+2610)'
    """

    def number(sign: str) -> str:
        return f"(U+{ord(sign):04X})"

    for sign in signs:
        source = source.replace(sign, number(sign))
    if any(_WIDE.match(sign) for sign in signs):
        source = _WIDE.sub(lambda found: number(found[0]), source)
    return source
