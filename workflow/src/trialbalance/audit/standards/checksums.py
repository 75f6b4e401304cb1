"""Checksums of all results in one file that standard tools check, and what changed since."""

from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from trialbalance.contracts import Finding, Problems
from trialbalance.contracts.catalogue import catalogue, table_of
from trialbalance.provenance.digest import file_digest

SUMS = "audit/SHA256SUMS"

# The table of which the trial balance counts every line again.
RECOUNTED = "ledger"


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
    digests = {}
    for number, line in enumerate(listed.read_text(encoding="utf-8").splitlines(), start=1):
        digest, _, name = line.partition("  ")
        if len(digest) != 64 or not name or _leaves(name):
            allowed = "a checksum, two spaces and a file below this folder"
            raise Problems([Finding(str(listed), number, None, "another line", allowed,
                                    "take the list from the run")])  # fmt: skip
        digests[name] = digest
    added = [name for name in _files(root) if name not in digests]
    twins = {file_digest(root / name): name for name in added}
    found = []
    for name, digest in digests.items():
        path = root / name
        if not path.is_file() and digest in twins:
            found.append(f"{name}: missing; what the run wrote stands as {twins[digest]}.")
        elif not path.is_file():
            found.append(f"{name}: missing; the run wrote it.")
        elif file_digest(path) != digest:
            found.append(f"{name}: changed after the run.")
    return found


def added_files(root: Path) -> list[str]:
    """Return the files of a study's results that the list does not name, sorted.

    Parameters
    ----------
    root : Path
        Folder of a study's results, with a list of checksums.

    Returns
    -------
    list of str
        Names below the folder. Logs and the release are left out; what target full adds is told.
    """
    lines = (root / SUMS).read_text(encoding="utf-8").splitlines()
    listed = {line.partition("  ")[2] for line in lines}
    return [name for name in _files(root) if name not in listed]


def _files(root: Path) -> list[str]:
    """Return every file of a study's results but logs, releases and the list, sorted."""
    names = sorted(path.relative_to(root) for path in root.rglob("*") if path.is_file())
    return [
        name.as_posix()
        for name in names
        if "logs" not in name.parts
        # Snakemake keeps a hidden mark of its own in a folder that a rule makes.
        and not name.name.startswith(".")
        and name.parts[0] != "release"
        and "release_history" not in name.parts
        and not name.as_posix().startswith(SUMS)
    ]


def tampered_files(root: Path) -> list[str]:
    """Return one sentence for each file that was changed after the run by no rule of it.

    Parameters
    ----------
    root : Path
        Folder of a study's results.

    Returns
    -------
    list of str
        Empty where nothing was changed, or where the run wrote no list of checksums.

    Notes
    -----
    A file made again by a later run is newer than the list, and so is the log of its rule. What
    differs from the list and is older than it, or newer without such a log, was changed by hand.
    A newer ledger is left to the trial balance, which runs on it and says what it is out by.
    """
    listed = root / SUMS
    if not listed.is_file():
        return []
    written = listed.stat().st_mtime_ns
    logs = [log for log in root.glob("**/logs/*.log") if log.stat().st_mtime_ns > written]
    found = []
    for line in listed.read_text(encoding="utf-8").splitlines():
        digest, _, name = line.partition("  ")
        path = root / name
        if _leaves(name) or not path.is_file() or file_digest(path) == digest:
            continue
        newer = path.stat().st_mtime_ns > written
        if newer and table_of(Path(name)) == RECOUNTED:
            continue
        if not newer or not _made_again(name, logs):
            found.append(
                f"{path}: changed after the run by no rule of it; delete it, and it is made anew."
            )
    return found


def _made_again(name: str, logs: list[Path]) -> bool:
    """Return whether a log tells that the rule of a file ran again; of any rule, where unknown."""
    table = catalogue().get(table_of(Path(name)))
    return any(table is None or log.name.startswith(table.by) for log in logs)


def _leaves(name: str) -> bool:
    """Return whether a name leads out of the folder."""
    path = PurePosixPath(name)
    return path.is_absolute() or ".." in path.parts
