"""Power-scaling on a posterior whose answer under any power is known."""

import numpy as np
import pytest
from scipy import stats
from trialbalance.model.checking.power_scaling import scale
from trialbalance.model.quantities import quantities


def conjugate(prior_mean, prior_sd, data_mean, data_sd, alpha=1.0):
    """Mean and SD of a normal posterior with its prior to a power."""
    weights = np.array([alpha / prior_sd**2, 1 / data_sd**2])
    return weights @ [prior_mean, data_mean] / weights.sum(), weights.sum() ** -0.5


def scaled(prior_mean, prior_sd, data_mean=1.0, data_sd=0.2):
    centre, spread = conjugate(prior_mean, prior_sd, data_mean, data_sd)
    draws = np.random.default_rng(1).normal(centre, spread, (4, 4000))
    lines = quantities(["A", "B"], [])[:1]
    return scale(
        lines,
        draws[..., None],
        stats.norm.logpdf(draws, prior_mean, prior_sd),
        stats.norm.logpdf(data_mean, draws, data_sd),
    ).iloc[0]


def test_means_under_other_priors_are_those_of_a_refit():
    found = scaled(0.0, 0.5)
    for name, alpha in (("weaker_prior", 0.8), ("stronger_prior", 1.25)):
        expected, spread = conjugate(0.0, 0.5, 1.0, 0.2, alpha)
        assert found[name] == pytest.approx(expected, abs=0.05 * spread)
    assert found["pareto_k"] < 0.7


@pytest.mark.parametrize(
    ("prior_mean", "prior_sd", "data_sd", "verdict", "words"),
    [
        (1.0, 5.0, 0.2, "none", ""),
        (-1.0, 0.3, 0.2, "prior-data conflict", "prior and data pull the cost of B apart"),
        (1.0, 0.2, 20.0, "weak likelihood", "the data say little about the cost of B"),
    ],
)
def test_verdicts(prior_mean, prior_sd, data_sd, verdict, words):
    found = scaled(prior_mean, prior_sd, data_sd=data_sd)
    assert found["verdict"] == verdict
    assert found["sentence"].startswith(words)
    assert bool(found["sentence"]) == bool(words)


def test_weights_that_cannot_be_trusted_are_told():
    rng = np.random.default_rng(1)
    draws = rng.standard_normal((4, 1000))
    prior = 20 * rng.standard_cauchy((4, 1000))
    found = scale(quantities(["A", "B"], [])[:1], draws[..., None], prior, draws * 0.0).iloc[0]
    assert found["pareto_k"] > 0.7
    assert "refit with other model.priors to be sure" in found["sentence"]


def test_a_known_contrast_has_no_sensitivity():
    draws = np.random.default_rng(1).standard_normal((4, 1000))
    lines = quantities(["A", "B"], [])[:1]
    found = scale(lines, np.zeros((4, 1000, 1)), draws, draws).iloc[0]
    assert np.isnan(found["prior"])
    assert found["verdict"] == "none"
    assert found["weaker_prior"] == 0
