"""Rule compare_arms: increments, net benefit, acceptability, information."""

from trialbalance.decision import compare_arms
from trialbalance.provenance.stage import stage

with stage(snakemake) as job:
    tables = compare_arms(**job.read_all(), study=job.study, section=job.section, analysis=job.analysis)
    job.write_outputs(tables)
