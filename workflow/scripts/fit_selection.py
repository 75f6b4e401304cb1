"""Rule fit_selection: being unobserved depends on the outcome itself."""

from trialbalance.dataset import source_groups
from trialbalance.model.selection import fit_selection
from trialbalance.provenance.stage import stage

with stage(snakemake) as job:
    dataset = job.read("dataset")
    seed = job.seed("model", job.analysis["name"], "selection")
    draws, parameters = fit_selection(
        dataset, source_groups(dataset), job.study, job.section, seed, progress=job.progress
    )
    job.write(selection_draws=draws, selection_parameters=parameters)
    gate = job.section["gates"]["r_hat"]
    worst = parameters.groupby("case", sort=False)["r_hat"].max()
    for case, value in worst[worst >= gate].items():
        job.say(f"CHECK FAILED selection case {case}: R-hat {value:.3f}, gate {gate:g}")
