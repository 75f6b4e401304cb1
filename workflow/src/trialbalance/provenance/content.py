"""Digests of the files that come from outside, so that an input counts by its content.

A corrected file is often older than the last run, because unpacking and copying keep times, and a
file may be touched without a change. Neither may mislead a run; so no time decides here. A large
file is read again only where its state, as the system keeps it, has changed.
"""

import json
import os
import time
from collections.abc import Iterable
from pathlib import Path

from trialbalance.provenance.digest import file_digest

# Below this size (bytes) a file is read at every run: it takes less than a few milliseconds.
LARGE = 4_000_000
# A file changed within so many seconds may change again within one tick of the system's clock.
FRESH = 2.0
KEPT = Path(".snakemake") / "trialbalance" / "digests.json"


def content_digests(paths: Iterable[Path | str]) -> dict[str, str]:
    """Return the digest of the content of each file, by its path.

    Parameters
    ----------
    paths : iterable of path-like
        Files.

    Returns
    -------
    dict of str
        Path -> SHA-256, 64 hexadecimal digits; ``not readable`` for a file that cannot be read,
        of which the rule that reads it then says why.

    Examples
    --------
    >>> content_digests(["no such file"])
    {'no such file': 'not readable'}
    """
    return {str(path): _digest(Path(path)) for path in sorted(map(str, paths))}


def _digest(path: Path) -> str:
    """Return the digest of one file, from what is kept where the file is large and the same."""
    try:
        if path.stat().st_size < LARGE:
            return file_digest(path)
        return _kept_digest(path)
    except OSError:
        return "not readable"


def state(path: Path) -> list[int]:
    """Return what changes whenever the content of a file does: size, times, and which file it is.

    The time of change (``st_ctime``) is set by the system at every write, rename over, copy and
    ``touch``, and no user can set it back; the time of modification alone would miss a copy that
    keeps an older time.
    """
    found = path.stat()
    return [found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino, found.st_dev]


def _kept_digest(path: Path) -> str:
    """Return the digest of a large file, read again only where its state has changed."""
    name, now = str(path.resolve()), state(path)
    kept = _read_kept()
    if name in kept and kept[name][0] == now:
        return kept[name][1]
    digest = file_digest(path)
    # st_ctime is the time of creation on Windows, so nothing is kept there.
    settled = time.time() - max(now[1:3]) / 1e9 > FRESH and state(path) == now
    if settled and os.name == "posix":
        _write_kept(_read_kept() | {name: [now, digest]})
    return digest


def _read_kept() -> dict[str, list]:
    """Return the digests kept by earlier runs; none where there is no such file."""
    try:
        found = json.loads(KEPT.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _write_kept(kept: dict[str, list]) -> None:
    """Keep digests beside what Snakemake keeps; where nothing can be written, nothing is kept."""
    new = KEPT.with_name(f"{KEPT.name}.{os.getpid()}")
    try:
        KEPT.parent.mkdir(parents=True, exist_ok=True)
        new.write_text(json.dumps(kept), encoding="utf-8")
        new.replace(KEPT)
    except OSError:
        new.unlink(missing_ok=True)
