"""Rule estimate_endpoints: clinical endpoints, modelled and compared."""

from trialbalance.model.endpoints import estimate_endpoints
from trialbalance.provenance.stage import stage

with stage(snakemake) as job:
    tables = estimate_endpoints(
        job.read_all(), job.study, job.section, job.seed("model", "endpoints"), job.progress
    )
    job.write_outputs(tables)
    failed = tables["endpoint_checks"].query("verdict == 'fail'")
    for row in failed.itertuples():
        job.say(f"CHECK FAILED {row.check}: {row.value:.4g}, gate {row.gate}; {row.advice}")
    if len(failed) and job.section["on_failed_checks"] == "stop":
        raise SystemExit(1)
