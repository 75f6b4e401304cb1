"""The density: written out by hand with SciPy, and the same in NumPy and compiled."""

import numpy as np
import pytest
from cell_trial import made
from scipy import special, stats
from trialbalance.model.cells.density import by_person, log_posterior, row_densities
from trialbalance.model.cells.rows import lay_out
from trialbalance.model.cells.sampling import compiled, structure
from trialbalance.model.cells.table import Cell

SIZE = 60
CELLS = (
    Cell("u0", "measure", "u", "m0", 0.0, 0.0, "beta", (), False, -0.5, 1.0),
    Cell("death", "death", "death", "0 to 1", 1.0, 0.0, "bernoulli", ("u0",)),
    Cell("c", "cost", "records", "p1", 1.0, 0.0, "gamma", ("u0", "death")),
    Cell("u12", "measure", "u", "m12", 1.0, 1.0, "beta", ("u0", "c"), True, -0.5, 1.0),
    Cell("s", "measure", "s", "m12", 1.0, 1.0, "normal", ("u0", "c", "u12")),
)


def trial(clusters=True):
    """Ceilings, zeros, deaths, and values that are missed though later ones are seen."""
    rng = np.random.default_rng(3)
    arm = np.arange(SIZE) % 2
    u0 = np.where(rng.random(SIZE) < 0.25, 1.0, 1.5 * rng.beta(3, 2, SIZE) - 0.5)
    death = (rng.random(SIZE) < 0.1).astype(float)
    cost = np.where(rng.random(SIZE) < 0.3, 0.0, rng.gamma(1.5, 800, SIZE))
    u12 = np.where(rng.random(SIZE) < 0.3, 1.0, 1.5 * rng.beta(3, 2, SIZE) - 0.5)
    value = np.c_[u0, death, cost, u12, rng.normal(size=SIZE)]
    possible = np.ones(value.shape, bool)
    possible[death == 1, 3:] = False
    value[~possible] = np.nan
    for column, start in ((0, 1), (2, 2), (3, 4)):
        value[start::7, column] = np.nan
    value[5::9, 4] = np.nan
    further = {}
    if clusters:
        further = {"cluster": np.arange(SIZE) // 10, "cluster_names": tuple("abcdef")}
    return made(CELLS, value, arm, np.array([0.5, 0, 0, 0.5, 0]), possible,
                design=rng.normal(size=(SIZE, 1)), columns=("age",), **further)  # fmt: skip


def some_points(layout, seed=1):
    """One draw of every declared variable, anywhere."""
    rng, found = np.random.default_rng(seed), {}
    for name, block in layout.blocks.items():
        found[f"{name}.level"] = rng.normal(0, 0.5, (1, len(block.level_centre)))
        found[f"{name}.white"] = rng.normal(0, 0.4, (1, block.matrix.shape[1]))
        if name != "bernoulli":
            found[f"{name}.spread"] = rng.uniform(0.8, 3, (1, len(block.level_centre)))
        if layout.cells.cluster is not None:
            own = len(block.outcomes)
            found[f"{name}.cluster_sd"] = rng.uniform(0.1, 0.5, (1, own))
            found[f"{name}.cluster_loading"] = rng.normal(size=(1, own))
            found[f"{name}.cluster"] = rng.normal(size=(1, own, 6))
    if layout.cells.cluster is not None:
        found["cluster.shared"] = rng.normal(size=(1, 6))
    for name, span in layout.latents.items():
        found[f"{name}.latent"] = rng.normal(0, 0.7, (1, span.stop - span.start))
    return found


def part_of(layout, name):
    for density, block in layout.blocks.items():
        for part in block.parts:
            if part.name == name:
                return density, part
    raise KeyError(name)


def level_by_hand(layout, points, name, person, scores):
    """Level of a regression for one person: own arm's level and slopes of centred predictors."""
    density, part = part_of(layout, name)
    levels = points[f"{density}.level"][0, part.levels]
    level = levels[layout.cells.arm[person] if len(levels) > 1 else 0]
    slope = part.unwhiten @ points[f"{density}.white"][0, part.whitened]
    predictors = np.append(layout.cells.design[person], scores)
    spread = points.get(f"{density}.spread")
    own = None
    if spread is not None:
        spread = spread[0, part.levels]
        own = spread[layout.cells.arm[person] if len(spread) > 1 else 0]
    return level + slope @ (predictors - part.centre), own


def cell_by_hand(layout, points, j, person, state, scores):
    """Log density of one cell of one person in plain SciPy."""
    cell, family = CELLS[j], layout.families[j]
    known = layout.cells.seen[person, j]
    value = family.unit(layout.cells.value[person, [j]])[0] if known else np.nan
    logit = lambda name: level_by_hand(layout, points, name, person, scores)[0]  # noqa: E731
    if cell.family == "bernoulli":
        return stats.bernoulli.logpmf(value, special.expit(logit("death at 1")))
    total = 0.0
    if family.atoms:
        name = f"{cell.name} at {family.raw(np.array(family.atoms[0])):g}"
        at = value == family.atoms[0] if known else state == "atom"
        total += stats.bernoulli.logpmf(int(at), special.expit(logit(name)))
        if known and at:
            return total
    level, spread = level_by_hand(layout, points, cell.name, person, scores)
    free = None
    if not known:
        place = layout.latent_place[person, j] - layout.latents[family.density].start
        free = points[f"{family.density}.latent"][0, place]
    if cell.family == "beta":
        part = value if known else special.expit(free)
        total += stats.beta.logpdf(part, special.expit(level) * spread,
                                   special.expit(-level) * spread)  # fmt: skip
        return total if known else total + np.log(part) + np.log1p(-part)
    if cell.family == "gamma":
        size = value if known else np.exp(free)
        total += stats.gamma.logpdf(size, spread, scale=np.exp(level) / spread)
        return total if known else total + free
    return total + stats.norm.logpdf(value, level, spread)


def score_by_hand(layout, points, j, person, state):
    family = layout.families[j]
    if layout.cells.seen[person, j]:
        return family.score(family.unit(layout.cells.value[person, [j]]))[0]
    if state == "atom":
        return family.score(np.array(family.atoms[0]))
    place = layout.latent_place[person, j] - layout.latents[family.density].start
    return family.score(family.constrained(points[f"{family.density}.latent"][0, place]))


def person_by_hand(layout, points, person):
    """Sum over the states of everything latent of one person."""
    latent = np.flatnonzero(layout.latent[person])
    found = []
    for number in range(2 ** len(latent)):
        states = {j: "atom" if number >> k & 1 else "inside" for k, j in enumerate(latent)}
        total = 0.0
        for j, parents in enumerate(layout.cells.parents):
            if layout.cells.seen[person, j] or layout.latent[person, j]:
                scores = [
                    score_by_hand(layout, points, p, person, states.get(p))
                    if layout.cells.seen[person, p] or layout.latent[person, p] else 0.0
                    for p in parents
                ]  # fmt: skip
                total += cell_by_hand(layout, points, j, person, states.get(j), scores)
        found.append(total)
    return special.logsumexp(found)


def test_the_likelihood_of_each_person_is_that_written_by_hand():
    layout = lay_out(trial(clusters=False))
    assert len(layout.summed) > 10
    assert len(layout.latent_centre) > 15
    points = some_points(layout)
    found = by_person(layout, row_densities(layout, points))[0]
    by_hand = [person_by_hand(layout, points, person) for person in range(SIZE)]
    np.testing.assert_allclose(found, by_hand, rtol=1e-9)


def test_a_dropout_needs_no_latent_value():
    cells = trial(clusters=False)
    layout = lay_out(cells)
    gone = np.isnan(cells.value[:, 4]) & ~np.isnan(cells.value[:, 3])
    assert not layout.latent[gone, 4].any()


def test_a_cap_on_sums_is_kept_and_counted():
    cells = trial(clusters=False)
    layout, whole = lay_out(cells, most=1), lay_out(cells)
    assert not len(layout.summed)
    assert layout.ignored == whole.latent[:, [0, 2, 3]].sum()


@pytest.mark.model
def test_the_compiled_density_is_that_of_numpy():
    layout = lay_out(trial())
    density = compiled(layout)
    assert structure(layout).startswith("cells: bernoulli, beta, gamma, normal")
    rng = np.random.default_rng(5)
    differences = []
    for _ in range(3):
        point = density.start + rng.normal(0, 0.3, density.size)
        points = {name: value[None] for name, value in density.constrained(point).items()}
        differences.append(density(point)[0] - log_posterior(layout, points)[0])
    np.testing.assert_allclose(differences, 0, atol=1e-7)
