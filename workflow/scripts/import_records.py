"""Rule import_records: raw exports and mapping.yaml made into the tables of door records."""

from pathlib import Path

from trialbalance import contracts
from trialbalance.data.exports.formats.reading import read_exports
from trialbalance.data.exports.importing import import_records
from trialbalance.provenance.stage import stage
from trialbalance.settings.mapping.file import load_mapping

with stage(snakemake) as job:
    files = {name: Path(str(path)) for name, path in job.inputs.items()}
    mapping, _ = load_mapping(files["mapping"])
    exports = read_exports(mapping, files)
    made, counts, origins = import_records(mapping, exports, job.study, job.section["covariates"])
    for name in set(job.outputs) - {"import_counts", "import_origins"}:
        contracts.write_text(made.get(name), Path(job.outputs[name]), name)
    # A column's name, and what stands in it, may tell the arms of a blind study apart.
    if job.study["blind"]:
        counts["names"], origins = "", origins.iloc[:0]
    job.write(import_counts=counts, import_origins=origins)
    for export in exports.values():
        job.note(f"{export.file}: {'; '.join(export.notes)}")
    job.say(f"imported {', '.join(f'{name} {len(table)}' for name, table in made.items())}")
