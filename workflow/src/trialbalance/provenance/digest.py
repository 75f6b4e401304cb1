"""Digests: what a rule's code is, so that an edited method is made again and a comment is not.

Snakemake notices an edited script by its time only and never an edited library module. A rule
therefore carries the digest of its script, of every library module that the script reaches by
import and of every table contract it names.
"""

import ast
import hashlib
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent


def file_digest(path: Path | str) -> str:
    """Return the SHA-256 of a file, read in pieces.

    Parameters
    ----------
    path : path-like
        The file.

    Returns
    -------
    str
        64 hexadecimal digits.
    """
    with Path(path).open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def normalised(source: str) -> str:
    """Return the syntax tree of a module as text, without comments, docstrings and layout.

    Examples
    --------
    >>> normalised("x = 1  # one") == normalised("x  =  1")
    True
    >>> normalised("x = 1") == normalised("x = 2")
    False
    """
    tree = ast.parse(source)
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if not isinstance(body, list) or not body:
            continue
        first = body[0]
        if isinstance(first, ast.Expr) and isinstance(getattr(first, "value", None), ast.Constant):
            node.body = body[1:] or [ast.Pass()]
    return ast.dump(tree, annotate_fields=False)


@cache
def _module(path: Path) -> tuple[str, tuple[Path, ...], frozenset[str]]:
    """Return normalised text, library modules imported, and string constants of one file."""
    source = path.read_text(encoding="utf-8")
    tree = ast.parse(source)
    imported: set[Path] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for name in node.names:
                imported |= _files(name.name)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            imported |= _files(node.module)
            for name in node.names:
                imported |= _files(f"{node.module}.{name.name}")
    words = frozenset(
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
    keywords = frozenset(
        word.arg
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        for word in node.keywords
        if word.arg
    )
    return normalised(source), tuple(sorted(imported - {path})), words | keywords


def _files(dotted: str) -> set[Path]:
    """Return the files of a dotted name inside this package: the module and its parents."""
    words = dotted.split(".")
    if words[0] != PACKAGE.name:
        return set()
    found = set()
    for depth in range(1, len(words) + 1):
        place = PACKAGE.joinpath(*words[1:depth])
        for candidate in (place / "__init__.py", place.with_suffix(".py")):
            if candidate.is_file() and candidate != PACKAGE / "__init__.py":
                found.add(candidate)
    return found


def code_files(script: Path) -> list[Path]:
    """Return a script and every library module that it reaches by import, sorted.

    Parameters
    ----------
    script : Path
        The Python file to start from.

    Returns
    -------
    list of Path
        The script first, then the modules in order of their paths.
    """
    reached: set[Path] = set()
    waiting = [Path(script)]
    while waiting:
        path = waiting.pop()
        if path in reached:
            continue
        reached.add(path)
        waiting += _module(path)[1]
    return [Path(script), *sorted(reached - {Path(script)})]


def code_digest(script: Path, schemas: Path) -> str:
    """Return one digest of all the code and table contracts behind a script.

    Parameters
    ----------
    script : Path
        Script of a rule.
    schemas : Path
        Folder of table contracts; those whose name the script says belong to it.

    Returns
    -------
    str
        16 hexadecimal digits; equal when only comments, docstrings or layout differ.
    """
    digest = hashlib.sha256()
    for path in code_files(script):
        digest.update(_module(path)[0].encode())
    words = _module(Path(script))[2]
    for contract in sorted(Path(schemas).glob("*.yaml")):
        if contract.stem in words:
            digest.update(contract.read_bytes())
    return digest.hexdigest()[:16]
