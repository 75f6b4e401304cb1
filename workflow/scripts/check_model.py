"""Rule check_model: convergence and predictions against their gates."""

from pathlib import Path

import pandas as pd
from trialbalance.dataset import source_groups
from trialbalance.model.checks import check
from trialbalance.model.plausibility import prior_plausibility
from trialbalance.model.store import load
from trialbalance.provenance.stage import stage

with stage(snakemake) as job:
    dataset = job.read("dataset")
    checks = check(load(Path(job.inputs["posterior"])), dataset, job.section)
    seed = job.seed("prior", job.wildcards["analysis"])
    prior = None
    if job.section["cells"] == "totals":
        prior = prior_plausibility(dataset, source_groups(dataset), job.study, job.section, seed)
    job.write(model_checks=pd.concat([checks, prior], ignore_index=True))
    failed = checks[checks["verdict"] == "fail"]
    for row in failed.itertuples():
        job.say(f"CHECK FAILED {row.check}: {row.value:.4g}, gate {row.gate}; {row.advice}")
    if len(failed) and job.section["on_failed_checks"] == "stop":
        raise SystemExit(1)
