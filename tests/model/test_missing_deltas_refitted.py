"""Moving the unobserved by algebra, against imputing them with the delta and fitting again."""

import numpy as np
import pytest
from simulated_trial import STUDY, dataset, section
from trialbalance.decision.draws import arm_draws
from trialbalance.decision.missing.unobserved import move, unobserved_arrays
from trialbalance.model.cells.from_data.by_total import cells_by_total
from trialbalance.model.cells.rows import lay_out
from trialbalance.model.forms import fit
from trialbalance.model.results import arm_draws as model_arm_draws
from trialbalance.model.results import unobserved_means

pytestmark = pytest.mark.model
SETTINGS = {"effect": {"family": "normal"}, "cost": {"family": "normal"}, "dependence": "none"}
# Corners of the map: deltas of arms A and B on the effect, with percents on their cost.
CORNERS = [((a, b), (100 * a, 300 * b)) for a in (-0.2, 0.2) for b in (-0.2, 0.2)]
IMPUTATIONS = 600


@pytest.fixture(scope="module")
def incomplete():
    """People with low baseline lack the effect more often, others lack cost; three died."""
    frame = dataset(160, seed=11)
    rng = np.random.default_rng(12)
    low = frame["baseline_effect"] < frame["baseline_effect"].median()
    gone = rng.random(160) < np.where(low, 0.5, 0.2)
    frame.loc[gone, ["effect", "at_ceiling"]] = [np.nan, None]
    frame.loc[~gone & (rng.random(160) < 0.3), "cost"] = np.nan
    frame.loc[frame.index[frame["effect"].notna()][:3], "died"] = True
    return frame


@pytest.fixture(scope="module")
def fitted(incomplete):
    idata = fit(incomplete, [], STUDY, section(**SETTINGS), 1)
    arrays = arm_draws(model_arm_draws(idata), STUDY)
    return idata, arrays, unobserved_arrays(unobserved_means(idata), arrays)


@pytest.fixture(scope="module")
def layout(incomplete):
    return lay_out(cells_by_total(incomplete, [], STUDY, section(**SETTINGS)))


@pytest.fixture(scope="module")
def drawn(fitted):
    """Levels, slopes on baseline and spreads by label, draws first."""
    posterior, found = fitted[0].posterior, {}
    for name in ("level", "slope", "spread"):
        for label in posterior[f"{name}_of"].to_numpy():
            found[name, str(label)] = posterior[name].sel({f"{name}_of": label}).to_numpy().ravel()
    return found


def impute(drawn, layout, number, noise):
    """Complete the data once, from one posterior draw."""
    cells, found = layout.cells, []
    for name, own in (("effect", noise[0]), ("total", noise[1])):
        family = layout.families[cells.names.index(name)]
        part = next(p for p in layout.blocks["normal"].parts if p.name == name)
        level, spread = (
            np.array([drawn[what, f"{name}, {arm}"][number] for arm in cells.arms])[cells.arm]
            for what in ("level", "spread")
        )
        slope = drawn["slope", f"{name} on baseline_effect"][number]
        away = cells.design[:, 0] - part.centre[0]
        level = level + slope * away
        if name == "total":
            died = layout.families[cells.names.index("death")]
            score = died.score(cells.value[:, cells.names.index("death")])
            level = level + drawn["slope", "total on death"][number] * (score - part.centre[1])
        found.append(family.raw(level + spread * own))
    return cells.design[:, 0], *found


def completed(frame, arm, effect, cost, corner):
    """Return the data with the imputed values moved by the deltas of their arm."""
    delta, percent = (np.array(values)[arm] for values in corner)
    whole = frame.copy()
    whole["effect"] = frame["effect"].where(frame["effect"].notna(), effect + delta)
    whole["cost"] = frame["cost"].where(frame["cost"].notna(), cost * (1 + percent / 100))
    return whole


def one_draw(values, arm, baseline, rng):
    """One posterior draw of the arms' means: regression with a spread for each arm."""
    design = np.column_stack([arm == 0, arm == 1, baseline]).astype(float)
    weight = np.ones(len(values))
    for _ in range(3):
        products = np.linalg.inv((design.T * weight) @ design)
        slopes = products @ (design.T * weight) @ values
        rest = values - design @ slopes
        weight = np.array([1 / np.mean(rest[arm == a] ** 2) for a in (0, 1)])[arm]
    return rng.multivariate_normal(slopes, products)[:2]


@pytest.mark.parametrize("corner", CORNERS)
def test_algebra_is_imputing_with_the_delta_and_analysing_again(
    incomplete, fitted, layout, drawn, corner
):
    _, arrays, unobserved = fitted
    rng, arm = np.random.default_rng(5), layout.cells.arm
    found = {"cost": [], "effect": []}
    for number in rng.choice(len(arrays.draw), IMPUTATIONS, replace=False):
        baseline, effect, cost = impute(drawn, layout, number, rng.standard_normal((2, 160)))
        whole = completed(incomplete, arm, effect, cost, corner)
        for name in found:
            # The dead, whose effect is known, are in it as everybody is.
            found[name].append(one_draw(whole[name].to_numpy(float), arm, baseline, rng))
    moved = dict(zip(("cost", "effect"), move(arrays, unobserved, *corner), strict=True))
    for name in found:
        again = np.array(found[name])
        spread = again.std(axis=0)
        error = 4 * spread / np.sqrt(IMPUTATIONS)
        assert (abs(again.mean(axis=0) - moved[name].mean(axis=0)) < error + 0.15 * spread).all()
        np.testing.assert_allclose(moved[name].std(axis=0), spread, rtol=0.2)
