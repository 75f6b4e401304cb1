"""Rule spread_cells: every defensible analysis that shares one fit, by algebra on its draws."""

from trialbalance.decision.multiverse.cells import cell_table, cells_of, drawn_numbers
from trialbalance.decision.multiverse.moved import drawn_of
from trialbalance.provenance.stage import stage
from trialbalance.provenance.streams import stream
from trialbalance.settings.universes import Fit

with stage(snakemake) as job:
    draws = job.read("draws_given" if job.has("draws_given") else "arm_means")
    given = ("unobserved_means", "dataset", "item_costs", "prices", "perspectives", "price_index")
    rng = stream(job.seed("decision", job.analysis["name"]), "information")
    drawn = drawn_of(draws, job.settings, rng, **{name: job.read(name) for name in given})
    fit = Fit(**job.settings["fit"])
    again = drawn_numbers(job.section, stream(job.seed("multiverse"), "recomputed"))
    table = cell_table(drawn, cells_of(job.section, fit), job.settings, fit, again)
    job.write(multiverse_cells=table)
    job.say(f"{table['cell'].nunique():,} cells")
