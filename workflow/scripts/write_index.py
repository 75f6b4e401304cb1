"""Rule write_index: all studies at a glance, one page."""

from pathlib import Path

from trialbalance.provenance.stage import stage
from trialbalance.report.studies_page import gather, make_index

with stage(snakemake) as job:
    studies = gather(job.inputs)
    Path(job.outputs["index"]).write_text(make_index(studies), encoding="utf-8")
    job.say(f"page of all studies written: {len(studies)}")
