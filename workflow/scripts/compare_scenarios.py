"""Rule compare_scenarios: the decisions of all scenarios side by side."""

from trialbalance.provenance.stage import stage
from trialbalance.synthesis.scenarios import compare_scenarios, sources

with stage(snakemake) as job:
    paths = {name: str(path) for name, path in job.inputs.items()}
    incremental, net_benefit = {}, {}
    for name in paths:
        scenario, analysis, table = name.split(".")
        wanted = incremental if table == "incremental" else net_benefit
        wanted[scenario, analysis] = job.read(name, table)
    job.write(
        scenarios=compare_scenarios(incremental, net_benefit, job.settings["marked"]),
        sources=sources(paths, job.wildcards["study"]),
    )
