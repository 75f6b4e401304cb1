"""Where each value set is published, whether payers adopted it, and which file was used."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from trialbalance.provenance.digest import file_digest

HEAD, REGISTER = "value_set/", "value_set_register"


def value_set_facts(inputs: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Return citation, standing and digest of the value sets that a report's inputs name.

    Parameters
    ----------
    inputs : mapping of str to path-like
        Inputs of the report; ``value_set/<name>`` and ``value_set_register`` are read.

    Returns
    -------
    dict
        Value set → ``sha256``; and ``source`` and ``standing`` where the very file is registered.

    Examples
    --------
    >>> from trialbalance import house
    >>> folder = house.resources() / "value_sets"
    >>> found = value_set_facts({"value_set/icecap_o_uk": folder / "icecap_o_uk.csv",
    ...                          "value_set_register": folder / "sources.yaml"})
    >>> found["icecap_o_uk"]["standing"]
    'no threshold is accepted for capability'
    """
    if REGISTER not in inputs:
        return {}
    register = yaml.safe_load(Path(str(inputs[REGISTER])).read_text(encoding="utf-8"))
    known = {entry["sha256"]: entry for entry in register}
    found = {}
    for name, path in inputs.items():
        if name.startswith(HEAD):
            digest = file_digest(Path(str(path)))
            entry = known.get(digest, {})
            words = {word: str(entry[word]).strip() for word in ("source", "standing") if entry}
            found[name.removeprefix(HEAD)] = {"sha256": digest, **words}
    return found


def told_of(name: str, tool: Mapping[str, Any], known: Mapping[str, Mapping[str, str]]) -> str:
    """Return in a sentence where a value set comes from, how it stands, and its digest.

    Parameters
    ----------
    name : str
        Value set.
    tool : mapping
        Instrument; ``citation`` and ``standing`` of the study go before those registered.
    known : mapping
        As from `value_set_facts`.

    Returns
    -------
    str
        Words for the methods.

    Examples
    --------
    >>> told_of("own", {"standing": "proposed, not adopted"}, {"own": {"sha256": "ab" * 32}})
    'own: no citation was given; proposed, not adopted; file with digest abababababab.'
    """
    facts = known.get(name, {})
    cited = tool.get("citation") or facts.get("source") or "no citation was given"
    standing = tool.get("standing") or facts.get("standing") or "its standing was not stated"
    digest = f"; file with digest {facts['sha256'][:12]}" if "sha256" in facts else ""
    return f"{name}: {cited.rstrip('.')}; {standing}{digest}."
