"""What was meant by a name that is not known, and how names are listed."""

import difflib
import unicodedata
from collections.abc import Iterable


def nearest(name: str, known: Iterable[str], cutoff: float = 0.6) -> str | None:
    """Return the known spelling nearest to a name, or None when none is near.

    Parameters
    ----------
    name : str
        What was written.
    known : iterable of str
        What could have been meant.
    cutoff : float
        How alike the two must be, from 0 to 1.

    Returns
    -------
    str or None
        The nearest known spelling.

    Examples
    --------
    >>> nearest("quantitty", ["quantity", "item"])
    'quantity'
    >>> nearest("Female", ["female", "male"])
    'female'
    """
    folded = {str(option).strip().lower().replace(" ", "_"): str(option) for option in known}
    wanted = str(name).strip().lower().replace(" ", "_")
    close = difflib.get_close_matches(wanted, list(folded)[:5000], n=1, cutoff=cutoff)
    return folded[close[0]] if close else None


def meant(name: str, known: Iterable[str]) -> str:
    """Return a hint naming the nearest spelling, or nothing when none is near.

    Examples
    --------
    >>> meant("visist", ["visits"])
    "; perhaps 'visits' was meant"
    """
    close = nearest(name, known)
    return f"; perhaps '{close}' was meant" if close else ""


def did_you_mean(name: str, known: Iterable[str], otherwise: str, cutoff: float = 0.5) -> str:
    """Return the remedy for a name that is not known: the nearest one, or something else.

    Parameters
    ----------
    name : str
        What was written.
    known : iterable of str
        What could have been meant.
    otherwise : str
        Remedy where nothing is near.
    cutoff : float
        How alike the two must be, from 0 to 1.

    Returns
    -------
    str
        A remedy for a `Finding`.

    Examples
    --------
    >>> did_you_mean("visist", ["visits"], "remove it"), did_you_mean("x", ["visits"], "remove it")
    ('did you mean visits?', 'remove it')
    """
    near = nearest(name, known, cutoff)
    return f"did you mean {near}?" if near else otherwise


def quoted_list(values: Iterable[object], limit: int = 12) -> str:
    """Return values quoted and joined, the tail counted when there are many.

    Examples
    --------
    >>> quoted_list(["a", "b", "c"], limit=2)
    "'a', 'b' and 1 other"
    """
    words = [str(value) for value in values]
    shown = ", ".join(f"'{word}'" for word in words[:limit])
    rest = len(words) - limit
    if rest > 0:
        shown += f" and {rest} other{'s' if rest > 1 else ''}"
    return shown or "nothing"


def folded(words: str) -> str:
    r"""Return words as a reader sees them: one blank, one case, one Unicode form.

    Parameters
    ----------
    words : str
        A printed name.

    Returns
    -------
    str
        The same for names that nobody tells apart.

    Examples
    --------
    >>> folded("Cafe\u0301  North ") == folded("caf\u00e9 north")
    True
    """
    return " ".join(unicodedata.normalize("NFKC", str(words)).casefold().split())
