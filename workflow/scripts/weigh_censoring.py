"""Rule weigh_censoring: mean cost and effect with censoring made up for by weights."""

from trialbalance.model.censoring import censored_means
from trialbalance.provenance.stage import stage
from trialbalance.provenance.streams import stream

with stage(snakemake) as job:
    weights, analysis = job.read("outcome_weights"), job.analysis
    if weights is not None:
        weights = weights[weights["outcome"] == analysis["outcome"]]
    rng = stream(job.seed("model", analysis["name"]), "censoring")
    arms, comparator = list(job.study["arms"]), job.study["comparator"]
    job.write(censored_means=censored_means(job.read("follow_up"), weights, arms, comparator, rng))
