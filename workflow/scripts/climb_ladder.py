"""Rule climb_ladder: the same analysis under a ladder of families."""

from pathlib import Path

from trialbalance.dataset import source_groups
from trialbalance.model.checking.ladder import fit_ladder
from trialbalance.model.store import load
from trialbalance.provenance.stage import stage

with stage(snakemake) as job:
    dataset, follow_up, weights = map(job.read, ("dataset", "follow_up", "outcome_weights"))
    if weights is not None:
        weights = weights[weights["outcome"] == job.analysis["outcome"]]
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
        follow_up=follow_up,
        weights=weights,
    )
    job.write_outputs(tables)
