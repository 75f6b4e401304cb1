"""The method of each stage: one digest of its script, the library behind it and its contracts."""

from trialbalance import house
from trialbalance.graph.tables import SCRIPTS, SYNTHESIS, stage_tables
from trialbalance.provenance.digest import code_digest
from trialbalance.settings.sections.data import TABLES


def stage_digests() -> dict[str, str]:
    """Return the digest of the method of every stage that makes figures, by its word."""
    return {stage: stage_digest(stage) for stage in SCRIPTS}


def stage_digest(stage: str) -> str:
    """Return the digest of the method of a stage, the same for every study.

    Parameters
    ----------
    stage : str
        Word of a stage with a script, such as ``costs``.

    Returns
    -------
    str
        16 hexadecimal digits. Contracts of all tables that the stage writes at any door count.

    Examples
    --------
    >>> stage_digest("costs") == stage_digest("outcomes")
    False
    """
    doors = () if stage == "synthesis" else TABLES
    names = {name for door in doors for name in stage_tables(door, stage)}
    names |= set(SYNTHESIS) if stage == "synthesis" else set()
    return code_digest(house.scripts() / f"{SCRIPTS[stage]}.py", sorted(names))
