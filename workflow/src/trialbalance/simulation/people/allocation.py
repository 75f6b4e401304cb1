"""Allocation to arms by permuted blocks within strata, and choice of exact numbers of people."""

import numpy as np

from trialbalance.contracts import Finding, Problems

ATTEMPTS = 2000


def permuted_blocks(
    n: int, arms: list[str], block_sizes: list[int], rng: np.random.Generator
) -> np.ndarray:
    """Allocate a sequence of participants by blocks of random size, balanced within each block.

    Parameters
    ----------
    n : int
        Number of participants.
    arms : list of str
        Arms in equal ratio.
    block_sizes : list of int
        Possible sizes; each a multiple of the number of arms.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    numpy.ndarray of str, shape (n,)
        Arm of each participant in order of entry.

    Examples
    --------
    >>> sorted(permuted_blocks(4, ["a", "b"], [4], np.random.default_rng(1)).tolist())
    ['a', 'a', 'b', 'b']
    """
    names = np.array(arms, dtype=object)
    parts, filled = [], 0
    while filled < n:
        size = int(rng.choice(block_sizes))
        parts.append(rng.permutation(np.tile(names, size // len(arms))))
        filled += size
    return np.concatenate(parts)[:n] if parts else np.array([], dtype=object)


def allocate(
    strata: np.ndarray, sizes: dict[str, int], block_sizes: list[int], rng: np.random.Generator
) -> np.ndarray:
    """Draw stratified allocations until the arms have exactly the sizes of the design.

    Parameters
    ----------
    strata : numpy.ndarray
        Stratum label of each participant in order of entry.
    sizes : dict
        Participants in each arm; an arm of size 0 is never allocated.
    block_sizes : list of int
        Possible block sizes.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    numpy.ndarray of str
        Arm of each participant.

    Raises
    ------
    Problems
        If the sizes do not add up, or blocks of equal ratio cannot reach them.

    Notes
    -----
    Redrawing until the totals agree samples from the allocation given its margins.

    Examples
    --------
    >>> drawn = allocate(np.zeros(6), {"a": 3, "b": 3}, [2], np.random.default_rng(1))
    >>> int((drawn == "a").sum())
    3
    """
    arms = [arm for arm, size in sizes.items() if size]
    where = "participants.arm_sizes"
    if sum(sizes.values()) != len(strata):
        allowed = f"{len(strata)} in all"
        raise Problems([Finding("simulator.yaml", None, where, str(sizes), allowed)])
    if bad := [size for size in block_sizes if size % len(arms)]:
        allowed = f"multiples of {len(arms)}"
        raise Problems(
            [Finding("simulator.yaml", None, "participants.block_sizes", str(bad), allowed)]
        )
    groups = [np.flatnonzero(strata == stratum) for stratum in np.unique(strata)]
    result = np.empty(len(strata), dtype=object)
    for _ in range(ATTEMPTS):
        for members in groups:
            result[members] = permuted_blocks(len(members), arms, block_sizes, rng)
        if all((result == arm).sum() == sizes[arm] for arm in arms):
            return result
    remedy = "arms of one trial are allocated in equal ratio"
    raise Problems([Finding("simulator.yaml", None, where, str(sizes), "near equal sizes", remedy)])


def choose_exactly(
    counts: dict[str, int], arm: np.ndarray, eligible: np.ndarray, score: np.ndarray
) -> np.ndarray:
    """Mark the given number of eligible participants in each arm, highest scores first.

    Parameters
    ----------
    counts : dict
        How many to mark in each arm.
    arm : numpy.ndarray
        Arm of each participant.
    eligible : numpy.ndarray of bool
        Who may be marked.
    score : numpy.ndarray
        With log-weight plus Gumbel noise this is weighted sampling without replacement.

    Returns
    -------
    numpy.ndarray of bool
        Who is marked.

    Raises
    ------
    Problems
        If an arm has fewer eligible participants than are to be marked.

    Examples
    --------
    >>> arm, everyone = np.array(["a", "a", "b"]), np.ones(3, bool)
    >>> choose_exactly({"a": 1, "b": 1}, arm, everyone, np.array([0.1, 2.0, 0.0])).tolist()
    [False, True, True]
    """
    marked = np.zeros(len(arm), dtype=bool)
    for name, count in counts.items():
        members = np.flatnonzero((arm == name) & eligible)
        if len(members) < count:
            found = f"{count} to choose in arm {name} among {len(members)} eligible"
            raise Problems([Finding("simulator.yaml", None, None, found, "no more than eligible")])
        marked[members[np.argsort(-score[members], kind="stable")[:count]]] = True
    return marked
