"""The hunt: 30 figures of each shipped study, picked at random and made again from other files.

The studies have to be run first (``snakemake --cores all``); a study without results is skipped.
The same hunt goes over the template study in ``test_trace.py``.
"""

import random

import numpy as np
import pandas as pd
import pytest
import yaml
from trialbalance import house
from trialbalance.audit.trace import Books, trace
from trialbalance.audit.trace.page import page_traces
from trialbalance.settings.load import load_study

pytestmark = pytest.mark.slow
PICKED = 30
RESULTS = house.root() / "results"
STUDIES = sorted(path.parent.name for path in house.studies().glob("*/study.yaml"))


class Files:
    """The files of a study's base case, opened with nothing of ours."""

    def __init__(self, name: str):
        self.root = RESULTS / name
        if not (self.root / "audit" / "trial_balance.csv").is_file():
            pytest.skip(f"{name} has no results")
        text = (self.root / "base" / "settings.yaml").read_text(encoding="utf-8")
        self.settings = yaml.safe_load(text)

    def csv(self, name: str) -> pd.DataFrame:
        return pd.read_csv(self.root / "base" / name, low_memory=False)


def people_of(files: Files, row: pd.Series) -> pd.Index:
    """Return the participants that a line of a description counts, from the raw file."""
    people = files.csv("10_data/participants.csv")
    population = files.settings["dataset"]["describe"]["population"]
    mine = people[population].astype(str).str.lower() == "true"
    if isinstance(row["arm"], str):
        mine &= people["arm"] == row["arm"]
    if isinstance(row["by"], str):
        column, level = row["by"].split(": ")
        mine &= people[column].astype(str).str.lower() == level
    return pd.Index(people.loc[mine, "participant_id"])


def described_again(files: Files, row: pd.Series) -> float:
    """Return a mean of the description by arm, made again from the files before it."""
    who, kind, name = people_of(files, row), row["kind"], row["quantity"]
    if kind == "characteristic":
        raw = files.csv("10_data/recorded/participants.csv").set_index("participant_id")[name]
        words = raw.astype(str).str.lower().map({"true": 1.0, "false": 0.0})
        return words.fillna(pd.to_numeric(raw, errors="coerce")).reindex(who).mean()
    if kind in ("measure", "outcome"):
        table = files.csv(f"30_outcomes/{kind}s.csv")
        table = table[table[kind] == name]
        if isinstance(row["at"], str):
            table = table[table["visit"] == row["at"]]
        return table.set_index("participant_id")["value"].reindex(who).mean()
    if kind in ("number of events", "days of events"):
        table = files.csv("30_outcomes/endpoint_events.csv")
        amount = table[table["endpoint"] == name].groupby("participant_id")["amount"]
        found = amount.size() if kind == "number of events" else amount.sum()
        return found.reindex(who).fillna(0.0).mean()
    if kind == "cost":
        table = files.csv("20_costs/perspectives.csv")
        items = table.loc[(table["perspective"] == name) & table["counted"], "item"]
        ledger = files.csv("20_costs/ledger.csv")
        spent = ledger[ledger["item"].isin(items)].groupby("participant_id")["cost"].sum()
        groups = files.csv("20_costs/prices.csv").set_index("item")["source_group"]
        seen = files.csv("20_costs/cost_observed.csv")
        lost = seen[~seen["observed"] & seen["source_group"].isin(groups.reindex(items))]
        return spent.reindex(who).fillna(0.0).drop(lost["participant_id"], errors="ignore").mean()
    days = files.csv("15_legal/legal_days.csv")
    mine = days[days["status"] == name].set_index("participant_id")["days"]
    return mine.reindex(who).mean()


@pytest.mark.parametrize("name", STUDIES)
def test_thirty_means_of_a_description_are_made_again(name):
    files = Files(name)
    if not (files.root / "base/40_dataset/consequences.csv").is_file():
        pytest.skip("compares arms: see the other hunt")
    table = files.csv("40_dataset/consequences.csv").dropna(subset="mean")
    table = table[table["kind"] != "cost of events in law a month under a status"]
    for _, row in table.sample(PICKED, random_state=20261123).iterrows():
        again = described_again(files, row)
        assert row["mean"] == pytest.approx(again, rel=1e-9, abs=1e-9), row.to_dict()


