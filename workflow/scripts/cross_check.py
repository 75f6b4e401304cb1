"""Rule cross_check: the contrasts by another road, beside the posterior's."""

from trialbalance.dataset import source_groups
from trialbalance.model.checking.agreement import compare_roads
from trialbalance.model.checking.crosscheck import cross_check
from trialbalance.model.components import by_visit
from trialbalance.provenance.stage import stage

with stage(snakemake) as job:
    dataset, weights = job.read("dataset"), job.read("outcome_weights")
    contrast = job.settings["contrast"]
    visits = []
    if weights is not None:
        named = weights["outcome"] == job.analysis["outcome"]
        visits = list(weights.loc[named, "visit"].unique())
    components = by_visit(
        dataset, source_groups(dataset), job.read("follow_up"), job.read("measures"), visits,
        job.study, job.settings["areas"],
    )  # fmt: skip
    seed = job.seed("cross_check", job.wildcards["analysis"])
    roads = cross_check(
        dataset, components, job.study, job.section, contrast, seed, job.progress
    )  # fmt: skip
    complete = bool(components.complete.all())
    draws = job.read("arm_means"), job.read("ladder_draws")
    table = compare_roads(roads, *draws, contrast, complete)
    job.write(crosscheck=table)
    for row in table[table["verdict"] == "differs"].itertuples():
        job.say(f"cross-check: {row.sentence}")
