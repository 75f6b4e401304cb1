"""Published analyses of draws, reproduced where their draws are at hand.

The draws of the influenza vaccine example are part of the R package BCEA (GPL) and do not ship
here. In R: ``data(Vaccine); write.csv(data.frame(e, c), "vaccine.csv", row.names = FALSE)`` gives
the columns effect without and with vaccine, cost without and with vaccine. Then
``VACCINE_DRAWS=vaccine.csv pytest -n 0 tests/decision/test_published.py``.
"""

import os

import numpy as np
import pandas as pd
import pytest
from trialbalance.decision import compare_arms, tidy_draws

STUDY = {"arms": {"status_quo": {}, "vaccination": {}}, "comparator": "status_quo"}


@pytest.mark.skipif("VACCINE_DRAWS" not in os.environ, reason="needs draws of the R package BCEA")
def test_the_vaccine_example_gives_the_published_figures(section):
    values = pd.read_csv(os.environ["VACCINE_DRAWS"]).to_numpy(float)
    effects, costs = (
        pd.DataFrame(values[:, place], columns=list(STUDY["arms"])) for place in ([0, 1], [2, 3])
    )
    section["thresholds"] = {"qaly": {"marked": [25000.0], "range": [0, 50000], "step": 5000}}
    tables = compare_arms(tidy_draws(costs, effects), STUDY, section, "qaly")
    assert tables["incremental"].loc[0, "icer"] == pytest.approx(20097.6, abs=0.1)
    benefit = tables["net_benefit"].set_index("threshold").loc[25000]
    assert benefit["net_benefit"] == pytest.approx(1.2284, abs=5e-5)
    assert benefit["probability_positive"] == pytest.approx(0.529, abs=5e-4)
    information = tables["information"].set_index("threshold").loc[25000]
    assert information["per_person"] == pytest.approx(2.4145, abs=5e-5)
    assert np.isfinite(information["standard_error"])
