"""Rule compare_selection: the arms under each case of the selection model."""

from trialbalance.decision import compare_selection
from trialbalance.provenance.stage import stage

with stage(snakemake) as job:
    draws = job.read("selection_draws")
    outcome = job.analysis["outcome"]
    job.write(selection_scenarios=compare_selection(draws, job.study, job.section, outcome))
