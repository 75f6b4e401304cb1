"""Rule reproduce_published: each published figure beside the one that this run gives."""

from trialbalance.audit.published.reproduction import reproduce
from trialbalance.provenance.stage import stage

with stage(snakemake) as job:
    periods = job.study["periods"].items()
    before = [name for name, (_, end) in periods if end <= 0]
    table = reproduce(job.settings["published"], job.read_all(), before, list(job.study["arms"]))
    job.write(reproduction=table)
    within = (table["verdict"] == "within").sum()
    job.say(f"{within} of {len(table)} published figures reproduced within tolerance")
