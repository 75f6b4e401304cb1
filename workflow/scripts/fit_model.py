"""Rule fit_model: the joint model of cost and effect."""

from pathlib import Path

from trialbalance import model
from trialbalance.dataset import source_groups
from trialbalance.provenance.stage import stage

with stage(snakemake) as job:
    dataset, follow_up, weights = map(job.read, ("dataset", "follow_up", "outcome_weights"))
    if weights is not None:
        weights = weights[weights["outcome"] == job.analysis["outcome"]]
    posterior = model.fit(
        dataset,
        source_groups(dataset),
        job.study,
        job.section,
        job.seed("model", job.wildcards["analysis"]),
        progress=job.progress,
        follow_up=follow_up,
        weights=weights,
    )
    model.save(posterior, Path(job.outputs["posterior"]))
    made = ("parameters", "unobserved_means", "subgroup_means")
    job.write(
        arm_means=model.arm_draws(posterior),
        visit_means=model.visit_means(posterior, follow_up),
        **{name: getattr(model, name)(posterior) for name in made},
    )
