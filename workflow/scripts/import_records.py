"""Rule import_records: raw exports and mapping.yaml made into the tables of door records."""

from pathlib import Path

from trialbalance import contracts
from trialbalance.data.exports.importing import import_records
from trialbalance.data.exports.reading import read_exports
from trialbalance.provenance.stage import stage
from trialbalance.settings.mapping_file import load_mapping

with stage(snakemake) as job:
    files = {name: Path(str(path)) for name, path in job.inputs.items()}
    mapping, _ = load_mapping(files["mapping"])
    exports = read_exports(mapping, files)
    made, counts = import_records(mapping, exports, job.study, job.section["covariates"])
    for name in set(job.outputs) - {"import_counts"}:
        contracts.write_text(made.get(name), Path(job.outputs[name]), name)
    # A column's name may tell the arms of a blind study apart.
    counts["names"] = "" if job.study["blind"] else counts["names"]
    job.write(import_counts=counts)
    for export in exports.values():
        job.note(f"{export.file}: {'; '.join(export.notes)}")
    job.say(f"imported {', '.join(f'{name} {len(table)}' for name, table in made.items())}")
