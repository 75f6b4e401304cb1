"""Rule move_unobserved: what if people whose data are missing differ from those observed."""

from trialbalance.decision import move_unobserved
from trialbalance.provenance.stage import stage
from trialbalance.provenance.streams import stream

with stage(snakemake) as job:
    rng = stream(job.seed("decision", job.analysis["name"]), "missing_delta")
    tables = move_unobserved(
        job.read("arm_means"),
        job.read("unobserved_means"),
        job.study,
        job.section,
        job.analysis["outcome"],
        rng,
    )
    job.write(**tables)
    job.say(f"{len(tables['tipping_values'])} tipping values of what went unseen")
