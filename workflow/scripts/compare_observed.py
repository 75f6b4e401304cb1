"""Rule compare_observed: overlap, and associations where there is some."""

from trialbalance.model.observational import compare_observed
from trialbalance.provenance.stage import stage

with stage(snakemake) as job:
    seed = job.seed("model", "observational")
    tables = compare_observed(job.read_all(), job.study, job.section, seed)
    job.write_outputs(tables)
    job.say(f"{len(tables['associations'])} lines of associations; none is a randomised contrast")
