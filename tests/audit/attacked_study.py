"""A study of 80 people made to be attacked: a subgroup of one, an outlier, an odd population."""

import numpy as np
import pandas as pd
from filled import filled
from trialbalance import contracts
from trialbalance.settings.sections.disclosure import DisclosureSettings

NOTE = "withdrew, lives at 3 Rose Lane; 7 children"
ARMS = ("new_service", "usual_care")
PRICES = {"hip_replacement": 700.0, "visit": 40.0, "night": 400.0}
ONE = "ZQ7010K"


def people(seed: int = 1, size: int = 40) -> dict[str, pd.DataFrame]:
    """Return the tables of people: ONE has the outlier, the operation, the level and the note."""
    rng = np.random.default_rng(seed)
    names = [ONE, *(f"P{n:03d}" for n in range(1, 2 * size))]
    base = pd.DataFrame({"participant_id": names, "arm": np.repeat(ARMS, size)})
    sex = ["intersex", *rng.choice(["female", "male"], 2 * size - 1)]
    died = base.index.isin([3, 4, 50])
    dates = pd.to_datetime(pd.Series(np.where(died, "2020-01-01", None)))
    notes = [NOTE, *[None] * (2 * size - 1)]
    participants = base.assign(site="north", sex=sex, death_date=dates, exclusion=notes)
    use = {
        "visit": rng.poisson(8, 2 * size) + 1.0,
        "night": rng.poisson(3, 2 * size) + 1.0,
        "hip_replacement": (base.index == 0) * 18.0,
    }
    costs = {item: number * PRICES[item] for item, number in use.items()}
    lines = [
        pd.DataFrame({"participant_id": names, "item": item, "period": "year", "cost": cost})
        for item, cost in costs.items()
    ]
    lines = pd.concat(lines, ignore_index=True)
    whole = base.assign(
        cost=sum(costs.values()), effect=rng.normal(0.7, 0.1, 2 * size),
        sex_intersex=base.index == 0,
        died=died, at_ceiling=False,
    )  # fmt: skip
    return {
        "participants": participants,
        "item_costs": lines[lines["cost"] > 0].reset_index(drop=True),
        "prices": prices(),
        "all.dataset": whole,
        "adherent.dataset": whole.iloc[1:].reset_index(drop=True),
        "dear/all.dataset": whole.assign(cost=whole["cost"] + (base.index < 3) * 50.0),
    }


def prices() -> pd.DataFrame:
    """Return the prices used."""
    table = pd.DataFrame({"item": list(PRICES), "unit_cost": list(PRICES.values())})
    return table.assign(
        inflation=1.0, lines=1, unit_cost_lower=table["unit_cost"], source_group="records",
        unit_cost_upper=table["unit_cost"] * [3.0, 1.0, 1.0], price_year="2020",
    )  # fmt: skip


def settings(**changes) -> dict:
    """Return what a release reads of the settings."""
    analysis = {"outcome": "qaly", "perspective": "nhs"}
    return {
        "study": {"synthetic": False, "comparator": ARMS[1], "arms": {arm: {} for arm in ARMS},
                  "periods": {"year": [0.0, 1.0]}, "visits": {}},
        "disclosure": DisclosureSettings(**changes).model_dump(),
        "analyses": {"all": analysis, "adherent": analysis},
        "dataset": {"describe": {"population": "all", "by": [], "illustrative": []}},
        "decision": filled("decision", {"price_scenarios": {
            "hipnone": {"unit_costs": {"hip_replacement": 1.0}}, "later": {"price_year": "2022"}}}),
        "data": {"covariates": {"sex": {"levels": ["female", "male", "intersex"]}}},
    }  # fmt: skip


def table(name: str, /, **columns) -> pd.DataFrame:
    """Return rows of a table, columns not named blank."""
    fields = [field["name"] for field in contracts.schema(name)["fields"]]
    rows = max([len(c) for c in columns.values() if isinstance(c, list)], default=1)
    return pd.DataFrame({**dict.fromkeys(fields, [None] * rows), **columns})


