"""Rule scale_priors: how far the contrasts hang on the priors."""

from pathlib import Path

from trialbalance.dataset import source_groups
from trialbalance.model.power_scaling import prior_sensitivity
from trialbalance.model.store import load
from trialbalance.provenance.stage import stage

with stage(snakemake) as job:
    dataset = job.read("dataset")
    table = prior_sensitivity(
        load(Path(job.inputs["posterior"])),
        dataset,
        source_groups(dataset),
        job.study,
        job.section,
        job.settings["contrast"],
    )
    job.write(prior_sensitivity=table)
    for row in table[table["verdict"] != "none"].itertuples():
        job.say(f"{row.verdict}: {row.sentence}")
