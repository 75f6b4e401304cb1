"""The tables of a study as a Frictionless data package, made from the manifest."""

import csv
import re
from pathlib import Path
from typing import Any

import pandas as pd

from trialbalance import contracts

KEPT = ("name", "title", "description", "type", "constraints")


def data_package(manifest: pd.DataFrame, folder: Path, title: str) -> dict[str, Any]:
    """Return the description of every CSV table of a study, for any Frictionless program.

    Parameters
    ----------
    manifest : pandas.DataFrame
        Columns file, table, meaning, rows, sha256.
    folder : Path
        Results of the study; paths are relative to it.
    title : str
        Title of the study.

    Returns
    -------
    dict
        A data package: one resource a table, with schema, bytes and checksum.

    References
    ----------
    Frictionless Data, Data Package v1, https://specs.frictionlessdata.io/data-package.
    """
    known = set(contracts.tables())
    listed = manifest[manifest["table"].isin(known) & manifest["file"].str.endswith(".csv")]
    names = {file: resource_name(file) for file in listed["file"]}
    resources = [_resource(row, folder, names) for row in listed.itertuples()]
    return {
        "profile": "tabular-data-package",
        "name": re.sub(r"[^a-z0-9._-]", "-", folder.name.lower()),
        "title": title,
        "resources": resources,
    }


def resource_name(file: str) -> str:
    """Return the name of a resource: the path of its file in small letters.

    Examples
    --------
    >>> resource_name("base/20_costs/ledger.csv")
    'base-20_costs-ledger'
    """
    return re.sub(r"[^a-z0-9_]+", "-", file.removesuffix(".csv").lower())


def _resource(row: Any, folder: Path, names: dict[str, str]) -> dict[str, Any]:
    """Return one table: where it stands, how long it is and what it holds."""
    path = folder / row.file
    return {
        "profile": "tabular-data-resource",
        "name": names[row.file],
        "path": row.file,
        "title": row.meaning,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": path.stat().st_size,
        "hash": f"sha256:{row.sha256}",
        "schema": _schema(row, path, names),
    }


def _schema(row: Any, path: Path, names: dict[str, str]) -> dict[str, Any]:
    """Return the table schema of a file: its contract, and the columns beyond it."""
    contract = contracts.schema(row.table)
    known = {field["name"] for field in contracts.descriptor(row.table)["fields"]}
    with path.open(encoding="utf-8", newline="") as handle:
        header = next(csv.reader(handle))
    beyond = [{"name": name, "type": "any"} for name in header if name not in known]
    found = contracts.descriptor(row.table, beyond)
    fields = {field["name"]: field for field in found["fields"]}
    schema = {
        "fields": [
            {key: fields[name][key] for key in KEPT if key in fields[name]} for name in header
        ],
        "missingValues": [""],
    }
    if contract.get("primaryKey") and not contract.get("keepOrder"):
        schema["primaryKey"] = contract["primaryKey"]
    links = _links(contract, row.file, names)
    return schema | ({"foreignKeys": links} if links else {})


def _links(contract: dict, file: str, names: dict[str, str]) -> list[dict[str, Any]]:
    """Return the foreign keys of a table to tables of the same scenario."""
    found = []
    for link in contract.get("foreignKeys", []):
        table = link["reference"]["resource"]
        home = file.split("/")[0]
        there = next((names[f] for f in names if f == f"{home}/10_data/{table}.csv"), None)
        if there is not None:
            fields = link["reference"]["fields"]
            reference = {"resource": there, "fields": fields}
            found.append({"fields": link["fields"], "reference": reference})
    return found
