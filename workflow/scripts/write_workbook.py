"""Rule write_workbook: the books as live formulas, and the figures that they must give."""

from pathlib import Path

from trialbalance.audit.workbook import write_workbook
from trialbalance.audit.workbook.observed_case import observed_case
from trialbalance.provenance.stage import stage
from trialbalance.settings.yamlfile import read_yaml

with stage(snakemake) as job:
    settings, _ = read_yaml(Path(job.inputs["settings"]))
    tables, analyses = job.read_all(), {name: {} for name in settings["analyses"]}
    for name in job.inputs:
        first, _, table = name.partition(".")
        if first == "value_set":
            tables[table] = job.read(name, "value_set")
        elif table:
            analyses[first][table] = job.read(name, table)
    datasets = {name: found["dataset"] for name, found in analyses.items() if "dataset" in found}
    observed = observed_case(datasets, list(job.study["arms"]), job.study["comparator"])
    job.write(observed_case=observed)
    write_workbook(Path(job.outputs["workbook"]), tables, analyses, observed, settings)
    job.say(f"workbook written: {Path(job.outputs['workbook']).stat().st_size / 1000:.0f} kB")
