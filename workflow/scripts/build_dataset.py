"""Rule build_dataset: cost, effect and covariates, one row a participant."""

from trialbalance.dataset import build_dataset, take_totals
from trialbalance.provenance.stage import stage

with stage(snakemake) as job:
    build = take_totals if job.has("totals") else build_dataset
    tables = build(**job.read_all(), study=job.study, section=job.section, analysis=job.analysis)
    job.write_outputs(tables)
    dataset = tables["dataset"]
    seen = dataset[["cost_observed", "effect_observed"]].sum()
    job.say(
        f"{len(dataset)} participants, cost observed {seen.iloc[0]}, effect observed {seen.iloc[1]}"
    )
