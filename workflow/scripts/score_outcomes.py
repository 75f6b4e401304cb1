"""Rule score_outcomes: questionnaires, areas under curves, endpoints."""

from trialbalance.contracts import tables as contracts_known
from trialbalance.outcomes import score_outcomes
from trialbalance.provenance.stage import stage

with stage(snakemake) as job:
    named = [name for name in job.inputs if name not in contracts_known()]
    value_sets = {name: job.read(name, "value_set") for name in named}
    optional = dict.fromkeys(("visits", "responses", "episodes", "measures_given", "resource_use"))
    tables = score_outcomes(
        **(optional | job.read_all()), value_sets=value_sets, study=job.study, section=job.section
    )
    job.write_outputs(tables)
    seen = tables["outcomes"].groupby("outcome")["observed"].sum()
    job.say("observed: " + ", ".join(f"{outcome} {count}" for outcome, count in seen.items()))
