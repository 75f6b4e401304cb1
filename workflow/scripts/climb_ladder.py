"""Rule climb_ladder: the same analysis under a ladder of families."""

from pathlib import Path

from trialbalance.dataset import source_groups
from trialbalance.model.ladder import fit_ladder
from trialbalance.model.store import load
from trialbalance.provenance.stage import stage

with stage(snakemake) as job:
    dataset = job.read("dataset")
    job.say("each rung takes about as long as the fit of the analysis")
    tables = fit_ladder(
        load(Path(job.inputs["posterior"])),
        dataset,
        source_groups(dataset),
        job.study,
        job.section,
        job.settings["contrast"]["interval"],
        job.seed("model", job.wildcards["analysis"]),
        progress=job.progress,
    )
    job.write_outputs(tables)
