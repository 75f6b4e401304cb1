"""Rule compare_arms: increments, net benefit, acceptability, information."""

from trialbalance.decision import compare_arms
from trialbalance.provenance.stage import stage

with stage(snakemake) as job:
    dataset = job.read("dataset")
    counts = None if dataset is None else dataset["arm"].value_counts().to_dict()
    draws = job.read("draws_given") if job.has("draws_given") else job.read("arm_means")
    tables = compare_arms(draws, job.study, job.section, job.analysis["outcome"], counts)
    job.write_outputs({"draws": draws, **tables})
    for row in tables["incremental"].itertuples():
        job.say(f"{row.arm} against {row.comparator}: {row.position}")
