"""The run of a study as a Workflow Run RO-Crate, made from manifest and provenance."""

import datetime
import json
from pathlib import Path
from typing import Any

import pandas as pd
from rocrate.model.contextentity import ContextEntity
from rocrate.rocrate import ROCrate

PROFILES = {
    "https://w3id.org/ro/wfrun/process/0.5": "Process Run Crate",
    "https://w3id.org/ro/wfrun/workflow/0.5": "Workflow Run Crate",
    "https://w3id.org/workflowhub/workflow-ro-crate/1.0": "Workflow RO-Crate",
}
ENCODINGS = {
    ".csv": "text/csv",
    ".html": "text/html",
    ".json": "application/json",
    ".nc": "application/x-netcdf",
    ".parquet": "application/vnd.apache.parquet",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".yaml": "application/yaml",
}
RESULTS = ("60_decision", "report/", "audit/")


def run_crate(
    manifest: pd.DataFrame,
    provenance: dict[str, Any],
    folder: Path,
    title: str,
    workflow: str,
    today: datetime.date,
) -> str:
    """Return the metadata of a crate whose root is the folder of a study's results.

    Parameters
    ----------
    manifest : pandas.DataFrame
        Columns file, meaning, sha256 and sensitivity.
    provenance : dict
        What the run rests on: seed, inputs, code, versions.
    folder : Path
        Results of the study.
    title : str
        Title of the study.
    workflow : str
        Path of the copy of the Snakefile below the folder.
    today : datetime.date
        Day on which the run was described.

    Returns
    -------
    str
        JSON-LD.

    References
    ----------
    Leo S et al. (2024), Recording provenance of workflow runs with RO-Crate,
    doi:10.1371/journal.pone.0309210.
    """
    crate = ROCrate(version="1.1")
    crate.name, crate.description = title, _described(manifest)
    crate.license = _licence(crate)
    main = _workflow(crate, workflow, provenance["versions"])
    files = {row.file: _file(crate, row, folder) for row in manifest.itertuples()}
    action = _action(crate, main, provenance, today)
    outside = [_input(crate, name, digest) for name, digest in provenance["inputs"].items()]
    action["object"] = outside
    action["result"] = [
        entity for file, entity in files.items() if any(part in file for part in RESULTS)
    ]
    crate.root_dataset["mentions"] = action
    crate.root_dataset["conformsTo"] = [_profile(crate, *pair) for pair in PROFILES.items()]
    crate.root_dataset["datePublished"] = today.isoformat()
    return json.dumps(crate.metadata.generate(), indent=1, sort_keys=True) + "\n"


def _described(manifest: pd.DataFrame) -> str:
    """Return in one sentence what the crate holds and who may see it."""
    simulated = (manifest["sensitivity"] == "simulated").all()
    whose = "simulated records" if simulated else "records of people, restricted"
    return f"Results of a trial-based economic evaluation, {len(manifest)} files made of {whose}."


def _licence(crate: ROCrate) -> ContextEntity:
    properties = {
        "@type": "CreativeWork",
        "name": "As the holders of the study's data say",
        "description": "The workflow does not know the terms under which the records were given.",
    }
    return crate.add(ContextEntity(crate, "#licence", properties=properties))


def _workflow(crate: ROCrate, path: str, versions: dict[str, str]) -> Any:
    """Return the workflow as the main entity of the crate."""
    properties = {
        "name": "trialbalance",
        "description": "From the records of a trial to a decision.",
        "version": versions.get("trialbalance", ""),
        "encodingFormat": "text/plain",
    }
    return crate.add_workflow(
        None,
        path,
        main=True,
        lang="snakemake",
        lang_version=versions.get("snakemake"),
        properties=properties,
    )


def _file(crate: ROCrate, row: Any, folder: Path) -> Any:
    """Return one file of the manifest as an entity."""
    properties = {
        "name": row.meaning or row.file,
        "sha256": row.sha256,
        "contentSize": str((folder / row.file).stat().st_size),
        "encodingFormat": ENCODINGS.get(Path(row.file).suffix, "text/plain"),
    }
    return crate.add_file(None, row.file, properties=properties)


def _action(crate: ROCrate, main: Any, provenance: dict[str, Any], today: datetime.date) -> Any:
    """Return the run: what was carried out, on which versions, with which seed and code."""
    packages = ", ".join(f"{name} {one}" for name, one in provenance["versions"].items())
    codes = ", ".join(f"{stage} {digest}" for stage, digest in provenance["code"].items())
    properties = {
        "name": f"Evaluation of {provenance['study']}",
        "description": f"Seed {provenance['seed']}. Methods: {codes}. Versions: {packages}.",
        "endTime": today.isoformat(),
        "actionStatus": "http://schema.org/CompletedActionStatus",
    }
    return crate.add_action(main, identifier="#run", properties=properties)


def _input(crate: ROCrate, name: str, digest: str) -> Any:
    """Return a file from outside the crate by its digest."""
    properties = {"@type": "PropertyValue", "name": name, "value": f"sha256:{digest}"}
    return crate.add(ContextEntity(crate, f"#input-{name}", properties=properties))


def _profile(crate: ROCrate, address: str, name: str) -> Any:
    properties = {"@type": "CreativeWork", "name": name, "version": address.rsplit("/", 1)[1]}
    return crate.add(ContextEntity(crate, address, properties=properties))