def results(found: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return the tables of a run, as the attacker of the findings met them."""
    tables = {}
    for where in ("base/all", "base/adherent", "dear/all"):
        scenario, analysis = where.split("/")
        dataset = found[f"{where.removeprefix('base/')}.dataset"]
        mean = dataset.groupby("arm")[["cost", "effect"]].mean().reindex(ARMS)
        model, decision = f"{scenario}/50_model/{analysis}", f"{scenario}/60_decision/{analysis}"
        gap = float(mean["cost"].iloc[0] - mean["cost"].iloc[1])
        tables[f"{decision}/arms.csv"] = table(
            "arms", arm=list(ARMS), n=dataset.groupby("arm").size().reindex(ARMS).tolist(),
            cost=mean["cost"].tolist(), effect=mean["effect"].tolist(),
        )  # fmt: skip
        tables[f"{decision}/incremental.csv"] = table(
            "incremental", arm=[ARMS[0]], comparator=[ARMS[1]], cost=[gap]
        )
        tables[f"{model}/censored_means.csv"] = table(
            "censored_means", quantity=["cost"] * 6, arm=[*ARMS, ARMS[0]] * 2,
            comparator=[None, None, ARMS[1]] * 2, participants=40, complete=40, not_reached=0,
            method=["complete_case"] * 3 + ["weighted"] * 3,
            estimate=[*mean["cost"].tolist(), gap] * 2,
        )  # fmt: skip
        tables[f"{model}/parameters.csv"] = table(
            "parameters", mean=1234.5,
            parameter=["subgroup_cost[new_service, sex: intersex]", "sex_cost[intersex]",
                       "cost_slope[sex_intersex=True, records]", "death_probability[new_service]",
                       "p_death[usual_care]", "cost_level[new_service, records]"],
        )  # fmt: skip
    tables["base/40_dataset/all_missingness_predictors.csv"] = table(
        "missingness_predictors", outcome=["cost", "cost"], given=["arm", "arm"],
        term=["sex_intersex", "age"], participants=80, missing=30, odds_ratio=2.0,
    )  # fmt: skip
    tables |= use_tables(found)
    tables["base/10_data/flow.csv"] = table(
        "flow", step=["recorded", "population all"], arm=ARMS[0], participants=[40, 39],
        reason=["", f"{NOTE} 1"],
    )  # fmt: skip
    tables["70_synthesis/scenarios.csv"] = table(
        "scenarios", scenario=["base", "base", "dear"], analysis=["all", "adherent", "all"],
        arm=ARMS[0], comparator=ARMS[1], cost=[1.0, 2.0, 3.0],
    )  # fmt: skip
    return tables


def use_tables(found: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return use by item and the comparison at other prices."""
    tables = {}
    for analysis in ("all", "adherent"):
        dataset = found[f"{analysis}.dataset"]
        lines = found["item_costs"].merge(dataset[["participant_id", "arm"]])
        size = dataset.groupby("arm").size()
        rows = [
            (item, arm, lines[(lines["item"] == item) & (lines["arm"] == arm)]["cost"].sum()
             / size[arm])
            for item in PRICES for arm in ARMS
        ]  # fmt: skip
        item, arm, cost = map(list, zip(*rows, strict=True))
        tables[f"base/60_decision/{analysis}/quantities.csv"] = table(
            "quantities", item=item, arm=arm, cost=cost, quantity=cost, unit_cost=1.0
        )
        tables[f"base/60_decision/{analysis}/price_scenarios.csv"] = table(
            "price_scenarios", scenario=["hipnone", "later"], arm=ARMS[0], comparator=ARMS[1],
            cost=[1550.0, 3000.0], net_benefit=[1.0, 2.0], effect=0.01, threshold=2e4,
        )  # fmt: skip
    return tables
