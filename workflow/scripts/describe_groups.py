"""Rule describe_groups: means by arm of all that was recorded."""

from trialbalance.dataset.described.group_means import NOBODY, describe_groups
from trialbalance.provenance.stage import stage

with stage(snakemake) as job:
    table = describe_groups(job.read_all(), job.study, job.section)
    job.write(consequences=table)
    empty = table.loc[table["note"] == NOBODY, "arm"].unique()
    job.say(f"{len(table)} lines described" + "".join(f"; nobody in {arm}" for arm in empty))
