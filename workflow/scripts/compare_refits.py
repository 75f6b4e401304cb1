"""Rule compare_refits: cells of the multiverse drawn at random, beside a refit of each."""

from trialbalance.decision.multiverse.moved import drawn_of
from trialbalance.decision.multiverse.refits import refitted_cells
from trialbalance.provenance.stage import stage
from trialbalance.provenance.streams import stream
from trialbalance.settings.refits import Refit
from trialbalance.synthesis.refits import proof_table, worst_refit

with stage(snakemake) as job:
    means, lost = job.read_by_place("arm_means"), job.read_by_place("unobserved_means")
    again = []
    for fit in (Refit(**one) for one in job.settings["refits"]):
        place, rng = f"{fit.scenario}.{fit.analysis}", stream(job.seed("multiverse"), "refitted")
        drawn = drawn_of(means[place], job.settings, rng, lost.get(place))
        name = place.replace(".", "/")
        again.append(refitted_cells(drawn, fit.cells, job.settings, name))
    table = proof_table(job.read("multiverse"), again, job.section)
    job.write(multiverse_proof=table)
    worst = worst_refit(table)
    job.say(
        f"{table['cell'].nunique()} cells refitted on {len(again)} new fits; the worst is "
        f"{worst['difference']:.0f} off, Monte Carlo standard error {worst['standard_error']:.0f}"
    )
