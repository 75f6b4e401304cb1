"""What was fitted is written as it was fitted: distributions, dependence, counts, priors in use."""

import numpy as np
import pandas as pd
import pytest
from followed_trial import STUDY, WEIGHTS, people, section, tables
from trialbalance import contracts
from trialbalance.model.cells.fitted import fitted_cells
from trialbalance.model.cells.from_data.by_total import cells_by_total
from trialbalance.model.cells.from_data.by_visit import cells_by_visit
from trialbalance.model.families import FAMILIES


def visits(**settings):
    arm, utility, cost = people(40, 3)
    unseen = np.zeros((40, 3), bool)
    unseen[:4, 2] = True
    death, end = np.full(40, np.inf), np.ones(40)
    death[5] = 0.7
    dataset, follow_up = tables(arm, utility, np.abs(cost), unseen, death, end)
    model = section(**settings)
    cells = cells_by_visit(dataset, follow_up, WEIGHTS, STUDY, model)
    return cells, fitted_cells(cells, model["priors"])


def totals(**settings):
    rng = np.random.default_rng(2)
    frame = pd.DataFrame(
        {
            "participant_id": [f"p{place}" for place in range(60)],
            "arm": ["A", "B"] * 30,
            "site": ["north", "south", "west"] * 20,
            "cost": np.where(rng.random(60) < 0.2, 0.0, rng.gamma(2.0, 500.0, 60)),
            "effect": np.where(rng.random(60) < 0.3, np.nan, rng.normal(0.6, 0.1, 60)),
        }
    )
    model = section(cells="totals", **settings)
    cells = cells_by_total(frame, [], STUDY, model)
    return cells, fitted_cells(cells, model["priors"])


def test_each_cell_has_its_row_in_the_order_of_the_model():
    cells, table = visits()
    assert table["cell"].tolist() == cells.names
    assert table["possible"].tolist() == cells.possible.sum(axis=0).tolist()
    assert table["observed"].tolist() == cells.seen.sum(axis=0).tolist()
    assert table["follows"].fillna("").tolist() == ["; ".join(one.parents) for one in cells.cells]


def test_equations_and_words_are_those_of_the_families():
    _, table = totals(effect={"family": "normal"}, cost={"family": "lognormal"})
    for row in table.itertuples():
        family = FAMILIES[row.family]
        assert (row.distribution, row.equation) == (family.words, family.equation)
    assert set(table["family"]) == {"normal", "lognormal"}


def test_what_a_family_says_of_spikes_stands_behind_its_comma():
    for family in FAMILIES.values():
        _, comma, rest = family.words.partition(", ")
        assert not comma or "spike" in rest or "hurdle" in rest


def test_a_spike_is_told_only_where_people_sit_at_it():
    _, table = totals(effect={"family": "normal"}, cost={"family": "gamma"})
    spikes = table.set_index("kind")["spikes"]
    assert spikes["cost"] == "0" and pd.isna(spikes["effect"])


def test_only_priors_in_use_are_written():
    _, plain = totals(effect={"family": "normal"}, cost={"family": "normal"}, dependence="none")
    assert plain[["prior_slope", "prior_spike", "prior_cluster"]].isna().all(axis=None)
    _, joint = totals(
        effect={"family": "normal"}, cost={"family": "gamma"}, clusters="site",
        priors={"spread": 2.0, "event": 0.9, "cluster": 0.4},
    )  # fmt: skip
    cost = joint[joint["kind"] == "cost"].iloc[0]
    assert (cost["prior_spike"], cost["prior_cluster"], cost["clusters"]) == (0.9, 0.4, 3)
    own = FAMILIES["gamma"].spread_prior
    assert cost["prior_spread"] == f"log-normal {2 * own.scale:g}"
    assert cost["follows_by_arm"] == "effect" and cost["prior_slope"] == 1.0


@pytest.mark.parametrize("made", [visits, totals])
def test_the_table_keeps_its_contract(made, tmp_path):
    _, table = made()
    contracts.write(table, tmp_path / "fitted_cells.csv", "fitted_cells", synthetic=True)
    again = contracts.read(tmp_path / "fitted_cells.csv", "fitted_cells")
    assert again["cell"].tolist() == table["cell"].tolist()
