"""Rule simulate_trial: draw the raw records of a simulated trial."""

from pathlib import Path

from trialbalance.provenance.stage import stage
from trialbalance.settings.yamlfile import read_yaml
from trialbalance.simulation import simulate

with stage(snakemake) as job:
    parameters, _ = read_yaml(Path(job.inputs["parameters"]))
    simulator = job.section["simulator"]
    tables = simulate(simulator["kind"], parameters, job.study, simulator["seed"])
    job.write_outputs(tables)
    job.say(f"drew {len(tables['participants'])} simulated participants")
