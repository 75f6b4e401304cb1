"""Named random streams: the same name gives the same numbers, whatever else the run draws."""

import hashlib

import numpy as np


def seed_of(seed: int, *names: str) -> int:
    """Return a 32-bit seed that belongs to a root seed and a name.

    Parameters
    ----------
    seed : int
        Root seed of the study.
    *names : str
        Words that name the stream, such as study, stage and analysis. The scenario is left out
        on purpose: scenarios are compared on common random numbers.

    Returns
    -------
    int
        Seed in [0, 2**31).

    Examples
    --------
    >>> seed_of(1, "model", "qaly") == seed_of(1, "model", "qaly")
    True
    >>> seed_of(1, "model", "qaly") == seed_of(1, "modelq", "aly")
    False
    """
    digest = hashlib.sha256("\x1f".join((str(seed), *names)).encode()).digest()
    return int.from_bytes(digest[:4], "big") >> 1


def stream(seed: int, *names: str) -> np.random.Generator:
    """Return the random generator of a named stream.

    Parameters
    ----------
    seed : int
        Root seed of the study.
    *names : str
        Words that name the stream.

    Returns
    -------
    numpy.random.Generator
        Independent of every stream with another name.

    Examples
    --------
    >>> float(stream(1, "a").random()) == float(stream(1, "a").random())
    True
    """
    digest = hashlib.sha256("\x1f".join((str(seed), *names)).encode()).digest()
    return np.random.default_rng(np.random.SeedSequence(int.from_bytes(digest, "big")))


def repetition(number: int) -> tuple[str, ...]:
    """Return the words that name a further run of a stream; none for the first, number 0.

    Parameters
    ----------
    number : int
        Setting ``model.repetition``.

    Returns
    -------
    tuple of str
        Words for `seed_of` behind those of the stream.

    Examples
    --------
    >>> seed_of(1, "model", *repetition(0)) == seed_of(1, "model")
    True
    >>> seed_of(1, "model", *repetition(1)) == seed_of(1, "model")
    False
    """
    return (f"repetition {number}",) if number else ()
