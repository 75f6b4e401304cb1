"""Rule compare_scenarios: the decisions of all scenarios, and single assumptions varied."""

from trialbalance.contracts.input_names import parts
from trialbalance.provenance.stage import stage
from trialbalance.synthesis.forest import forest
from trialbalance.synthesis.scenarios import compare_scenarios, sources
from trialbalance.synthesis.sensitivity import one_way, two_way

with stage(snakemake) as job:
    paths = {name: str(path) for name, path in job.inputs.items()}
    incremental, net_benefit = (
        {tuple(parts(place)): rows for place, rows in job.read_by_place(table).items()}
        for table in ("incremental", "net_benefit")
    )
    quantities = {parts(place)[1]: rows for place, rows in job.read_by_place("quantities").items()}
    cases = {
        (parts(name)[1], parts(name)[2]): job.read(name, parts(name)[2])
        for name in paths
        if parts(name)[2] not in ("incremental", "net_benefit", "quantities")
    }
    marked, section = job.settings["marked"], job.section
    scenarios = compare_scenarios(incremental, net_benefit, marked)
    job.write(
        scenarios=scenarios,
        sources=sources(paths, job.wildcards["study"]),
        sensitivity=one_way(incremental, quantities, section["one_way"], marked["base"]),
        two_way=two_way(incremental, quantities, section["two_way"], marked["base"]),
        forest=forest(scenarios, cases),
    )
