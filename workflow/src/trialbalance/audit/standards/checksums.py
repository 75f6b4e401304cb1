"""Checksums of all results in one file that standard tools check, and what changed since."""

from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from trialbalance.contracts import Finding, Problems
from trialbalance.provenance.digest import file_digest

SUMS = "audit/SHA256SUMS"


def checksum_lines(files: Iterable[Path], root: Path) -> str:
    """Return the lines that ``sha256sum -c`` reads, one a file, sorted by name.

    Parameters
    ----------
    files : iterable of Path
        Files below the root; one that is not there is left out.
    root : Path
        Folder of the study's results, from which the lines are checked.

    Returns
    -------
    str
        ``digest  name`` by line.
    """
    named = sorted(
        {path.relative_to(root).as_posix(): path for path in files if path.is_file()}.items()
    )
    return "".join(f"{file_digest(path)}  {name}\n" for name, path in named)


def changed_files(root: Path) -> list[str]:
    """Return one sentence for each file that is not what the run wrote.

    Parameters
    ----------
    root : Path
        Folder of a study's results.

    Returns
    -------
    list of str
        Changed and missing files, in the order of the list; empty when all is as written.

    Raises
    ------
    Problems
        There is no list, or a line of it is none.
    """
    listed = root / SUMS
    if not listed.is_file():
        remedy = "give the folder of one study's results, made by a run that ended"
        raise Problems([Finding(str(listed), found="no list of checksums", remedy=remedy)])
    found = []
    for number, line in enumerate(listed.read_text(encoding="utf-8").splitlines(), start=1):
        digest, _, name = line.partition("  ")
        if len(digest) != 64 or not name or _leaves(name):
            allowed = "a checksum, two spaces and a file below this folder"
            raise Problems([Finding(str(listed), number, None, "another line", allowed,
                                    "take the list from the run")])  # fmt: skip
        path = root / name
        if not path.is_file():
            found.append(f"{name}: missing; the run wrote it.")
        elif file_digest(path) != digest:
            found.append(f"{name}: changed after the run.")
    return found


def _leaves(name: str) -> bool:
    """Return whether a name leads out of the folder."""
    path = PurePosixPath(name)
    return path.is_absolute() or ".." in path.parts
