"""Where the house stands: the workflow's files beside the library, in a clone as in a wheel."""

import os
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path


@cache
def root() -> Path:
    """Return the folder that holds the Snakefile.

    Returns
    -------
    pathlib.Path
        The root of the clone, or the folder ``house`` inside an installed package.

    Examples
    --------
    >>> (root() / "workflow" / "schemas").is_dir()
    True
    """
    package = Path(__file__).resolve().parent
    installed = package / "house"
    return installed if installed.is_dir() else package.parents[2]


def library() -> list[Path]:
    """Return what another environment needs beside the packages: the library and its metadata.

    Returns
    -------
    list of pathlib.Path
        The folder of the package and, where it is installed, the folder that tells its version.

    Examples
    --------
    >>> library()[0].name
    'trialbalance'
    """
    package = Path(__file__).resolve().parent
    try:
        site = Path(str(distribution("trialbalance").locate_file("")))
    except PackageNotFoundError:
        return [package]
    return [package, *sorted(site.glob("trialbalance-*.dist-info"))]


def snakefile() -> Path:
    """Return the path of the Snakefile."""
    return root() / "Snakefile"


@cache
def schemas() -> Path:
    """Return the folder with the contracts of tables and settings."""
    return root() / "workflow" / "schemas"


def resources() -> Path:
    """Return the folder with value sets, tariffs and templates of price indices."""
    return root() / "workflow" / "resources"


def licensed() -> Path:
    """Return the folder of tables under other licences, which a clone has and a wheel has not."""
    return root() / "workflow" / "licensed"


def report_templates() -> Path:
    """Return the folder with the report templates."""
    return root() / "workflow" / "report"


def scripts() -> Path:
    """Return the folder with the scripts of the rules."""
    return root() / "workflow" / "scripts"


def studies() -> Path:
    """Return the folder with the studies that ship here."""
    return root() / "config" / "studies"


def cache_home() -> Path:
    """Return where this user's caches are.

    Examples
    --------
    >>> cache_home().name != ""
    True
    """
    return Path(os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser())
