"""Rule fit_model: the joint model of cost and effect."""

from pathlib import Path

from trialbalance.dataset import source_groups
from trialbalance.model import arm_draws, fit, parameters, save, visit_means
from trialbalance.provenance.stage import stage

with stage(snakemake) as job:
    dataset, follow_up, weights = map(job.read, ("dataset", "follow_up", "outcome_weights"))
    if weights is not None:
        weights = weights[weights["outcome"] == job.analysis["outcome"]]
    posterior = fit(
        dataset,
        source_groups(dataset),
        job.study,
        job.section,
        job.seed("model", job.wildcards["analysis"]),
        progress=job.progress,
        follow_up=follow_up,
        weights=weights,
    )
    save(posterior, Path(job.outputs["posterior"]))
    job.write(arm_means=arm_draws(posterior), parameters=parameters(posterior))
    job.write(visit_means=visit_means(posterior, follow_up))
