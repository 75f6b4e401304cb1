"""Patterns over visits: counted by hand, the dead in neither list, and nobody lost."""

import pandas as pd
from trialbalance.dataset import build_dataset
from trialbalance.dataset.described.missingness import VISIT_COLUMNS, count_visit_patterns

VISITS = ["m0", "m6", "m12"]


def scores(**people):
    rows = [
        (person, visit, "utility", {"s": 0.5}.get(mark), mark == "d")
        for person, marks in people.items()
        for visit, mark in zip(VISITS, marks, strict=True)
    ]
    return pd.DataFrame(rows, columns=["participant_id", "visit", "measure", "value", "dead"])


def counted(**people):
    dataset = pd.DataFrame({"participant_id": list(people), "arm": "a"})
    return count_visit_patterns(dataset, scores(**people), VISITS, ["a"])


def test_patterns_by_hand():
    table = counted(p1="sss", p2="sss", p3="s-s", p4="s--", p5="sdd", p6="-dd")
    assert table.iloc[0].to_list() == ["utility", "a", "m0, m6, m12", "", True, 2]
    found = {
        (row.seen, row.missing): (row.monotone, row.participants) for row in table.itertuples()
    }
    assert found == {
        ("m0, m6, m12", ""): (True, 2),
        ("m0, m12", "m6"): (False, 1),
        ("m0", "m6, m12"): (True, 1),
        ("m0", ""): (True, 1),
        ("", "m0"): (True, 1),
    }


def test_participants_without_any_row_still_count():
    dataset = pd.DataFrame({"participant_id": ["p1", "p2"], "arm": ["a", "b"]})
    table = count_visit_patterns(dataset, scores(p1="sss"), VISITS, ["a", "b"])
    assert table.groupby("arm")["participants"].sum().to_dict() == {"a": 1, "b": 1}
    assert table.loc[table["arm"] == "b", "seen"].to_list() == [""]


def test_totals_handed_over_have_no_visits():
    assert list(count_visit_patterns(None, None, [], ["a"]).columns) == list(VISIT_COLUMNS)


def test_counts_of_a_measure_add_up_to_the_arm(tables):
    built = build_dataset(**tables)
    counts = built["visit_patterns"].groupby(["measure", "arm"])["participants"].sum()
    sizes = built["dataset"]["arm"].value_counts()
    assert all(count == sizes[arm] for (_, arm), count in counts.items())
