"""Rule fit_model: the joint model of cost and effect."""

from pathlib import Path

from trialbalance.dataset import source_groups
from trialbalance.model import arm_draws, fit, parameters, save, unobserved_means
from trialbalance.provenance.stage import stage

with stage(snakemake) as job:
    dataset = job.read("dataset")
    seed = job.seed("model", job.wildcards["analysis"])
    posterior = fit(
        dataset, source_groups(dataset), job.study, job.section, seed, progress=job.progress
    )
    save(posterior, Path(job.outputs["posterior"]))
    job.write(
        arm_means=arm_draws(posterior),
        parameters=parameters(posterior),
        unobserved_means=unobserved_means(posterior),
    )
