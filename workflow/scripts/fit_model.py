"""Rule fit_model: the joint model of cost and effect."""

from trialbalance.dataset import source_groups
from trialbalance.model import results
from trialbalance.model.cells.fitted import fitted_cells
from trialbalance.model.forms import cells_of, fit, visit_means
from trialbalance.model.store import save
from trialbalance.provenance.stage import stage
from trialbalance.provenance.streams import repetition

with stage(snakemake) as job:
    dataset, follow_up, weights = map(job.read, ("dataset", "follow_up", "outcome_weights"))
    if weights is not None:
        weights = weights[weights["outcome"] == job.analysis["outcome"]]
    seed = job.seed("model", job.wildcards["analysis"], *repetition(job.section["repetition"]))
    given = {"progress": job.progress, "follow_up": follow_up, "weights": weights}
    groups = source_groups(dataset)
    cells = cells_of(dataset, groups, job.study, job.section, follow_up, weights)
    for note in cells.notes:
        job.say(note)
    posterior = fit(dataset, groups, job.study, job.section, seed, **given)
    save(posterior, job.outputs["posterior"])
    job.write(
        fitted_cells=fitted_cells(cells, job.section["priors"]),
        arm_means=results.arm_draws(posterior),
        visit_means=visit_means(posterior, follow_up),
        parameters=results.parameters(posterior),
        unobserved_means=results.unobserved_means(posterior),
        subgroup_means=results.subgroup_means(posterior),
    )
