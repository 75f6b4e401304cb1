"""All defensible analyses together: shares, decomposition, lock, and what is said of them."""

from itertools import product

import numpy as np
import pandas as pd
import pytest
from defensible_study import PLAIN, option, small
from trialbalance.settings.sections.multiverse import MultiverseSettings
from trialbalance.synthesis.multiverse import (
    gather,
    option_shares,
    proof_words,
    variance_shares,
)
from trialbalance.synthesis.multiverse_lock import added_options

STUDY = {"arms": {"new": {}, "usual": {}}, "comparator": "usual"}


def section_of(**options):
    """Return settings of choices by name, each with the names of its options."""
    choices = {
        choice: {
            "label": choice,
            "options": {name: option(name, threshold=float(place)) if place else PLAIN
                        for place, name in enumerate(names)},
        }
        for choice, names in options.items()
    }  # fmt: skip
    given = small(analysis="qaly", choices=choices, excluded=[])
    return MultiverseSettings.model_validate(given).model_dump(mode="json")


SECTION = section_of(a=["a1", "a2"], b=["b1", "b2", "b3"], c=["c1", "c2"])


def table_of(worth, section=SECTION, weight=None):
    """Return a table of cells whose net benefit is a function of their options."""
    rows = []
    names = [list(one["options"]) for one in section["choices"].values()]
    for number, cell in enumerate(product(*names), start=1):
        value = worth(*cell)
        taken = zip(section["choices"], cell, strict=True)
        rows.append({
            "cell": number,
            **{f"choice_{choice}": name for choice, name in taken},
            "arm": "new", "preferred": "new" if value > 0 else "usual", "way": "exact",
            "fit": "base/qaly", "net_benefit": value, "recomputed": np.nan,
            "weight": np.nan if weight is None else weight(*cell),
        })  # fmt: skip
    return pd.DataFrame(rows)


PARTS = {"a1": 0.0, "a2": 6.0, "b1": -1.0, "b2": 0.0, "b3": 4.0, "c1": 0.0, "c2": 0.0}


def test_a_sum_of_parts_is_decomposed_into_them():
    table = table_of(lambda a, b, c: PARTS[a] + PARTS[b] + PARTS[c])
    found = variance_shares(table, SECTION, STUDY).set_index("choice")["variance_share"]
    parts = {"a": np.var([0, 6]), "b": np.var([-1, 0, 4]), "c": 0.0}
    for choice, part in parts.items():
        assert found[choice] == pytest.approx(part / sum(parts.values()))
    assert found[found.index.isna()].tolist() == [0.0]


def test_what_choices_move_together_stands_in_the_rest():
    table = table_of(lambda a, b, c: 1.0 if (a == "a1") == (c == "c1") else -1.0)
    found = variance_shares(table, SECTION, STUDY)
    assert found["variance_share"].tolist() == pytest.approx([0, 0, 0, 1])
    assert found["turning_share"].tolist() == pytest.approx([0, 0, 0, 1])


def test_what_turns_the_answer_need_not_be_what_moves_it_most():
    worth = {"a1": 100.0, "a2": 200.0, "b1": 0.0, "b2": 0.0, "b3": 0.0, "c1": 0.0, "c2": -130.0}
    table = table_of(lambda a, b, c: worth[a] + worth[b] + worth[c])
    found = variance_shares(table, SECTION, STUDY).set_index("choice")
    assert found.loc["c", "variance_share"] > found.loc["a", "variance_share"]
    assert found.loc["a", "turning_share"] == pytest.approx(found.loc["c", "turning_share"])


def test_an_answer_that_does_not_vary_has_no_decomposition():
    found = variance_shares(table_of(lambda *_: 3.0), SECTION, STUDY)
    assert found[["variance_share", "turning_share"]].isna().all(axis=None)


def test_shares_are_counts_of_analyses():
    shares = option_shares(
        table_of(lambda a, b, c: 1.0 if a == "a1" else -1.0), SECTION, STUDY, None
    )
    rows = shares[shares["arm"] == "new"].set_index("option")
    whole = rows[rows.index.isna()].iloc[0]
    assert (whole["cells"], whole["preferred_cells"], whole["share"]) == (12, 6, 0.5)
    assert rows.loc["a1", ["cells", "share"]].tolist() == [6, 1.0]
    assert rows.loc["a2", "share"] == 0.0
    assert rows.loc["b2", "share"] == 0.5
    assert rows.loc["a1", "plan"]
    assert not rows.loc["a2", "plan"]
    assert rows["after_lock"].isna().all()
    assert shares[shares["arm"] == "usual"]["net_benefit"].isna().all()


def test_weights_count_where_they_are_given():
    table = table_of(
        lambda a, b, c: 1.0 if a == "a1" else -1.0,
        weight=lambda a, b, c: 3.0 if a == "a1" else 1.0,
    )
    shares = option_shares(table, SECTION, STUDY, None)
    whole = shares[shares["choice"].isna()].set_index("arm")["weighted_share"]
    assert whole.tolist() == pytest.approx([0.75, 0.25])


