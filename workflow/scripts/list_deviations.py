"""Rule list_deviations: what differs from the plan that was locked."""

from pathlib import Path

from trialbalance.audit.standards.deviations import deviations
from trialbalance.provenance.stage import stage
from trialbalance.settings.yamlfile import read_yaml

with stage(snakemake) as job:
    named = {name: Path(path) for name, path in job.inputs.items()}
    locked = read_yaml(named.pop("lock"))[0] if "lock" in named else None
    settings = {n.partition(".")[2]: read_yaml(p)[0] for n, p in named.items() if "settings." in n}
    files = {n.partition(".")[2]: path for n, path in named.items() if n.startswith("file.")}
    table = deviations(locked, files, settings, job.section["deviations"])
    job.write(deviations=table)
    changed = table["changed"].sum()
    job.say("the plan was not locked" if locked is None else f"{changed} deviations from the plan")
