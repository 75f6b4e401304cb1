"""Where compiled densities are kept on disk, and how an entry is written, held whole and found.

The folder is ``${XDG_CACHE_HOME:-~/.cache}/trialbalance/<versions>-<hash of the engine>``; where
that cannot be written, one of this user's own in the folder for temporary files. An entry is a
folder of its own: made under another name, sealed with the checksum of each file, and renamed when
it is whole, so that nobody ever meets half an entry. A lock lets a second process wait for the
first instead of compiling the same.

Nothing heavy is imported here: the package asks for the folder before PyTensor is loaded.
"""

import contextlib
import functools
import hashlib
import importlib.metadata
import json
import os
import shutil
import sys
import tempfile
import time
import uuid
from pathlib import Path
from typing import Any

from trialbalance.house import cache_home

try:
    import fcntl
except ImportError:  # pragma: no cover - where there are no such locks, each process compiles
    fcntl = None

_LIBRARIES = ("pytensor", "numba", "numpy", "pymc")
_SOURCES = (
    "cache.py",
    "compile.py",
    "density.py",
    "digamma.py",
    "fingerprint.py",
    "machine_code.py",
)
_SEAL = "entry.json"
_ENTRIES = 100


@functools.cache
def cache_folder():
    """Return the folder of compiled densities, made if missing.

    Returns
    -------
    pathlib.Path
        A folder that can be written.

    Examples
    --------
    >>> os.access(cache_folder(), os.W_OK)
    True
    """
    home = cache_home()
    name = f"{versions()}-{engine_hash()[:12]}"
    chosen = home / "trialbalance" / name
    # PyTensor's flags are parted by commas, so a folder cannot have one.
    if home.is_absolute() and "," not in str(chosen) and writable(chosen):
        return chosen
    chosen = Path(tempfile.gettempdir()) / f"trialbalance-{_user()}"
    if _own(chosen) and writable(chosen / name):
        return chosen / name
    return Path(tempfile.mkdtemp(prefix="trialbalance-"))


def versions():
    """Return the versions of what compiles, as part of a folder's name.

    Examples
    --------
    >>> "numba" in versions()
    True
    """
    found = [f"{name}{importlib.metadata.version(name)}" for name in _LIBRARIES]
    return "-".join([*found, f"python{sys.version_info.major}.{sys.version_info.minor}"])


def engine_hash(folder: Path | None = None):
    """Return the SHA-256 of the source files that decide how a graph becomes machine code.

    A change of families or priors changes the graph, which is part of each entry's own key.

    Parameters
    ----------
    folder : pathlib.Path, optional
        Where the sources are; this package by default.

    Examples
    --------
    >>> len(engine_hash())
    64
    """
    folder = Path(folder or Path(__file__).parent)
    return hashlib.sha256(b"".join((folder / name).read_bytes() for name in _SOURCES)).hexdigest()


def _user():
    return os.getuid() if hasattr(os, "getuid") else os.environ.get("USERNAME", "user")


def writable(folder: Path):
    """Return whether the folder is there, or could be made, and takes a file.

    Examples
    --------
    >>> writable(Path(tempfile.gettempdir()))
    True
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def _own(folder):
    """Return whether a folder among everybody's temporary files is this user's and closed.

    What is kept is code that will run, so nobody else may have put it there.
    """
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        state = folder.lstat()
    except OSError:
        return False
    return folder.is_dir() and not folder.is_symlink() and (
        not hasattr(os, "getuid") or (state.st_uid == os.getuid() and not state.st_mode & 0o022)
    )  # fmt: skip


def sealed(entry: Path, record: dict[str, Any]):
    """Return whether an entry is there, whole, and made for this record.

    Parameters
    ----------
    entry : pathlib.Path
        Folder of the entry.
    record : dict
        What the entry must have been made for.

    Returns
    -------
    bool
        False also for files that are missing, cut short or changed.

    Examples
    --------
    >>> sealed(Path("no/such/entry"), {})
    False
    """
    try:
        seal = json.loads((entry / _SEAL).read_text(encoding="utf-8"))
        found = seal["record"] == record and seal["files"] == _checksums(entry)
    except (OSError, ValueError, KeyError, TypeError):
        return False
    with contextlib.suppress(OSError):
        os.utime(entry)
    return found


@contextlib.contextmanager
def draft(entry: Path, record: dict[str, Any]):
    """Give a folder to write an entry in; on leaving, it is sealed and takes its name.

    Parameters
    ----------
    entry : pathlib.Path
        What the folder shall be called; an entry of that name is replaced.
    record : dict
        What the entry is made for, kept with it.

    Yields
    ------
    pathlib.Path or None
        The folder, None where none can be made; a folder left empty is dropped.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as place:
    ...     with draft(Path(place) / "one", {}) as folder:
    ...         _ = (folder / "code").write_text("1")
    ...     print(sealed(Path(place) / "one", {}))
    True
    """
    folder = entry.with_name(f"{entry.name}.{uuid.uuid4().hex[:12]}")
    try:
        folder.mkdir(parents=True)
    except OSError:
        yield None
        return
    try:
        yield folder
        files = _checksums(folder)
        if files:
            text = json.dumps({"record": record, "files": files}, indent=1, sort_keys=True)
            (folder / _SEAL).write_text(text, encoding="utf-8")
            _replace(folder, entry)
            _prune(entry.parent)
    except OSError:
        # A full disk costs the next process a compilation and no more.
        pass
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _checksums(folder):
    return {
        file.name: hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.iterdir())
        if file.name != _SEAL
    }


def _replace(folder, entry):
    """Rename a folder to the entry's name, after moving away what stands there."""
    old = folder.with_name(f"{folder.name}.old")
    with contextlib.suppress(FileNotFoundError):
        entry.rename(old)
    folder.rename(entry)
    shutil.rmtree(old, ignore_errors=True)


def _prune(folder):
    """Drop the entries longest unused where there are very many, and drafts left for a day."""
    whole, day = [], time.time() - 86400
    for entry in folder.iterdir():
        if (entry / _SEAL).is_file() and "." not in entry.name:
            whole.append(entry)
        elif entry.is_dir() and entry.stat().st_mtime < day:
            shutil.rmtree(entry, ignore_errors=True)
    whole.sort(key=lambda entry: entry.stat().st_mtime)
    for entry in whole[:-_ENTRIES]:
        shutil.rmtree(entry, ignore_errors=True)


@contextlib.contextmanager
def locked(entry: Path):
    """Hold a lock; a process that ends lets go of it, however it ends.

    Parameters
    ----------
    entry : pathlib.Path
        What is locked, by the file ``<entry>.lock`` beside it.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as place, locked(Path(place) / "one"):
    ...     print(sorted(file.name for file in Path(place).iterdir()))
    ['one.lock']
    """
    with contextlib.ExitStack() as held:
        # Without a lock (a file system that has none) two processes may compile the same.
        with contextlib.suppress(OSError):
            entry.parent.mkdir(parents=True, exist_ok=True)
            file = held.enter_context(entry.with_name(f"{entry.name}.lock").open("w"))
            if fcntl is not None:
                fcntl.flock(file, fcntl.LOCK_EX)
        yield
