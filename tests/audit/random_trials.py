"""Random small trials through a release, and an attacker who solves for what is held back.

``python tests/audit/random_trials.py 1000`` runs so many and prints what was counted.
"""

import math
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent.parent))
    sys.path.insert(0, str(Path(__file__).parent))

from attacked_study import settings, table
from scipy.optimize import linprog
from trialbalance.audit.release import make_edition
from trialbalance.contracts import Problems
from trialbalance.disclosure.amounts import FOR_ANOTHER
from trialbalance.disclosure.edition import Edition

PRICES = {"hip_replacement": 700.0, "visit": 40.0, "night": 400.0, "clinic": 90.0}
# Price scenario -> price of an item there.
OTHER = {"hipnone": {"hip_replacement": 1.0}, "visitlow": {"visit": 20.0}}
NESTED = ("all", "adherent")


def trial(seed: int) -> tuple[dict[str, pd.DataFrame], dict]:
    """Return people and settings of a trial: 2-4 arms, skewed costs, a rare item, a rare level."""
    rng = np.random.default_rng(seed)
    arms = [f"arm_{number}" for number in range(int(rng.integers(2, 5)))]
    arm = np.repeat(arms, rng.integers(20, 60, len(arms)))
    size = len(arm)
    names = [f"P{number:03d}" for number in range(size)]
    rare = rng.choice(size, int(rng.integers(1, 4)), replace=False)
    spread = rng.uniform(0.3, 1.8)
    use = {
        "visit": rng.gamma(1.0, 8.0, size),
        "night": rng.lognormal(1.0, spread, size) * (rng.random(size) < 0.7),
        "clinic": rng.poisson(2, size) * (rng.random(size) < rng.uniform(0.1, 0.9)),
        "hip_replacement": np.isin(np.arange(size), rare) * rng.uniform(0.5, 3.0, size),
    }
    costs = pd.DataFrame({item: used * PRICES[item] for item, used in use.items()}, index=names)
    few = rng.choice(size, int(rng.integers(1, 15)), replace=False)
    sex = np.where(np.isin(np.arange(size), few), "intersex", rng.choice(["female", "male"], size))
    base = pd.DataFrame({"participant_id": names, "arm": arm})
    whole = base.assign(
        cost=costs.sum(axis=1).to_numpy(), effect=rng.normal(0.7, 0.1, size), sex=sex, died=False
    )
    out = [int(rng.choice([0, 1, 5, 12])) for _ in arms]
    inside = whole.groupby("arm").cumcount() >= whole["arm"].map(dict(zip(arms, out, strict=True)))
    dearer = np.arange(size) < rng.choice([0, 2, 30])
    wide = costs.rename_axis("participant_id").reset_index()
    lines = wide.melt("participant_id", var_name="item", value_name="cost")
    prices = pd.DataFrame({"item": list(PRICES), "unit_cost": list(PRICES.values())}).assign(
        inflation=1.0, lines=1, unit_cost_lower=1.0, unit_cost_upper=900.0, price_year="2020",
        source_group="records",
    )  # fmt: skip
    found = {
        "participants": base.assign(site="north", sex=sex, death_date=pd.NaT, exclusion=None),
        "prices": prices,
        "item_costs": lines[lines["cost"] > 0].assign(period="year").reset_index(drop=True),
        "all.dataset": whole,
        "adherent.dataset": whole[inside].reset_index(drop=True),
        "dear/all.dataset": whole.assign(cost=whole["cost"] + dearer * rng.gamma(2, 100, size)),
    }
    chosen = settings()
    chosen["study"] |= {"comparator": arms[-1], "arms": {name: {} for name in arms}}
    plan = chosen["decision"]["price_scenarios"]["hipnone"]
    chosen["decision"]["price_scenarios"] = {
        name: plan | {"unit_costs": changed} for name, changed in OTHER.items()
    }
    return found, chosen


def means(found: dict[str, pd.DataFrame], analysis: str) -> pd.DataFrame:
    """Return what each item cost a member of each arm on average: arms by items."""
    dataset = found[f"{analysis}.dataset"]
    lines = found["item_costs"].merge(dataset[["participant_id", "arm"]])
    sums = lines.pivot_table(index="arm", columns="item", values="cost", aggfunc="sum")
    sums = sums.reindex(index=sorted(dataset["arm"].unique()), columns=list(PRICES)).fillna(0.0)
    return sums.div(dataset.groupby("arm").size(), axis=0)


