"""What a run rests on: inputs, methods, versions of packages and seed."""

from pathlib import Path
from typing import Any

from trialbalance.provenance.digest import file_digest
from trialbalance.provenance.versions import versions


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
