"""Rule compare_scenarios: the decisions of all scenarios, and single assumptions varied."""

from trialbalance.provenance.stage import stage
from trialbalance.synthesis.scenarios import compare_scenarios, sources
from trialbalance.synthesis.sensitivity import one_way, two_way

with stage(snakemake) as job:
    paths = {name: str(path) for name, path in job.inputs.items()}
    incremental, net_benefit, quantities = {}, {}, {}
    for name in paths:
        scenario, analysis, table = name.split(".")
        if table == "quantities":
            quantities[analysis] = job.read(name, table)
            continue
        wanted = incremental if table == "incremental" else net_benefit
        wanted[scenario, analysis] = job.read(name, table)
    marked = job.settings["marked"]
    job.write(
        scenarios=compare_scenarios(incremental, net_benefit, marked),
        sources=sources(paths, job.wildcards["study"]),
        sensitivity=one_way(incremental, quantities, job.section["one_way"], marked["base"]),
        two_way=two_way(incremental, quantities, job.section["two_way"], marked["base"]),
    )
