"""Weights of visits: the area under a curve as a weighted sum, with and without deaths."""

import numpy as np
import pandas as pd
import pytest
from filled import filled
from trialbalance.outcomes.areas import add_up_area
from trialbalance.outcomes.follow_up_grid import follow_participants
from trialbalance.outcomes.scores.scoring import Scored
from trialbalance.outcomes.weights import visit_weights

GRIDS = {
    "unequal visits": ({"m0": 0.0, "m3": 0.25, "m6": 0.5, "m12": 1.0}, 1.0),
    "two years": ({"m0": 0.0, "m6": 0.5, "m18": 1.5, "m24": 2.0}, 2.0),
    "late last visit": ({"m0": 0.0, "m6": 0.5, "late": 380 / 365.25}, 1.0),
    "early last visit": ({"m0": 0.0, "m6": 0.5, "early": 0.9}, 1.0),
    "baseline before the index date": ({"m0": -0.1, "m6": 0.5, "m12": 1.0}, 1.0),
}


def followed(visits, death=None):
    people = pd.DataFrame(
        {
            "participant_id": ["p1"],
            "arm": ["a"],
            "randomisation_date": pd.to_datetime(["2012-01-01"]),
            "death_date": pd.to_datetime([death]),
        }
    )
    held = pd.DataFrame(
        {"participant_id": "p1", "visit": list(visits), "date": pd.NaT, "status": "attended"}
    )
    return follow_participants(people, held, visits)


def scored(values):
    grid = np.array([values], dtype=float)
    return Scored("eq5d", "utility", grid, grid == 1, grid > -9, grid > -9)


@pytest.mark.parametrize("discounting", ["yearly", "continuous"])
@pytest.mark.parametrize("name", list(GRIDS))
def test_weights_give_the_area_of_the_outcomes_stage(name, discounting):
    visits, horizon = GRIDS[name]
    section = filled("outcomes", {"discounting": discounting})
    values = np.array([0.5, 0.7, 0.4, 0.9][: len(visits)])
    who = followed(visits)
    area = add_up_area(who, scored(values), "qaly", horizon, section)[0]["value"].iloc[0]
    table = visit_weights(who, scored(values), "qaly", {"horizon_years": horizon}, section)
    by_visit = table.groupby("visit")["weight"].sum().reindex(list(visits)).fillna(0)
    assert by_visit.to_numpy() @ values == pytest.approx(area, abs=1e-12)


def test_a_visit_at_which_nobody_is_scored_has_no_weight():
    visits = {"m0": 0.0, "m6": 0.5, "m12": 1.0}
    table = visit_weights(
        followed(visits), scored([0.5, np.nan, 0.7]), "qaly", {"horizon_years": 1.0},
        filled("outcomes", {"discount_rate": 0.0}),
    )  # fmt: skip
    assert dict(zip(table["visit"], table["weight"], strict=True)) == {"m0": 0.5, "m12": 0.5}


def test_deaths_spread_evenly_between_visits_give_the_mean_area():
    """Held to death: 1,000 people of the same value who die one after the other in a year."""
    visits = {"m0": 0.0, "m6": 0.5, "m12": 1.0}
    table = visit_weights(
        followed(visits), scored([0.8, 0.8, 0.8]), "qaly", {"horizon_years": 1.0},
        filled("outcomes", {"discount_rate": 0.0}),
    )  # fmt: skip
    alive = 1 - table["time_years"]
    assert (table["weight"] * alive * 0.8).sum() == pytest.approx(0.8 * 0.5)
