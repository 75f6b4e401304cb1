"""Versions of the packages on which the numbers rest."""

import platform
from importlib.metadata import PackageNotFoundError, version

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