def tables(found: dict[str, pd.DataFrame], chosen: dict) -> dict[str, pd.DataFrame]:
    """Return the tables of a run that are made of these people's costs."""
    made, comparator = {}, chosen["study"]["comparator"]
    for where in ("base/all", "base/adherent", "dear/all"):
        scenario, analysis = where.split("/")
        dataset = found[f"{where.removeprefix('base/')}.dataset"]
        mean = dataset.groupby("arm")[["cost", "effect"]].mean()
        folder = f"{scenario}/60_decision/{analysis}"
        made[f"{folder}/arms.csv"] = table(
            "arms", arm=list(mean.index), n=dataset.groupby("arm").size().tolist(),
            cost=mean["cost"].tolist(), effect=mean["effect"].tolist(),
        )  # fmt: skip
        if scenario == "base":
            made |= _by_item(found, analysis, folder, comparator)
            made[f"{folder}/subgroups.csv"] = _subgroups(dataset, comparator)
    return made


def _by_item(found: dict, analysis: str, folder: str, comparator: str) -> dict[str, pd.DataFrame]:
    each = means(found, analysis)
    rows = [(item, arm, each.loc[arm, item]) for item in PRICES for arm in each.index]
    item, arm, cost = map(list, zip(*rows, strict=True))
    there = [
        (name, one, total[one] - total[comparator])
        for name, changed in OTHER.items()
        for total in [(each * _factors(changed)).sum(axis=1)]
        for one in each.index if one != comparator
    ]  # fmt: skip
    scenario, compared, gap = map(list, zip(*there, strict=True))
    return {
        f"{folder}/quantities.csv": table(
            "quantities", item=item, arm=arm, cost=cost, quantity=cost, unit_cost=1.0
        ),
        f"{folder}/price_scenarios.csv": table(
            "price_scenarios", scenario=scenario, arm=compared, comparator=comparator, cost=gap,
            net_benefit=1.0, effect=0.01, threshold=2e4,
        ),
    }  # fmt: skip


def _factors(changed: dict[str, float]) -> pd.Series:
    """Return how many times its price each item costs in a price scenario."""
    return pd.Series({item: changed.get(item, price) / price for item, price in PRICES.items()})


def _subgroups(dataset: pd.DataFrame, comparator: str) -> pd.DataFrame:
    mean = dataset.pivot_table(index="sex", columns="arm", values="cost").reset_index()
    rows = mean.melt("sex", var_name="arm", value_name="cost").merge(mean[["sex", comparator]])
    rows = rows[rows["arm"] != comparator].dropna()
    gaps = (rows["cost"] - rows[comparator]).tolist()
    return table(
        "subgroups", subgroup=[f"sex: {level}" for level in rows["sex"]], arm=rows["arm"].tolist(),
        comparator=comparator, cost=gaps, effect=0.01, net_benefit=1.0, threshold=2e4,
    )  # fmt: skip


