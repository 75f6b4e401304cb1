"""Value sets: every published profile, every profile's order, checksums, and speed."""

import hashlib
import itertools
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from trialbalance import contracts
from trialbalance.outcomes.scores.value_sets import look_up_profiles, tabulate_profiles

FOLDER = Path(__file__).parents[2] / "workflow" / "resources" / "value_sets"
SOURCES = yaml.safe_load((FOLDER / "sources.yaml").read_text(encoding="utf-8"))
NAMES = [source["file"] for source in SOURCES]


def profiles_of(source):
    path = FOLDER / source["file"]
    return tabulate_profiles(contracts.read(path, "value_set", {}), path.stem)


def score(profiles, text):
    return look_up_profiles(np.array([[float(level) for level in text]]), profiles)


def test_every_value_set_has_a_source():
    assert sorted(NAMES) == sorted(path.name for path in FOLDER.glob("*.csv"))


@pytest.mark.parametrize("source", SOURCES, ids=NAMES)
def test_checksum(source):
    assert hashlib.sha256((FOLDER / source["file"]).read_bytes()).hexdigest() == source["sha256"]


@pytest.mark.parametrize("source", SOURCES, ids=NAMES)
def test_published_profiles_are_exact(source):
    profiles = profiles_of(source)
    found = {text: score(profiles, text)[0][0] for text in source["vectors"]}
    assert found == source["vectors"]


@pytest.mark.parametrize("source", SOURCES, ids=NAMES)
def test_counts_of_all_profiles(source):
    table = profiles_of(source).table
    assert len(table) == source["states"]
    assert (table < 0).sum() == source["below_zero"]
    assert table.min() == source["lowest"]


@pytest.mark.parametrize("source", SOURCES, ids=NAMES)
def test_a_worse_answer_never_has_a_higher_value(source):
    profiles = profiles_of(source)
    grid = profiles.table.reshape(profiles.levels)
    # High levels are good where the source says which level is best.
    better = 1 if "best_level" in source else -1
    for axis in range(grid.ndim):
        assert (better * np.diff(grid, axis=axis) > 0).all()


def test_three_level_tariff_equals_its_formula_on_every_profile():
    """The formula is written out here once more, from the published decrements."""
    decrements = np.array(
        [
            [0, 0.069, 0.314],
            [0, 0.104, 0.214],
            [0, 0.036, 0.094],
            [0, 0.123, 0.386],
            [0, 0.071, 0.236],
        ]
    )
    profiles = profiles_of(SOURCES[0])
    for state in itertools.product((1, 2, 3), repeat=5):
        expected = 1 - sum(decrements[place, level - 1] for place, level in enumerate(state))
        expected -= 0.081 * (max(state) > 1) + 0.269 * (max(state) == 3)
        assert score(profiles, state)[0][0] == pytest.approx(expected, abs=1e-9)


def test_numbers_that_rest_on_one_source_say_so():
    """The five-level table was compared on all states (decision 041); ICECAP-O was seen once."""
    status = {name: set(contracts.read(FOLDER / name, "value_set", {})["status"]) for name in NAMES}
    assert status["icecap_o_uk.csv"] == {"single_source"}
    assert status["eq5d5l_uk_2026.csv"] == status["eq5d3l_uk_mvh_a1.csv"] == {"confirmed"}


def test_ceiling_belongs_to_the_profile_and_not_to_the_value_one():
    """A mapped table may value the best profile at 0.987; another profile may reach 1."""
    table = pd.DataFrame(
        [
            ("start", None, None, 0.987),
            ("level", "a", 1, 0.0),
            ("level", "a", 2, -0.1),
            ("level", "b", 1, 0.0),
            ("level", "b", 2, -0.2),
        ],
        columns=["term", "dimension", "level", "value"],
    )
    value, best = score(tabulate_profiles(table), "11")
    assert (value[0], best[0]) == (0.987, True)
    assert not score(tabulate_profiles(table), "21")[1][0]


def test_ceiling_where_high_levels_are_good():
    table = pd.DataFrame(
        [("start", None, None, 0.0), *(("level", d, k, k / 8) for d in "ab" for k in (1, 2, 3, 4))],
        columns=["term", "dimension", "level", "value"],
    )
    profiles = tabulate_profiles(table)
    assert score(profiles, "44") == (np.array([1.0]), np.array([True]))


def test_blank_answers_have_no_value():
    values, best = look_up_profiles(np.array([[1, 1, np.nan, 1, 1]]), profiles_of(SOURCES[0]))
    assert np.isnan(values[0])
    assert not best[0]


def test_a_million_profiles_are_scored_at_once():
    """A generous bound: a look-up takes hundredths of a second, a loop takes many seconds."""
    answers = np.random.default_rng(1).integers(1, 6, (1_000_000, 5)).astype(float)
    profiles = profiles_of(SOURCES[1])
    start = time.perf_counter()
    values, _ = look_up_profiles(answers, profiles)
    assert time.perf_counter() - start < 2
    assert values.shape == (1_000_000,)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"term": "constant"}, "found constant; allowed: start, any, level"),
        ({"value": np.nan}, "found a blank; allowed: a number"),
        ({"level": 3}, "found levels 1, 3 of a; allowed: each level from 1 upwards once"),
    ],
)
def test_faulty_tables_are_told(change, sentence):
    table = pd.DataFrame(
        [("start", None, None, 1.0), ("level", "a", 1, 0.0), ("level", "a", 2, -0.1)],
        columns=["term", "dimension", "level", "value"],
    )
    for column, value in change.items():
        table.loc[2, column] = value
    with pytest.raises(contracts.Problems, match=r"mine\.csv") as caught:
        tabulate_profiles(table, "mine")
    assert sentence in str(caught.value)
