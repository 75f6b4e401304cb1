"""Published analyses of draws, reproduced where their draws are at hand.

The draws of the influenza vaccine and of the smoking example are part of the R package BCEA (GPL)
and do not ship here. In R: ``library(BCEA); data(Vaccine); write.csv(data.frame(eff, cost),
"vaccine.csv", row.names = FALSE)`` gives the effects of each option and then their costs, and
likewise with ``Smoking`` (older versions call the two ``e`` and ``c``). Then
``VACCINE_DRAWS=vaccine.csv SMOKING_DRAWS=smoking.csv`` before ``pytest`` runs the tests.
"""

import os

import numpy as np
import pandas as pd
import pytest
from trialbalance.decision import compare_arms, tidy_draws

STUDY = {
    "arms": {"status_quo": {}, "vaccination": {}},
    "comparator": "status_quo",
    "currency": "GBP",
}


@pytest.mark.skipif("VACCINE_DRAWS" not in os.environ, reason="needs draws of the R package BCEA")
def test_the_vaccine_example_gives_the_published_figures(section):
    values = pd.read_csv(os.environ["VACCINE_DRAWS"]).to_numpy(float)
    effects, costs = (
        pd.DataFrame(values[:, place], columns=list(STUDY["arms"])) for place in ([0, 1], [2, 3])
    )
    section["thresholds"]["qaly"] |= {"marked": [25000.0], "range": [0, 50000], "step": 5000}
    tables = compare_arms(tidy_draws(costs, effects), STUDY, section, "qaly")
    assert tables["incremental"].loc[0, "icer"] == pytest.approx(20097.6, abs=0.1)
    benefit = tables["net_benefit"].set_index("threshold").loc[25000]
    assert benefit["net_benefit"] == pytest.approx(1.2284, abs=5e-5)
    assert benefit["probability_positive"] == pytest.approx(0.529, abs=5e-4)
    information = tables["information"].set_index("threshold").loc[25000]
    assert information["per_person"] == pytest.approx(2.4145, abs=5e-5)
    assert np.isfinite(information["standard_error"])


@pytest.mark.skipif("SMOKING_DRAWS" not in os.environ, reason="needs draws of the R package BCEA")
def test_the_smoking_example_gives_the_published_figures_of_four_arms(section):
    values = pd.read_csv(os.environ["SMOKING_DRAWS"]).to_numpy(float)
    arms = ["no_contact", "self_help", "individual", "group"]
    study = {"arms": {arm: {} for arm in arms}, "comparator": "no_contact", "currency": "GBP"}
    effects, costs = (pd.DataFrame(part, columns=arms) for part in (values[:, :4], values[:, 4:]))
    section["thresholds"]["qaly"] |= {"marked": [250.0, 25000.0], "range": [0, 50000], "step": 250}
    tables = compare_arms(tidy_draws(costs, effects), study, section, "qaly")
    worth = tables["information"].set_index("threshold")["per_person"]
    assert worth[250] == pytest.approx(45.77, abs=5e-3)
    assert worth[25000] == pytest.approx(1545.1, abs=0.05)
    chance = tables["acceptability"].set_index(["threshold", "arm"])
    found = [chance.loc[(250.0, arm), "probability"] for arm in arms]
    assert found == pytest.approx([0.054, 0.264, 0.278, 0.404], abs=5e-4)
    assert chance.loc[(25000.0, "group"), "probability"] == pytest.approx(0.696, abs=5e-4)
    assert chance.loc[(25000.0, "group"), "frontier"]
