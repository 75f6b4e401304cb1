"""Rule list_considerations: statements beyond cost-effectiveness as a table."""

from trialbalance.provenance.stage import stage
from trialbalance.report.sections.front.considerations import list_considerations

with stage(snakemake) as job:
    table = list_considerations(job.section["considerations"])
    job.write(considerations=table)
    job.say(f"{len(table)} considerations beyond cost-effectiveness")
