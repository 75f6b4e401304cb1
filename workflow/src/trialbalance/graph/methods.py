"""The method of each stage: one digest of its script, the library behind it and its contracts."""

from trialbalance import house
from trialbalance.contracts.catalogue import catalogue
from trialbalance.provenance.digest import code_digest

# The script that makes the figures of a stage.
SCRIPTS = {
    "data": "read_records",
    "costs": "value_resources",
    "outcomes": "score_outcomes",
    "dataset": "build_dataset",
    "model": "fit_model",
    "decision": "compare_arms",
    "synthesis": "compare_scenarios",
}


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
    names = [one.name for one in catalogue().values() if one.stage == stage and not one.target]
    return code_digest(house.scripts() / f"{SCRIPTS[stage]}.py", sorted(names))