def drawn_again(files: Files, figure: str, table: str, column: str) -> float | None:
    """Return a figure of a decision from its draws alone."""
    words = figure.rpartition(".")[0].split("/")
    draws = files.csv(f"60_decision/{words[1]}/draws.csv").sort_values("draw")
    wide = draws.set_index(["draw", "arm"])[["cost", "effect"]].unstack("arm")  # noqa: PD010
    arm, other = words[-1], files.settings["study"]["comparator"]
    if arm not in wide["cost"]:
        return None
    tail = (1 - files.settings["decision"]["interval"]) / 2
    kind, _, end = column.rpartition("_")
    if table == "arms" and column in ("cost", "effect"):
        return wide[column][arm].mean()
    apart = {one: wide[one][arm] - wide[one][other] for one in ("cost", "effect")}
    if table == "incremental" and column in apart:
        return apart[column].mean()
    if table == "incremental" and end in ("lower", "upper"):
        return np.quantile(apart[kind], tail if end == "lower" else 1 - tail)
    if table == "net_benefit" and column in ("net_benefit", "lower", "upper"):
        gain = float(words[-2]) * apart["effect"] - apart["cost"]
        ends = {"lower": tail, "upper": 1 - tail}
        return gain.mean() if column == "net_benefit" else np.quantile(gain, ends[column])
    if table == "acceptability" and column == "probability":
        value = float(words[-2]) * wide["effect"] - wide["cost"]
        return (value.idxmax(axis=1) == arm).mean()
    return None


def recorded_again(files: Files, figure: str) -> float | None:
    """Return a figure that no model made, from the ledger, the events or the price list."""
    words, column = figure.rpartition(".")[0].split("/"), figure.rpartition(".")[2]
    if words[0] == "observed_case" and column in ("cost", "cost_n", "n"):
        meta = files.settings["analyses"][words[1]]
        people = files.csv("10_data/participants.csv")
        people = people[people[meta["population"]] & (people["arm"] == words[2])]
        if column == "n":
            return len(people)
        marked = files.csv("20_costs/perspectives.csv")
        marked = marked[(marked["perspective"] == meta["perspective"]) & marked["counted"]]
        groups = files.csv("20_costs/prices.csv").set_index("item")["source_group"]
        seen = files.csv("20_costs/cost_observed.csv")
        lost = seen[~seen["observed"] & seen["source_group"].isin(groups.reindex(marked["item"]))]
        ledger = files.csv("20_costs/ledger.csv")
        spent = ledger[ledger["item"].isin(marked["item"])].groupby("participant_id")["cost"].sum()
        spent = spent.reindex(people["participant_id"]).fillna(0.0)
        spent = spent.drop(lost["participant_id"], errors="ignore")
        return len(spent) if column == "cost_n" else spent.mean()
    if words[1] == "endpoints" and column == "events":
        people = files.csv("10_data/participants.csv")
        who = people[people[words[2]] & (people["arm"] == words[4])]["participant_id"]
        events = files.csv("30_outcomes/endpoint_events.csv")
        return events[events["endpoint"] == words[3]]["participant_id"].drop_duplicates().isin(
            who).sum()  # fmt: skip
    if words[1] == "prices" and column == "unit_cost":
        path = house.studies() / files.root.name / files.settings["costs"]["unit_costs"]
        return pd.read_csv(path).set_index("item").loc[words[2], "unit_cost"]
    return None


@pytest.mark.parametrize("name", STUDIES)
def test_thirty_figures_of_a_comparison_are_traced_and_made_again(name):
    files = Files(name)
    study = load_study(house.studies() / name / "study.yaml")
    if not study.analyses():
        pytest.skip("compares nothing: see the other hunt")
    books = Books(study, RESULTS)
    figures = page_traces(books)["figures"]
    made = {}
    order = sorted(figures)
    random.Random(20261123).shuffle(order)
    for figure in order:
        table = figures[figure]["file"].rpartition("/")[2].removesuffix(".csv")
        drawn = "60_decision" in figures[figure]["file"]
        if sum(made.values()) >= PICKED // 2 and drawn:
            continue
        column = figures[figure]["column"]
        again = (
            drawn_again(files, figure, table, column) if drawn else recorded_again(files, figure)
        )
        if again is None:
            continue
        found = trace(books, figure)
        assert found.again is None or found.is_equal(), figure
        allowed = {"abs": 0.005} if table == "observed_case" else {"rel": 1e-9, "abs": 1e-12}
        assert float(found.value) == pytest.approx(again, **allowed), figure
        made[figure] = drawn
        if len(made) == PICKED:
            break
    assert len(made) == PICKED
    assert sum(made.values()) == PICKED // 2
