"""Rule write_workbook: the books as live formulas, and the figures that they must give."""

from pathlib import Path

from trialbalance.audit.workbook import write_workbook
from trialbalance.audit.workbook.observed_case import observed_case
from trialbalance.provenance.stage import stage
from trialbalance.settings.yamlfile import read_yaml

with stage(snakemake) as job:
    settings, _ = read_yaml(Path(job.inputs["settings"]))
    tables = {**job.read_all(), **job.read_under("value_set", "value_set")}
    analyses = {name: job.read_under(name) for name in settings["analyses"]}
    datasets = {name: found["dataset"] for name, found in analyses.items() if "dataset" in found}
    observed = observed_case(datasets, list(job.study["arms"]), job.study["comparator"])
    job.write(observed_case=observed)
    write_workbook(Path(job.outputs["workbook"]), tables, analyses, observed, settings)
    job.say(f"workbook written: {Path(job.outputs['workbook']).stat().st_size / 1000:.0f} kB")
