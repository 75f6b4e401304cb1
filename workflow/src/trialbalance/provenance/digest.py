"""Digests: what a rule's code is, so that an edited method is made again and a comment is not.

Snakemake notices an edited script by its time only and never an edited library module. A rule
therefore carries the digest of its script, of every library module that the script reaches by
import, of the contract of every table that it reads or writes, and of the files beside the
library, such as the templates of the report, that those modules open.
"""

import hashlib
import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from trialbalance import house
from trialbalance.contracts import schemas
from trialbalance.contracts.input_names import parts
from trialbalance.provenance.modules import keep, module

# Functions of ``house`` whose place is opened by the code itself and is no input of a rule.
OPENED = ("report_templates", "snakefile")
# Tables that speak of every other table, so that every contract bears on them.
EVERY = frozenset(("manifest", "trace"))
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


@cache
def _module(path: Path) -> tuple[str, tuple[Path, ...], frozenset[str]]:
    """Return fingerprint, library modules imported, and words of one file."""
    found, ours = module(path), f"{PACKAGE.name}."
    imported: set[Path] = set()
    for name in found.imported:
        if name.startswith(ours):
            imported |= _files(name, PACKAGE)
    return found.fingerprint, tuple(sorted(imported - {path})), found.words


@cache
def _files(dotted: str, package: Path) -> frozenset[Path]:
    """Return the files of a dotted name inside a package: the module and its parents."""
    parent = dotted.rpartition(".")[0]
    if not parent:
        return frozenset()
    place = package.joinpath(*dotted.split(".")[1:])
    candidates = (place / "__init__.py", place.with_suffix(".py"))
    return _files(parent, package).union(path for path in candidates if path.is_file())


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


@cache
def _reached(script: Path) -> tuple[bytes, tuple[str, ...]]:
    """Return the digest of all code behind a script, and which places of the house it opens."""
    digest, opened = hashlib.sha256(), set()
    for path in code_files(script):
        fingerprint, _, words = _module(path)
        digest.update(fingerprint.encode())
        opened |= {place for place in OPENED if f"house.{place}" in words}
    keep()
    return digest.digest(), tuple(sorted(opened))


def tables_named(script: Path, names: Iterable[str]) -> list[str]:
    """Return the tables of a rule, by the names of its inputs and outputs.

    Parameters
    ----------
    script : Path
        Script of the rule; a table by whose name it reads a file called otherwise counts too.
    names : iterable of str
        Names of inputs and outputs, such as ``ledger``, ``base.qaly.draws`` or ``people/measures``.

    Returns
    -------
    list of str
        Names of contracts, sorted; all of them for a rule with the manifest or the trace.

    Examples
    --------
    >>> script = house.scripts() / "compare_scenarios.py"
    >>> tables_named(script, ["base.qaly.quantities", "dearer.qaly.net_benefit", "forest"])
    ['forest', 'incremental', 'net_benefit', 'quantities', 'two_way']
    """
    words = {word for name in names for word in parts(name)}
    known = schemas.tables()
    if words & EVERY:
        return known
    named = words | _module(Path(script))[2]
    return [name for name in known if name in named]


def code_digest(script: Path, names: Iterable[str] = ()) -> str:
    """Return one digest of all the code, contracts and templates behind a script.

    Parameters
    ----------
    script : Path
        Script of a rule.
    names : iterable of str
        Names of the rule's inputs and outputs, which say what tables it reads and writes.

    Returns
    -------
    str
        16 hexadecimal digits; equal when only comments, docstrings or layout differ.
    """
    code, opened = _reached(Path(script))
    digest = hashlib.sha256(code)
    for table in tables_named(script, names):
        # What a contract says of the report bears on the rule that writes the report alone.
        digest.update(_contract(schemas.contract_files()[table], "report_templates" in opened))
    for place in opened:
        digest.update(_folder_digest(getattr(house, place)()))
    return digest.hexdigest()[:16]


@cache
def _contract(path: Path, printed: bool) -> bytes:
    """Return a contract as text, with what it says of the report where asked."""
    told = schemas.printed(path.stem) if printed else None
    return json.dumps([path.stem, schemas.schema(path.stem), told], sort_keys=True).encode()


def _folder_digest(place: Path) -> bytes:
    """Return the digest of a file, or of every file below a folder with its name."""
    digest = hashlib.sha256()
    for path in sorted(place.rglob("*")) if place.is_dir() else [place]:
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(path.relative_to(place.parent).as_posix().encode())
            digest.update(bytes.fromhex(file_digest(path)))
    return digest.digest()
