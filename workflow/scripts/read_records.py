"""Rules read_records, read_scored, read_totals, read_draws: what was recorded, and is it sound?"""

from pathlib import Path

from trialbalance.data import read_records
from trialbalance.provenance.stage import stage

with stage(snakemake) as job:
    paths = {name: Path(str(path)) for name, path in job.inputs.items()}
    paths.pop("import_origins", None)
    origins = job.read("import_origins")
    tables = read_records(paths, job.study, job.section, origins=origins)
    job.write_outputs(tables)
    notes = (tables["data_checks"]["severity"] == "note").sum()
    job.say(f"read {', '.join(f'{name} {len(tables[name])}' for name in paths)}; {notes} notes")
