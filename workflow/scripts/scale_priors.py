"""Rule scale_priors: how far the contrasts hang on the priors."""

from pathlib import Path

from trialbalance.model.checking.power_scaling import prior_sensitivity
from trialbalance.model.store import load
from trialbalance.provenance.stage import stage

with stage(snakemake) as job:
    posterior = load(Path(job.inputs["posterior"]))
    table = prior_sensitivity(posterior, job.study["comparator"], job.settings["contrast"])
    job.write(prior_sensitivity=table)
    for row in table[table["verdict"] != "none"].itertuples():
        job.say(f"{row.verdict}: {row.sentence}")
