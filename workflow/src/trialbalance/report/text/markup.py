"""Markdown by parts: text from a study is escaped here, so that none of it acts as markup."""

import re
from collections.abc import Iterable, Sequence

from trialbalance.report.text.numbers import BLANK

LABEL_LENGTH = 160
TEXT_LENGTH = 4000
_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+!|<>~^$@&=\"'])")
_LIST_START = re.compile(r"^(?:([-:])|(\w{1,9})(\.)(?=\s|$))")
_UNSEEN = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]"
)


class Markdown(str):
    """Text that is Markdown already and is not escaped again."""

    __slots__ = ()


def clean(text: object, length: int = LABEL_LENGTH) -> str:
    r"""Return text on one line, without unseen or direction-turning characters, cut to a length.

    Examples
    --------
    >>> clean(" a\n b\u202e ")
    'a b'
    """
    # A lone surrogate cannot be written as UTF-8.
    words = str(text).encode("utf-8", "replace").decode("utf-8")
    words = " ".join(_UNSEEN.sub("", words.replace("\t", " ")).split())
    return words if len(words) <= length else words[: length - 1].rstrip() + "…"


def escape(text: object, length: int = TEXT_LENGTH) -> Markdown:
    r"""Return untrusted text as Markdown that shows exactly that text.

    Parameters
    ----------
    text : object
        Text of a study, a formatted number, or Markdown (returned as it is).
    length : int
        Longest text shown; the rest gives way to an ellipsis.

    Returns
    -------
    Markdown
        One line.

    Examples
    --------
    >>> escape("<b>|[a](b)")
    '\\<b\\>\\|\\[a\\]\\(b\\)'
    """
    if isinstance(text, Markdown):
        return text
    words = _SPECIAL.sub(r"\\\1", clean(text, length))
    return Markdown(_LIST_START.sub(_broken, words))


def _broken(start: re.Match) -> str:
    """Return the start of a line so that it begins no list."""
    mark, word, point = start.groups()
    return f"\\{mark}" if mark else f"{word}\\{point}"


def prose(template: str, **values: object) -> Markdown:
    r"""Return a sentence of ours with escaped values in it.

    Examples
    --------
    >>> prose("Arm {arm}.", arm="a*b")
    'Arm a\\*b.'
    """
    return Markdown(template.format(**{key: escape(value) for key, value in values.items()}))


def joined(parts: Iterable[str], between: str = " ") -> Markdown:
    """Return escaped parts put together, blanks left out."""
    return Markdown(between.join(escape(part) for part in parts if part))


def blocks(*parts: str) -> str:
    r"""Return Markdown blocks with a blank line between, empty ones left out.

    Examples
    --------
    >>> blocks("a", "", "b")
    'a\n\nb'
    """
    return "\n\n".join(part for part in parts if part)


def heading(level: int, text: str, ident: str = "") -> str:
    """Return a heading, with an identifier for links."""
    return f"{'#' * level} {escape(text)}" + (f" {{#{ident}}}" if ident else "")


def section(level: int, text: str, ident: str, *parts: str) -> str:
    """Return a heading and its blocks; nothing at all where no block has content.

    Examples
    --------
    >>> section(2, "Costs", "costs", "", "")
    ''
    """
    content = blocks(*parts)
    return blocks(heading(level, text, ident), content) if content else ""


def box(kind: str, *parts: str) -> str:
    """Return a division of a given class around blocks."""
    content = blocks(*parts)
    return f"::: {{.{kind}}}\n{content}\n:::" if content else ""


def bullets(items: Iterable[str]) -> str:
    """Return a list; nothing where there are no items."""
    return "\n".join(f"- {escape(item)}" for item in items if item)


def table(
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    caption: str,
    ident: str,
    text_columns: Sequence[int] = (0,),
    note: str = "",
    source: str = "",
) -> str:
    r"""Return a table with a caption; nothing where there are no rows.

    Parameters
    ----------
    header, rows : sequence of str
        Cells; escaped unless Markdown already.
    caption : str
        What the table shows.
    ident : str
        Identifier for links, made by us.
    text_columns : sequence of int
        Columns set to the left; all others to the right.
    note : str
        Sentence below the table.
    source : str
        File that holds the figures, as ``Facts.source`` names it, said below the table.

    Returns
    -------
    str
        A division that holds a pipe table with its caption, and the note.

    Examples
    --------
    >>> print(table(["a", "b"], [["x|y", "1"]], "Both", "t"))
    ::: {.table-frame #table-t}
    | a | b |
    |:---|---:|
    | x\|y | 1 |
    <BLANKLINE>
    : Both
    :::
    """
    if not rows:
        return ""
    rule = [":---" if column in text_columns else "---:" for column in range(len(header))]
    lines = [header, *rows]
    body = ["| " + " | ".join(escape(cell, 600) for cell in line) + " |" for line in lines]
    body.insert(1, "|" + "|".join(rule) + "|")
    slot = f' source="{clean(source)}"' if source else ""
    frame = [f"::: {{.table-frame #table-{ident}{slot}}}", *body, "", f": {escape(caption)}", ":::"]
    below = joined([note, prose("Source: {file}.", file=source) if source else ""])
    return blocks("\n".join(frame), box("note", below))


def side_by_side(arms: int, cells: Sequence[str]) -> list[str]:
    """Return what a table says of one arm: a cell each for two arms, one cell for more of them.

    Examples
    --------
    >>> side_by_side(2, ["20/104", "3.1"]), side_by_side(4, ["20/104", "3.1"])
    (['20/104', '3.1'], ['20/104; 3.1'])
    """
    if arms < 3:
        return list(cells)
    nobody = len(cells) > 1 and set(cells[1:]) == {BLANK}
    return [BLANK if nobody else "; ".join(cells)]


def figure(path: str, caption: str, alternative: str, ident: str) -> str:
    """Return a figure by its path, with a caption and a written alternative."""
    spoken = clean(alternative, TEXT_LENGTH).replace("\\", "").replace('"', "\u201d")
    return f'![{escape(caption)}]({path}){{#figure-{ident} alt="{spoken}"}}'
