"""Rule check_model: convergence and predictions against their gates."""

from pathlib import Path

from trialbalance.model import check, load
from trialbalance.provenance.stage import stage

with stage(snakemake) as job:
    checks = check(load(Path(job.inputs["posterior"])), job.read("dataset"), job.section)
    job.write(model_checks=checks)
    failed = checks[checks["verdict"] == "fail"]
    for row in failed.itertuples():
        job.say(f"CHECK FAILED {row.check}: {row.value:.4g}, gate {row.gate}; {row.advice}")
    if len(failed) and job.section["on_failed_checks"] == "stop":
        raise SystemExit(1)
