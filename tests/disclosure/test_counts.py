"""Small counts: not there, not to be had from totals, and the rest still of use."""

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog
from trialbalance import contracts
from trialbalance.disclosure.amounts import hold_amounts
from trialbalance.disclosure.counts import hold_counts
from trialbalance.disclosure.edition import Edition
from trialbalance.disclosure.rounding import round_count, round_numbers
from trialbalance.settings.sections.disclosure import DisclosureSettings

RULES = DisclosureSettings().model_dump()
# Two arms of a simulated study: groups of 24 with 3 and 2 deaths.
DEATHS = {"new": 3, "usual": 2}
SIZE = 24


def books() -> dict[str, pd.DataFrame]:
    """Return three tables that count the same people, as a run writes them."""
    flow, balance, endpoints = [], [], []
    for arm, died in DEATHS.items():
        flow += [
            ("recorded", arm, SIZE, ""),
            ("population reported", arm, SIZE - died, f"died {died}"),
        ]
        balance.append(
            ("base", "data", "participants reported", arm, "", "", SIZE, SIZE - died, died, 0.0,
             f"died {died}")
        )  # fmt: skip
        endpoints.append(("reported", arm, "death", died, SIZE, died / SIZE, None, None, None))
    names = {name: [f["name"] for f in contracts.schema(name)["fields"]]
             for name in ("flow", "trial_balance", "endpoints")}  # fmt: skip
    return {
        "flow": pd.DataFrame(flow, columns=names["flow"]),
        "trial_balance": pd.DataFrame(balance, columns=names["trial_balance"]),
        "endpoints": pd.DataFrame(endpoints, columns=names["endpoints"]),
    }


@pytest.fixture(scope="module")
def edition() -> Edition:
    made = Edition(
        {name: (contracts.schema(name), table) for name, table in books().items()}, RULES
    )
    hold_counts(made)
    round_numbers(made)
    return made


def test_small_counts_are_nowhere(edition):
    after = {name: table.after for name, table in edition.tables.items()}
    assert after["endpoints"][["events", "risk"]].isna().all(axis=None)
    assert after["trial_balance"]["set_aside"].isna().all()
    words = " ".join(after["flow"]["reason"]) + " ".join(after["trial_balance"]["reason"])
    assert "died fewer than 10" in words
    assert not [died for died in DEATHS.values() if f"died {died}" in words]


def test_the_release_is_of_use(edition):
    flow = edition.tables["flow"].after
    assert flow["participants"].tolist() == [25, 20, 25, 20]
    balance = edition.tables["trial_balance"].after
    assert (balance["in"] == balance["out"]).all()
    assert (balance["difference"] == 0).all()


def feasible(edition: Edition, arm: str) -> tuple[float, float]:
    """Return what an attacker who knows every rule can say of the deaths of an arm at most.

    Unknown: recorded, reported, died; recorded = reported + died; each published count lies within
    half the base, each held back is from 1 to the threshold less 1. Totals that are sums of the
    rounded say nothing of their own.
    """
    half, low, high = RULES["rounding"] / 2, 1.0, RULES["threshold"] - 1.0
    bounds = {"recorded": [0.0, 1e6], "reported": [0.0, 1e6], "died": [low, high]}

    def told(name: str, value: float) -> None:
        bounds[name] = [max(bounds[name][0], value - half), min(bounds[name][1], value + half)]

    flow = edition.tables["flow"].after
    for row in flow[flow["arm"] == arm].itertuples():
        told(row.step.removeprefix("population "), row.participants)
    balance = edition.tables["trial_balance"].after
    told("reported", float(balance.loc[balance["arm"] == arm, "out"].iloc[0]))
    ends = edition.tables["endpoints"].after
    told("recorded", float(ends.loc[ends["arm"] == arm, "participants"].iloc[0]))
    found = [
        linprog([0, 0, sign], A_eq=[[1, -1, -1]], b_eq=[0], bounds=list(bounds.values()))
        for sign in (1, -1)
    ]
    return found[0].fun, -found[1].fun


@pytest.mark.parametrize("arm", list(DEATHS))
def test_no_arithmetic_over_all_tables_gives_the_deaths(edition, arm):
    least, most = feasible(edition, arm)
    assert least <= DEATHS[arm] <= most
    assert most - least >= RULES["rounding"]


