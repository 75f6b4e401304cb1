"""What leaving one participant out does to the means, and three unseen values integrated out."""

import sys
from pathlib import Path

import numpy as np
import pytest
from cell_trial import VISITS, least_squares, made, visits
from scipy import stats
from trialbalance.model.cells.pointwise import log_likelihood
from trialbalance.model.cells.rows import lay_out
from trialbalance.model.checking.checks import check
from trialbalance.model.checking.influence import left_out_moves
from trialbalance.model.forms import fit

sys.path.insert(0, str(Path(__file__).parent.parent))
from simulated_trial import STUDY, dataset, section


def test_leaving_one_out_moves_the_means_as_told():
    """A flat posterior of normal means has draws of its mean; the closed form is a shorter mean."""
    rng = np.random.default_rng(1)
    arm, y = np.repeat([0, 1], 20), rng.normal(size=40)
    mean = np.array([y[arm == one].mean() for one in (0, 1)])
    still = np.tile(mean[None, :, None], (200, 1, 2))
    found = left_out_moves(arm, np.c_[y, 2 * y], np.zeros((200, 40)), still)
    for i in (0, 25):
        rest = [y[(arm == one) & (np.arange(40) != i)].mean() for one in (0, 1)]
        np.testing.assert_allclose(found[i, :, 0], np.array(rest) - mean, atol=1e-12)
        np.testing.assert_allclose(found[i, :, 1], 2 * (np.array(rest) - mean), atol=1e-12)


def test_what_somebody_says_of_parameters_moves_what_is_filled_in():
    """Means that follow a normal posterior move as that posterior does without one value."""
    rng, size = np.random.default_rng(2), 25
    y = rng.normal(size=size)
    draws = rng.normal(y.mean(), 1 / np.sqrt(size), 200_000)
    likelihood = stats.norm.logpdf(y[None], draws[:, None])
    means = np.zeros((len(draws), 2, 2))
    means[:, 1, 0] = draws
    arm = np.zeros(size, int)
    found = left_out_moves(arm, np.zeros((size, 2)), likelihood, means)[:, 1, 0]
    exact = (y.sum() - y) / (size - 1) - y.mean()
    # To first order in 1 / n.
    np.testing.assert_allclose(found, exact * (size - 1) / size, atol=0.003)


@pytest.mark.parametrize(("cost", "verdict"), [(None, "pass"), (3e6, "fail")])
def test_one_person_with_a_huge_cost_fails_the_check_of_influence(cost, verdict):
    frame = dataset(120)
    if cost:
        frame.loc[0, "cost"] = cost
    own = section(effect={"family": "normal"}, cost={"family": "normal"}, draws=250, tune=250,
                  chains=2)  # fmt: skip
    table = check(fit(frame, [], STUDY, own, seed=1), frame, own).set_index("check")
    assert table.loc["influence", "verdict"] == verdict
    if cost:
        assert table.loc["influence", "advice"].startswith("cost, B against A: look at the records")


def test_three_unseen_values_are_integrated_out():
    """The likelihood of the last visit alone is its margin, in closed form under normal cells."""
    arm, value = visits(60, 3)
    value = np.c_[value, value[:, 2] + np.random.default_rng(4).normal(0, 0.1, len(value))]
    cells = [*VISITS, type(VISITS[0])("u18", "measure", "u", "m18", 1.5, 1.5,
                                      parents=("u0", "u6", "u12"))]  # fmt: skip
    value[0, :3] = np.nan
    weight = np.array([0.25, 0.5, 0.5, 0.25])
    layout = lay_out(made(cells, value, arm, weight))
    assert (layout.latent_place[0] >= 0).sum() == 3
    points = least_squares(layout)
    # Everything is linear, so that brute force draws the three and averages the density of the
    # fourth.
    block, rng = layout.blocks["normal"], np.random.default_rng(5)
    drawn, mean = _forward(layout, points, rng, 400_000)
    expected = np.log(stats.norm.pdf(*mean).mean())
    here = {name: np.repeat(v, 400, axis=0) for name, v in points.items()}
    posterior = _given_last(drawn, mean, rng, 400)
    family = block.family
    here["normal.latent"] = family.free(posterior)
    assert log_likelihood(layout, here)[0, 0] == pytest.approx(expected, abs=5e-3)


def _forward(layout, points, rng, count):
    """Draw the first person's visits but the last, and give value, mean and SD of the last."""
    block, person = layout.blocks["normal"], layout.cells
    drawn = []
    for number, part in enumerate(block.parts):
        level = points["normal.level"][0, part.levels][person.arm[0] if part.levels.stop
                                                       - part.levels.start > 1 else 0]  # fmt: skip
        spreads = points["normal.spread"][0, part.spreads]
        spread = spreads[person.arm[0]] if len(spreads) > 1 else spreads[0]
        slope = part.unwhiten @ points["normal.white"][0, part.whitened]
        mean = np.full(count, level)
        for k, parent in enumerate(cell for cell, _ in person.terms(part.cell)):
            score = layout.families[parent].score(drawn[parent])
            mean = mean + slope[k] * (score - part.centre[k])
        if number < len(block.parts) - 1:
            drawn.append(rng.normal(mean, spread))
    seen = layout.families[-1].unit(person.value[:1, -1])
    return np.array(drawn).T, (seen, mean, spread)


def _given_last(drawn, mean, rng, count):
    """Return draws of the unseen visits given the last."""
    chance = stats.norm.pdf(*mean)
    return drawn[rng.choice(len(drawn), count, p=chance / chance.sum())]
