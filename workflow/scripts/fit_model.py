"""Rule fit_model: the joint model of cost and effect."""

from pathlib import Path

from trialbalance.model import arm_draws, fit, groups_of, save, summaries
from trialbalance.provenance.stage import stage

with stage(snakemake) as job:
    dataset = job.read("dataset")

    def progress(percent, text):
        """Say how far the sampler is, in a whole line."""
        job.say(f"{percent:3.0f} % {text}")

    posterior = fit(
        dataset, groups_of(dataset), job.study, job.section,
        seed=job.seed("model", job.wildcards["analysis"]), progress=progress,
    )
    save(posterior, Path(job.outputs["posterior"]))
    job.write(arm_means=arm_draws(posterior), parameters=summaries(posterior))
