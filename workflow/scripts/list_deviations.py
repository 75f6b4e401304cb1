"""Rule list_deviations: what differs from the plan that was locked."""

from pathlib import Path

from trialbalance.audit.standards.deviations import deviations
from trialbalance.contracts.input_names import under
from trialbalance.provenance.stage import stage
from trialbalance.settings.yamlfile import read_yaml

with stage(snakemake) as job:
    named = {name: Path(path) for name, path in job.inputs.items()}
    locked = read_yaml(named["lock"])[0] if "lock" in named else None
    settings = {name: read_yaml(path)[0] for name, path in under(named, "settings").items()}
    files = under(named, "file")
    table = deviations(locked, files, settings, job.section["deviations"])
    job.write(deviations=table)
    changed = table["changed"].sum()
    job.say("the plan was not locked" if locked is None else f"{changed} deviations from the plan")
