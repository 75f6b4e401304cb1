"""Rule cross_check: the contrasts by another road, beside the posterior's."""

from trialbalance.dataset import source_groups
from trialbalance.model.agreement import compare_roads
from trialbalance.model.crosscheck import cross_check
from trialbalance.provenance.stage import stage

with stage(snakemake) as job:
    dataset, ladder = job.read("dataset"), job.read("ladder_draws")
    contrast = job.settings["contrast"]
    seed = job.seed("cross_check", job.wildcards["analysis"])
    roads = cross_check(
        dataset, source_groups(dataset), job.study, job.section, contrast, seed, job.progress
    )
    complete = bool(dataset[["cost_observed", "effect_observed"]].all(axis=None))
    table = compare_roads(roads, job.read("arm_means"), ladder, contrast, complete)
    job.write(crosscheck=table)
    for row in table[table["verdict"] == "differs"].itertuples():
        job.say(f"cross-check: {row.sentence}")
