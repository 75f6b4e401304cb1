"""What a run rests on: inputs, methods, versions of packages and seed."""

import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from trialbalance.provenance.digest import file_digest

PACKAGES = (
    "trialbalance",
    "snakemake",
    "numpy",
    "pandas",
    "scipy",
    "duckdb",
    "pymc",
    "pytensor",
    "nutpie",
    "numba",
    "arviz",
    "altair",
)


def versions() -> dict[str, str]:
    """Return Python's version and that of each package that is installed.

    Returns
    -------
    dict
        Name -> version.

    Examples
    --------
    >>> versions()["python"].startswith("3.")
    True
    """
    found = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def record(
    study: str, seed: int, inputs: dict[str, Path | str], codes: dict[str, str]
) -> dict[str, Any]:
    """Return what a run rests on.

    Parameters
    ----------
    study : str
        Name of the study.
    seed : int
        Root of its random streams.
    inputs : dict
        Name -> file from outside: records, prices, value sets.
    codes : dict
        Stage -> digest of its method.

    Returns
    -------
    dict
        study, seed, inputs (name -> SHA-256), code and versions; no clock time, so that two equal
        runs are equal here too.

    Examples
    --------
    >>> record("trial", 1, {}, {"costs": "ab"})["code"]
    {'costs': 'ab'}
    """
    return {
        "study": study,
        "seed": seed,
        "inputs": {name: file_digest(path) for name, path in sorted(inputs.items())},
        "code": codes,
        "versions": versions(),
    }
