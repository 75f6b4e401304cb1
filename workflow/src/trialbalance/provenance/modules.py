"""What a digest needs to know of a Python file, kept from run to run by the file's content.

Reading the library takes seconds and it hardly ever changes. What was found in a file is therefore
kept in ``${XDG_CACHE_HOME:-~/.cache}/trialbalance/modules.json`` under the SHA-256 of its content,
of this module and of Python's version, so that no time and no place decides. Where nothing can be
kept, everything is read again.
"""

import ast
import hashlib
import json
import os
import sys
from functools import cache
from pathlib import Path
from typing import NamedTuple

from trialbalance import house

# Entries kept; a clone has about 500 files, and every edit adds one.
MOST = 5000


class Module(NamedTuple):
    """What a Python file is to a digest."""

    fingerprint: str
    """SHA-256 of its code without comments, docstrings and layout."""
    imported: tuple[str, ...]
    """Dotted names that it imports, sorted; a name from a module also as if it were a module."""
    words: frozenset[str]
    """Strings that could name a table, and ``house.<name>`` for each place that it asks for."""


def normalised(tree: ast.Module) -> str:
    """Return a syntax tree as text, without docstrings; comments and layout are none of it.

    Parameters
    ----------
    tree : ast.Module
        Tree of a module, from which docstrings are taken.

    Returns
    -------
    str
        Equal for modules that do the same by the same words.

    Examples
    --------
    >>> normalised(ast.parse("x = 1  # one")) == normalised(ast.parse("x  =  1"))
    True
    >>> normalised(ast.parse("x = 1")) == normalised(ast.parse("x = 2"))
    False
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0] if node.body else None
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                node.body = node.body[1:] or [ast.Pass()]
    return ast.dump(tree, annotate_fields=False)


def examine(source: str) -> Module:
    r"""Return what the source of a Python file is to a digest.

    Parameters
    ----------
    source : str
        Text of the file.

    Returns
    -------
    Module
        Fingerprint, imports and words.

    Examples
    --------
    >>> examine("from os import path\nread('ledger')").imported
    ('os', 'os.path')
    """
    tree = ast.parse(source)
    imported: set[str] = set()
    words: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imported.update(name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            imported.update((node.module, *(f"{node.module}.{name.name}" for name in node.names)))
        elif isinstance(node, ast.Constant):
            if isinstance(node.value, str) and node.value.isidentifier():
                words.add(node.value)
        elif (
            isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.value.id == "house"
        ):
            words.add(f"house.{node.attr}")
    fingerprint = hashlib.sha256(normalised(tree).encode()).hexdigest()
    return Module(fingerprint, tuple(sorted(imported)), frozenset(words))


def module(path: Path) -> Module:
    """Return what a Python file is to a digest, from what is kept where its content is known.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    Module
        As from `examine`.

    Examples
    --------
    >>> "trialbalance.house" in module(Path(__file__)).imported
    True
    """
    content = path.read_bytes()
    key = hashlib.sha256(_salt() + content).hexdigest()
    kept = _kept()
    if key not in kept:
        kept[key] = examine(content.decode("utf-8"))
        _new.add(key)
    return kept[key]


@cache
def _salt() -> bytes:
    """Return what else decides what is found in a file: how it is looked for, and the grammar."""
    return Path(__file__).read_bytes() + repr(sys.version_info[:3]).encode()


_new: set[str] = set()


def _place() -> Path:
    return house.cache_home() / "trialbalance" / "modules.json"


@cache
def _kept() -> dict[str, Module]:
    """Return what was found in files by earlier runs and by this one."""
    return _read()


def _read() -> dict[str, Module]:
    """Return what earlier runs kept; nothing where it cannot be read or is no such thing."""
    try:
        found = json.loads(_place().read_text(encoding="utf-8"))
        return {
            key: Module(str(mark), tuple(map(str, names)), frozenset(map(str, words)))
            for key, (mark, names, words) in found.items()
        }
    except (OSError, ValueError, TypeError, AttributeError, RuntimeError):
        return {}


def keep() -> None:
    """Keep what was found in files that no earlier run knew; nothing where it cannot be written."""
    if not _new:
        return
    found = _kept()
    # Another process may have kept its own in the meantime; the newest stand last.
    whole = {**_read(), **{key: found[key] for key in _new}}
    _new.clear()
    latest = list(whole.items())[-MOST:]
    text = json.dumps({key: (*one[:2], sorted(one.words)) for key, one in latest})
    try:
        place = _place()
        place.parent.mkdir(parents=True, exist_ok=True)
        draft = place.with_name(f"{place.name}.{os.getpid()}")
        try:
            draft.write_text(text, encoding="utf-8")
            draft.replace(place)
        finally:
            draft.unlink(missing_ok=True)
    except (OSError, RuntimeError):
        # The next run reads the files again, and no more.
        return
