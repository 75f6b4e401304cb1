"""Leaving one participant out: moment matching against the closed form of a linear regression."""

import arviz as az
import numpy as np
import pytest
from scipy import stats
from trialbalance.model.checking.left_out import Pieces, add_leave_one_out

PEOPLE, TERMS, DRAWS = 24, 6, 4000


@pytest.fixture(scope="module")
def regression():
    """Regression of unit residual variance in which the last of all has leverage of 0.9."""
    rng = np.random.default_rng(3)
    design = rng.normal(size=(PEOPLE, TERMS))
    design[-1] *= np.sqrt(
        9 / (design[-1] @ np.linalg.solve(design[:-1].T @ design[:-1], design[-1]))
    )
    y = design @ np.ones(TERMS) + rng.normal(size=PEOPLE)
    inverse = np.linalg.inv(design.T @ design)
    draws = rng.multivariate_normal(inverse @ design.T @ y, inverse, size=DRAWS)
    return design, y, draws


def fit(regression):
    design, y, draws = regression
    values = stats.norm.logpdf(y, draws @ design.T)
    idata = az.from_dict(
        {"slope": draws.reshape(4, -1, TERMS)},
        log_likelihood={"participant": values.reshape(4, -1, PEOPLE)},
    )
    idata.log_likelihood = idata.log_likelihood.rename(participant_dim_0="participant_id")
    return idata


def pieces(regression, moved):
    design, y, draws = regression
    return Pieces(
        draws, np.array(moved),
        lambda points: stats.norm.logpdf(y, points @ design.T).sum(axis=1),
        lambda points, number: stats.norm.logpdf(y[number], points @ design[number]),
    )  # fmt: skip


def exact(regression):
    """Predictive log density of each: N(x b₋ᵢ, 1 ∕ (1 − h)), by the algebra of leverage."""
    design, y, _ = regression
    hat = design @ np.linalg.inv(design.T @ design) @ design.T
    h = np.diag(hat)
    return stats.norm.logpdf((y - hat @ y) / (1 - h), scale=np.sqrt(1 / (1 - h))), h


def test_matching_gives_the_closed_form_where_plain_weights_fail(regression):
    expected, leverage = exact(regression)
    assert leverage[-1] == pytest.approx(0.9)
    plain, matched = fit(regression), fit(regression)
    add_leave_one_out(plain, 0.7)
    add_leave_one_out(matched, 0.7, pieces(regression, [True] * TERMS))
    assert plain.leave_one_out.pareto_k[-1] > 0.7
    found = matched.leave_one_out
    assert (found.pareto_k < 0.7).all()
    np.testing.assert_array_equal(found.plain_pareto_k, plain.leave_one_out.pareto_k)
    np.testing.assert_allclose(found.elpd, expected, atol=0.1)
    assert abs(plain.leave_one_out.elpd[-1] - expected[-1]) > 0.2


def test_what_cannot_be_matched_stays_in_doubt(regression):
    idata = fit(regression)
    add_leave_one_out(idata, 0.7, pieces(regression, [True] + [False] * (TERMS - 1)))
    assert idata.leave_one_out.pareto_k[-1] > 0.6
    assert idata.leave_one_out.pareto_k[-1] <= idata.leave_one_out.plain_pareto_k[-1]
