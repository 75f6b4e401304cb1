"""Draws to decide on and the settings of a study that is silent about them."""

import numpy as np
import pandas as pd
import pytest
from trialbalance.settings.sections.decision import DecisionSettings


def _tidy(cost, effect, arms):
    draws = np.arange(1, len(cost) + 1)
    parts = zip(arms, np.transpose(cost), np.transpose(effect), strict=True)
    return pd.concat(
        [pd.DataFrame({"draw": draws, "arm": arm, "cost": c, "effect": e}) for arm, c, e in parts],
        ignore_index=True,
    )


@pytest.fixture
def tidy():
    """A function that makes a tidy table of arrays (draw, arm)."""
    return _tidy


@pytest.fixture
def section():
    """Settings of the stage where a study is silent; none accepts a threshold for cwly."""
    return DecisionSettings(thresholds={"cwly": {"exploratory": True}}).model_dump(mode="json")


@pytest.fixture
def trial():
    """Four hundred draws of three arms, and a study with a fourth that nobody entered."""
    rng = np.random.default_rng(20)
    severity = rng.normal(size=(400, 1))
    cost = 9000 + np.array([0, 800, 1500]) + 700 * severity + rng.normal(size=(400, 3)) * 400
    effect = 0.6 + np.array([0, 0.03, 0.08]) - 0.02 * severity + rng.normal(size=(400, 3)) * 0.02
    arms = ("usual_care", "brief", "full", "postal")
    study = {"arms": {arm: {} for arm in arms}, "comparator": "usual_care", "currency": "GBP"}
    return _tidy(cost, effect, arms[:3]), study