class Attacker:
    """Knows who is in which analysis, each rule, each price, and all that left."""

    def __init__(self, edition: Edition, found: dict[str, pd.DataFrame], chosen: dict):
        arms = list(chosen["study"]["arms"])
        self.comparator, self.section = chosen["study"]["comparator"], edition.section
        self.place = {
            key: number
            for number, key in enumerate(
                (a, arm, i) for a in NESTED for arm in arms for i in PRICES
            )
        }
        self.rows: list[np.ndarray] = []
        self.most: list[float] = []
        self.zero: set[int] = set()
        self._nested(found, arms)
        for file, left in edition.tables.items():
            self._learn(Path(file), left.after)

    def _nested(self, found: dict[str, pd.DataFrame], arms: list[str]) -> None:
        """What all cost is at least what those among them cost."""
        sizes = {name: found[f"{name}.dataset"].groupby("arm").size() for name in NESTED}
        for arm in arms:
            for item in PRICES:
                wider, narrower = (self._row({(name, arm, item): sizes[name][arm]})
                                   for name in NESTED)  # fmt: skip
                self.rows.append(narrower - wider)
                self.most.append(0.0)

    def _row(self, weights: dict[tuple[str, str, str], float]) -> np.ndarray:
        row = np.zeros(len(self.place))
        for key, weight in weights.items():
            row[self.place[key]] += weight
        return row

    def _told(self, row: np.ndarray, value: float, figures: int) -> None:
        """Note a released number: between what its rounding lets it lie."""
        half = 0.5 * 10.0 ** (math.floor(math.log10(abs(value))) - figures + 1) if value else 0.0
        self.rows += [row, -row]
        self.most += [value + half, half - value]

    def _learn(self, file: Path, rows: pd.DataFrame) -> None:
        if file.parts[0] != "base" or (name := file.parts[2]) not in NESTED:
            return
        four, three = self.section["figures"], self.section["recorded_figures"]
        for row in rows[rows["cost"].notna()].itertuples() if "cost" in rows else ():
            if file.stem == "quantities":
                key = (name, row.arm, row.item)
                self._told(self._row({key: 1.0}), float(row.cost), three)
            elif file.stem == "arms":
                self._told(self._sum(name, row.arm), float(row.cost), four)
            elif file.stem == "price_scenarios":
                changed = OTHER[row.scenario]
                gap = self._sum(name, row.arm, changed) - self._sum(name, self.comparator, changed)
                self._told(gap, float(row.cost), three)

    def _sum(self, name: str, arm: str, changed: dict[str, float] | None = None) -> np.ndarray:
        factor = _factors(changed or {})
        return self._row({(name, arm, item): factor[item] for item in PRICES})

    def ends(self, key: tuple[str, str, str]) -> tuple[float, float]:
        """Return between what a number held back lies."""
        goal, found = self._row({key: 1.0}), []
        for sign in (1.0, -1.0):
            answer = linprog(sign * goal, A_ub=np.array(self.rows), b_ub=np.array(self.most) + 1e-6)
            assert answer.status in (0, 3), answer.message
            found.append(sign * float(answer.fun) if answer.status == 0 else math.inf)
        return found[0], found[1]


def attack(seed: int) -> Counter:
    """Release one trial, attack it, and count cells: all, held, for their own sake, bounded."""
    found, chosen = trial(seed)
    edition = make_edition(tables(found, chosen), found, chosen)
    attacker, counted = Attacker(edition, found, chosen), Counter()
    for file, left in edition.tables.items():
        counted += Counter(tables=1)
        if Path(file).stem == "subgroups":
            small = _small_levels(found[f"{file.split('/')[2]}.dataset"])
            shown = left.after.loc[left.after["cost"].notna(), "subgroup"]
            counted["small_subgroups"] += int(shown.isin(small).sum())
        if Path(file).stem != "quantities":
            continue
        for row, after in zip(left.before.itertuples(), left.after["cost"], strict=True):
            counted["cells"] += 1
            if not pd.isna(after) or row.cost == 0:
                continue
            counted["held"] += 1
            if edition.held[file, row.Index, "cost"].startswith(FOR_ANOTHER):
                continue
            counted["own"] += 1
            low, high = attacker.ends((file.split("/")[2], row.arm, row.item))
            near = edition.section["p_ratio"] * row.cost
            counted["bounded"] += bool(low > row.cost - near and high < row.cost + near)
    counted["analyses_withheld"] += len(edition.withheld)
    return counted


def _small_levels(dataset: pd.DataFrame) -> list[str]:
    counts = pd.crosstab(dataset["sex"], dataset["arm"]).min(axis=1)
    return [f"sex: {level}" for level in counts[counts < 10].index]


def attack_all(number: int, first: int = 0) -> Counter:
    """Return what is counted over so many trials; a release that is refused tells nothing."""
    whole: Counter = Counter()
    for seed in range(first, first + number):
        try:
            found = attack(seed)
        except Problems as problems:
            found = Counter(refused=1)
            print("refused", seed, problems, flush=True)  # noqa: T201
        whole += found
        if found["bounded"] or found["small_subgroups"]:
            whole["trials_broken"] += 1
            print("broken", seed, dict(found), flush=True)  # noqa: T201
    return whole


if __name__ == "__main__":
    print(dict(attack_all(*map(int, sys.argv[1:]))))  # noqa: T201
