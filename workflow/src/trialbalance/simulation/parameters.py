"""Parameters of a simulator: each has a value, and says whether it was published or assumed."""

import json

import pandas as pd

from trialbalance.contracts import Finding, Problems

STATUSES = ("published", "assumed")
KEYS = {"value", "status", "source", "unit", "note"}


def _is_parameter(node: object) -> bool:
    return isinstance(node, dict) and bool({"value", "status"} & node.keys())


def _walk(node: dict, path: tuple[str, ...] = ()):
    for key, child in node.items():
        here = (*path, str(key))
        if _is_parameter(child):
            yield here, child
        elif isinstance(child, dict):
            yield from _walk(child, here)
        else:
            yield here, None


def _findings(where: str, leaf: dict | None) -> list[Finding]:
    name = "simulator.yaml"
    if leaf is None:
        return [
            Finding(name, None, where, "a bare value", "value, status and source", "say its status")
        ]
    found = []
    for key in sorted(leaf.keys() - KEYS):
        allowed = ", ".join(sorted(KEYS))
        found.append(Finding(name, None, f"{where}.{key}", "an unknown key", allowed))
    if "value" not in leaf:
        found.append(Finding(name, None, where, "no value", "a value", "give the value"))
    if leaf.get("status") not in STATUSES:
        found.append(
            Finding(name, None, f"{where}.status", str(leaf.get("status")), ", ".join(STATUSES))
        )
    if not leaf.get("source"):
        found.append(Finding(name, None, f"{where}.source", "no source", "where it comes from"))
    return found


def resolve_parameters(parameters: dict) -> dict:
    """Return the plain values of a parameters file, after checking every entry.

    Parameters
    ----------
    parameters : dict
        Nested mapping whose leaves are ``{value, status, source}`` (``unit`` and ``note`` allowed).

    Returns
    -------
    dict
        The same nesting with each leaf replaced by its value.

    Raises
    ------
    Problems
        If a leaf has no value, no source, an unknown key or a status outside published, assumed.

    Examples
    --------
    >>> resolve_parameters({"a": {"b": {"value": 3, "status": "assumed", "source": "guess"}}})
    {'a': {'b': 3}}
    """
    values: dict = {}
    findings: list[Finding] = []
    for path, leaf in _walk(parameters):
        findings += _findings(".".join(path), leaf)
        if leaf is None or "value" not in leaf:
            continue
        place = values
        for key in path[:-1]:
            place = place.setdefault(key, {})
        place[path[-1]] = leaf["value"]
    if findings:
        raise Problems(findings)
    return values


def parameter_table(parameters: dict) -> pd.DataFrame:
    """List every parameter of a simulator with its status and source.

    Parameters
    ----------
    parameters : dict
        Nested mapping whose leaves are ``{value, status, source}``.

    Returns
    -------
    pandas.DataFrame
        Columns parameter (dotted path), value (JSON text), unit, status, source.

    Examples
    --------
    >>> leaf = {"value": 3, "status": "assumed", "source": "guess"}
    >>> parameter_table({"a": {"b": leaf}}).loc[0, "parameter"]
    'a.b'
    """
    rows = [
        {
            "parameter": ".".join(path),
            "value": json.dumps(leaf["value"], default=str),
            "unit": leaf.get("unit", ""),
            "status": leaf["status"],
            "source": leaf["source"],
        }
        for path, leaf in _walk(parameters)
    ]
    return pd.DataFrame(rows, columns=["parameter", "value", "unit", "status", "source"])
