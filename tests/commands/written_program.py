"""A program as a user has it: written to a folder and run from there; points for both densities."""

import runpy

import numpy as np
from trialbalance.commands.programming.histories import history_table, unseen_numbers
from trialbalance.commands.programming.program import Titles, program_text
from trialbalance.model.cells.declare import PRIORS
from trialbalance.model.families import FAMILIES

SAMPLER = {"draws": 500, "tune": 500, "chains": 2, "target_accept": 0.8}


def declared(layout, folder, priors=PRIORS, sampler=SAMPLER):
    """Write the program of a layout with its data; return the names it defines when it is run."""
    titles = Titles("my_trial", "qaly", "base", True)
    text = program_text(layout, priors, sampler, 1, titles)
    (folder / "model.py").write_text(text, encoding="utf-8")
    history_table(layout).to_csv(folder / "data.csv", index=False)
    return runpy.run_path(str(folder / "model.py"))


def random_point(layout, rng):
    """One draw of every variable of the engine, anywhere."""
    found, clusters = {}, len(layout.cells.cluster_names)
    for name, block in layout.blocks.items():
        found[f"{name}.level"] = rng.normal(0, 0.5, (1, len(block.level_centre)))
        found[f"{name}.white"] = rng.normal(0, 0.4, (1, block.matrix.shape[1]))
        if FAMILIES[name].spread_prior:
            found[f"{name}.spread"] = rng.uniform(0.8, 3, (1, len(block.spread_centre)))
        if clusters:
            own = len(block.outcomes)
            found[f"{name}.cluster_sd"] = rng.uniform(0.1, 0.5, (1, own))
            found[f"{name}.cluster_loading"] = rng.normal(size=(1, own))
            found[f"{name}.cluster"] = rng.normal(size=(1, own, clusters))
    if clusters:
        found["cluster.shared"] = rng.normal(size=(1, clusters))
    for name, span in layout.latents.items():
        found[f"{name}.latent"] = rng.normal(0, 0.7, (1, span.stop - span.start))
    return found


def as_the_program_names_it(layout, points):
    """Return the same draws by the names of the program, draws first."""
    found = {}
    for name, block in layout.blocks.items():
        for part in block.parts:
            level = points[f"{name}.level"][:, part.levels]
            by_arm = layout.cells.cells[part.cell].by_arm
            found[f"{part.name}: level"] = level if by_arm else level[:, 0]
            if len(part.centre):
                white = points[f"{name}.white"][:, part.whitened]
                found[f"{part.name}: slope"] = white @ part.unwhiten.T
            if part.atom < 0:
                spread = points[f"{name}.spread"][:, part.spreads]
                apart = by_arm and not layout.cells.cells[part.cell].common_spread
                found[f"{part.name}: spread"] = spread if apart else spread[:, 0]
        for k, outcome in enumerate(block.outcomes if f"{name}.cluster" in points else ()):
            for what, own in (("sd", "cluster_sd"), ("loading", "cluster_loading"),
                              ("alone", "cluster")):  # fmt: skip
                found[f"cluster {outcome}, {name}: {what}"] = points[f"{name}.{own}"][:, k]
    if "cluster.shared" in points:
        found["cluster: shared"] = points["cluster.shared"]
    for j, family in enumerate(layout.families):
        who = unseen_numbers(layout, j) >= 0
        if who.any():
            own = layout.latent_place[who, j] - layout.latents[family.density].start
            free = points[f"{family.density}.latent"][:, own]
            found[f"{layout.cells.names[j]}: unseen"] = family.constrained(free)
    return found


def log_density_of(model):
    """Return the unconstrained log density of a PyMC model, as a function of its variables."""
    # Term by term: in Python, PyTensor adds no more than 32 numbers at once.
    compiled = model.compile_logp(sum=False, mode="FAST_COMPILE")

    def log_density(values):
        at = {}
        for variable in model.free_RVs:
            value, transform = values[variable.name], model.rvs_to_transforms[variable]
            if transform is not None:
                # The log of what is above zero, the logit of a part of a range.
                inside = "interval" in transform.name
                value = np.log(value) - (np.log1p(-value) if inside else 0.0)
            at[model.rvs_to_values[variable].name] = np.asarray(value)
        assert len(at) == len(values)
        return float(sum(np.sum(term) for term in compiled(at)))

    return log_density
