"""Rule compare_arms: increments, net benefit, acceptability, value of information."""

from trialbalance.decision import compare_arms, individual_spread, value_information, wide_draws
from trialbalance.provenance.stage import stage
from trialbalance.provenance.streams import stream

with stage(snakemake) as job:
    dataset, outcome = job.read("dataset"), job.analysis["outcome"]
    counts = None if dataset is None else dataset["arm"].value_counts().to_dict()
    spread = None if dataset is None else individual_spread(dataset)
    draws = job.read("draws_given" if job.has("draws_given") else "arm_means")
    tables = compare_arms(draws, job.study, job.section, outcome, counts)
    tables["information"] = value_information(
        draws,
        job.study,
        job.section,
        outcome,
        parameters=job.read("parameters_given"),
        individuals=spread,
        rng=stream(job.seed("decision", job.analysis["name"]), "information"),
    )
    wide = {f"wide_{name}": table for name, table in wide_draws(draws, job.study).items()}
    job.write_outputs({"draws": draws, **tables, **wide})
    for row in tables["incremental"].itertuples():
        job.say(f"{row.arm} against {row.comparator}: {row.position}")
