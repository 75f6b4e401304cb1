"""Rule check_model: convergence and predictions against their gates."""

from pathlib import Path

import pandas as pd
from trialbalance.dataset import source_groups
from trialbalance.model.checking.checks import check
from trialbalance.model.checking.plausibility import prior_plausibility
from trialbalance.model.checking.predictive import predictive
from trialbalance.model.forms import cells_of
from trialbalance.model.store import load
from trialbalance.provenance.stage import stage

with stage(snakemake) as job:
    dataset, follow_up, weights = map(job.read, ("dataset", "follow_up", "outcome_weights"))
    if weights is not None:
        weights = weights[weights["outcome"] == job.analysis["outcome"]]
    groups = source_groups(dataset)
    cells = cells_of(dataset, groups, job.study, job.section, follow_up, weights)
    fit = load(Path(job.inputs["posterior"]))
    checks = check(fit, dataset, job.section)
    seed = job.seed("prior", job.wildcards["analysis"])
    prior = prior_plausibility(cells, job.section, seed)
    checked = pd.concat([checks, prior], ignore_index=True)
    job.write(model_checks=checked, predictive=predictive(fit))
    failed = checks[checks["verdict"] == "fail"]
    for row in failed.itertuples():
        job.say(f"CHECK FAILED {row.check}: {row.value:.4g}, gate {row.gate}; {row.advice}")
    if len(failed) and job.section["on_failed_checks"] == "stop":
        raise SystemExit(1)
