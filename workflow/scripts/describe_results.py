"""Rule describe_results: the results as a Frictionless data package and as an RO-Crate."""

import datetime
import json
import shutil
from pathlib import Path

from trialbalance import house
from trialbalance.audit.standards.checksums import checksum_lines
from trialbalance.audit.standards.crate import run_crate
from trialbalance.audit.standards.datapackage import data_package
from trialbalance.provenance.stage import stage
from trialbalance.settings.yamlfile import read_yaml

with stage(snakemake) as job:
    paths = {name: Path(path) for name, path in {**job.inputs, **job.outputs}.items()}
    title = read_yaml(paths["settings"])[0]["study"]["title"]
    manifest, folder = job.read("manifest").fillna({"meaning": ""}), paths["crate"].parent
    package = data_package(manifest, folder, title)
    text = json.dumps(package, indent=1, ensure_ascii=False)
    paths["package"].write_text(f"{text}\n", encoding="utf-8")
    shutil.copyfile(house.snakefile(), paths["workflow"])
    provenance = json.loads(paths["provenance"].read_text(encoding="utf-8"))
    copied, today = "audit/Snakefile", datetime.datetime.now(datetime.UTC).date()
    crate = run_crate(manifest, provenance, folder, title, copied, today)
    paths["crate"].write_text(crate, encoding="utf-8")
    written = [paths[name] for name in ("manifest", "package", "workflow", "crate")]
    files = [*(folder / name for name in manifest["file"]), *written]
    paths["checksums"].write_text(checksum_lines(files, folder), encoding="utf-8")
    job.say(f"described {len(package['resources'])} tables and {len(manifest)} files")
