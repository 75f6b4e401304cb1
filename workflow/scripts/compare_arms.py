"""Rule compare_arms: increments, net benefit, acceptability, value of information."""

from trialbalance.decision import decide, wide_draws
from trialbalance.provenance.stage import stage
from trialbalance.provenance.streams import stream

with stage(snakemake) as job:
    draws = job.read("draws_given" if job.has("draws_given") else "arm_means")
    given = ("dataset", "item_costs", "prices", "perspectives", "price_index")
    given += ("parameters_given", "group_draws_given", "subgroup_means")
    tables = decide(
        draws,
        job.study,
        job.section,
        job.analysis,
        stream(job.seed("decision", job.analysis["name"]), "information"),
        **{name: job.read(name) for name in given},
        other_indices=job.read_under("other_index", "price_index"),
    )
    wide = {f"wide_{name}": table for name, table in wide_draws(draws, job.study).items()}
    job.write_outputs({"draws": draws, **tables, **wide})
    for row in tables["incremental"].itertuples():
        words = str(row.position).partition(" (")[0]
        job.say(f"{row.arm} against {row.comparator}, on average: {words}")