def test_a_tie_counts_for_each_arm():
    table = table_of(lambda *_: 0.0).assign(preferred="new, usual")
    shares = option_shares(table, SECTION, STUDY, None)
    assert set(shares["share"]) == {1.0}


def test_an_option_whose_cells_are_all_excluded_has_no_share():
    table = table_of(lambda *_: 1.0)
    table = table[table["choice_b"] != "b3"]
    rows = option_shares(table, SECTION, STUDY, None).set_index("option")
    assert (rows.loc["b3", "cells"] == 0).all()
    assert rows.loc["b3", "share"].isna().all()


def test_cells_of_options_added_after_the_lock_are_marked():
    locked = section_of(a=["a1", "a2"], b=["b1", "b2"], c=["c1", "c2"])
    lock = {"settings": {"base": {"multiverse": locked}}}
    table = gather([table_of(lambda *_: 1.0)], SECTION, lock, {})
    assert table["after_lock"].tolist() == (table["choice_b"] == "b3").tolist()
    shares = option_shares(table, SECTION, STUDY, lock).set_index("option")
    assert shares["after_lock"].groupby(level=0).first()["b3"]
    assert not shares["after_lock"].groupby(level=0).first()["b2"]


def test_an_option_changed_after_the_lock_counts_as_added():
    changed = section_of(a=["a1", "a2"], b=["b1", "b2", "b3"], c=["c1", "c2"])
    changed["choices"]["a"]["options"]["a2"]["threshold"] = 7.0
    assert added_options(changed, {"settings": {"base": {"multiverse": SECTION}}}) == {"a2"}


def test_other_words_of_an_option_are_no_change():
    locked = {"choices": {
        choice: {"options": {
            name: {key: value for key, value in one.items() if key != "label"} | {"defensible": "?"}
            for name, one in own["options"].items()
        }}
        for choice, own in SECTION["choices"].items()
    }}  # fmt: skip
    assert added_options(SECTION, {"settings": {"base": {"multiverse": locked}}}) == frozenset()


def test_every_cell_is_added_where_the_locked_plan_has_no_multiverse():
    table = gather([table_of(lambda *_: 1.0)], SECTION, {"settings": {"base": {}}}, {})
    assert table["after_lock"].all()


def test_nothing_is_marked_where_nothing_was_locked():
    assert gather([table_of(lambda *_: 1.0)], SECTION, None, {})["after_lock"].isna().all()


def test_the_worst_disagreement_is_said():
    table = table_of(lambda *_: 5.0)
    table.loc[[0, 3], "recomputed"] = [5.0, 5.5]
    assert (
        proof_words(table)
        == "12 cells (12 exact) on 1 fit; algebra of 2 done again, the worst 0.5 off"
    )


def test_cells_say_how_many_checks_their_fit_failed():
    checks = {"base/qaly": pd.DataFrame({"verdict": ["pass", "fail", "note", "fail"]})}
    table = gather([table_of(lambda *_: 1.0)], SECTION, None, checks)
    assert set(table["failed_checks"]) == {2}
    assert gather([table_of(lambda *_: 1.0)], SECTION, None, {})["failed_checks"].isna().all()


def test_the_plans_own_option_of_a_choice_added_later_is_no_addition():
    locked = {"choices": {name: SECTION["choices"][name] for name in ("a", "b")}, "excluded": []}
    lock = {"settings": {"base": {"multiverse": locked}}}
    table = gather([table_of(lambda *_: 1.0)], SECTION, lock, {})
    assert table["after_lock"].tolist() == (table["choice_c"] == "c2").tolist()


def test_cells_that_the_locked_plan_left_out_are_marked():
    left = {"options": ["a2", "c2"], "reason": "They did not go together."}
    lock = {"settings": {"base": {"multiverse": SECTION | {"excluded": [left]}}}}
    table = gather([table_of(lambda *_: 1.0)], SECTION, lock, {})
    both = (table["choice_a"] == "a2") & (table["choice_c"] == "c2")
    assert table["after_lock"].tolist() == both.tolist()


def by_arm(new, usual="usual", delta=-0.1):
    """Return settings of a choice whose second option moves the two arms apart."""
    section = section_of(a=["a1", "a2"])
    missing = {"effect": {new: delta, usual: 0.05}, "cost_percent": 0.0, "jump_to_reference": [],
               "at_ceiling": None}  # fmt: skip
    section["choices"]["a"]["options"]["a2"] |= {"threshold": None, "missing": missing}
    return section


def test_neutral_names_of_arms_are_no_change_and_other_numbers_are():
    lock = {"settings": {"base": {"multiverse": by_arm("new")}}}
    assert added_options(by_arm("arm_b", "arm_a"), lock, blind=True) == frozenset()
    assert added_options(by_arm("arm_b", "arm_a", -0.2), lock, blind=True) == {"a2"}
    assert added_options(by_arm("usual", "new"), lock) == {"a2"}