def test_every_count_says_the_same_everywhere(edition):
    assert {round_count(n, 5) for n in (23, 24, 25, 26, 27)} == {25}
    for table in edition.tables.values():
        for column in table.words["counts"]:
            values = table.after[column].dropna().astype(float)
            assert np.all(values % RULES["rounding"] == 0)


def test_a_share_of_few_and_what_is_compared_with_it_go():
    contract = contracts.schema("endpoint_effects")
    names = [field["name"] for field in contract["fields"]]
    rows = pd.DataFrame([dict.fromkeys(names)] * 3).assign(
        endpoint="death", kind="binary", estimate=["risk", "risk", "risk_ratio"],
        arm=["a", "b", "a"], comparator=["", "", "b"], group="", median=[0.02, 0.1, 0.2],
        mean=[0.02, 0.1, None], lower=0.01, upper=0.3, n=100, events=[3.0, 30.0, 33.0],
        person_years=90.0, adjusted_for="", wording="described",
    )  # fmt: skip
    made = Edition({"e.csv": (contract, rows)}, RULES)
    hold_counts(made)
    after = made.tables["e.csv"].after
    assert after[["median", "mean", "lower", "upper"]].isna().all(axis=None)
    assert after["events"].isna().tolist() == [True, False, False]


def test_a_mean_that_may_be_a_share_of_few_goes_with_what_is_compared_with_it():
    contract = contracts.schema("associations")
    names = [field["name"] for field in contract["fields"]]
    rows = pd.DataFrame([dict.fromkeys(names)] * 3).assign(
        name=["retained", "retained", "cost"], method="described", estimate="mean",
        arm=["a", "b", "a"], value=[23 / 24, 0.5, 2278.0], lower=0.4, upper=0.9, n=24, missing=0,
    )  # fmt: skip
    made = Edition({"a.csv": (contract, rows)}, RULES)
    hold_counts(made)
    hold_amounts(made, [])
    round_numbers(made)
    after = made.tables["a.csv"].after
    assert after["value"].isna().tolist() == [True, True, False]
    assert after["upper"].isna().tolist() == [True, True, False]
    assert after["arm"].tolist() == ["a", "b", "a"]


def test_what_no_contract_speaks_of_does_not_leave():
    contract = contracts.schema("flow")
    frame = pd.DataFrame({"step": ["recorded"], "arm": ["a"], "participants": [40], "reason": [""],
                          "oldest": [93.0], "note": ["Mr Smith"]})  # fmt: skip
    made = Edition({"flow.csv": (contract, frame)}, RULES)
    hold_counts(made)
    round_numbers(made)
    assert made.tables["flow.csv"].after[["oldest", "note"]].isna().all(axis=None)
    assert set(made.suppressed()["rule"]) == {"is in no release", "free words"}


def test_numbers_of_every_aggregate_table_are_spoken_of():
    for name in contracts.tables():
        contract = contracts.schema(name)
        words = contract.get("disclosure")
        if contract["sensitivity"] != "aggregate" or words is None:
            continue
        spoken = {*words.get("counts", []), *words.get("whole", []), *words.get("withheld", []),
                  *words.get("exact", []), *words.get("amounts", []), *words.get("rest_on", {}),
                  *words.get("percents", {}), *words.get("follows", {}), "difference"}  # fmt: skip
        key = contract.get("primaryKey") or []
        numbers = {f["name"] for f in contract["fields"] if f.get("type") in ("number", "integer")}
        assert numbers <= spoken | {key if isinstance(key, str) else "", *key}, name


@pytest.mark.parametrize("released", [True, False])
def test_an_exception_shows_a_cell_and_is_listed(released):
    name = "flow.csv#population reported/new.participants"
    chosen = RULES | {"exceptions": {name: "agreed with the sponsor"} if released else {}}
    flow = books()["flow"].assign(participants=[24, 4, 24, 4])
    made = Edition({"flow.csv": (contracts.schema("flow"), flow)}, chosen)
    hold_counts(made)
    after = made.tables["flow.csv"].after["participants"]
    assert after.isna().tolist() == [False, not released, False, True]
    listed = made.suppressed()
    assert listed["released"].any() == released
    assert made.unused_exceptions() == []
