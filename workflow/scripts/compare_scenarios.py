"""Rule compare_scenarios: the decisions of all scenarios, and single assumptions varied."""

from trialbalance.provenance.stage import stage
from trialbalance.synthesis.forest import forest
from trialbalance.synthesis.scenarios import compare_scenarios, sources
from trialbalance.synthesis.sensitivity import one_way, two_way

with stage(snakemake) as job:
    paths = {name: str(path) for name, path in job.inputs.items()}
    incremental, net_benefit, quantities, cases = {}, {}, {}, {}
    for name in paths:
        scenario, analysis, table = name.split(".")
        rows = job.read(name, table)
        if table == "quantities":
            quantities[analysis] = rows
        elif table in ("incremental", "net_benefit"):
            {"incremental": incremental, "net_benefit": net_benefit}[table][scenario, analysis] = (
                rows
            )
        else:
            cases[analysis, table] = rows
    marked, section = job.settings["marked"], job.section
    scenarios = compare_scenarios(incremental, net_benefit, marked)
    job.write(
        scenarios=scenarios,
        sources=sources(paths, job.wildcards["study"]),
        sensitivity=one_way(incremental, quantities, section["one_way"], marked["base"]),
        two_way=two_way(incremental, quantities, section["two_way"], marked["base"]),
        forest=forest(scenarios, cases),
    )
