"""The trial balance: what went into each stage came out of it or was set aside with a reason.

Every figure is counted anew here, from the files as they were written, with none of the code that
wrote them. A line balances when in − out − set aside is zero, to the penny for pounds.
"""

from typing import Any

import pandas as pd

from trialbalance.audit.books.import_lines import import_lines
from trialbalance.audit.books.people_lines import (
    legal_lines,
    observed_lines,
    person_year_lines,
    questionnaire_lines,
)
from trialbalance.contracts import Finding, Problems

COLUMNS = [
    "scenario",
    "stage",
    "quantity",
    "arm",
    "perspective",
    "analysis",
    "in",
    "out",
    "set_aside",
    "difference",
    "reason",
]


def line(
    stage: str, quantity: str, went_in: float, came_out: float, set_aside: float = 0.0, **where: str
) -> dict[str, Any]:
    """Return one line of the balance.

    Parameters
    ----------
    stage : str
        Word of the stage.
    quantity : str
        What is counted.
    went_in, came_out, set_aside : float
        Counts or sums.
    **where : str
        arm, perspective, analysis, reason.

    Returns
    -------
    dict
        The line; ``difference`` = in − out − set aside.

    Examples
    --------
    >>> line("costs", "records", 10, 7, 3)["difference"]
    0.0
    """
    sums = {"in": float(went_in), "out": float(came_out), "set_aside": float(set_aside)}
    difference = round(sums["in"] - sums["out"] - sums["set_aside"], 6) + 0.0
    if quantity.startswith("money"):
        sums = {name: round(value, 2) for name, value in sums.items()}
    return {"stage": stage, "quantity": quantity, **sums, "difference": difference, **where}


def balance(
    tables: dict[str, pd.DataFrame],
    rows_recorded: dict[str, int],
    datasets: dict[str, pd.DataFrame],
    analyses: dict[str, dict],
    baseline_periods: list[str],
    follow_ups: dict[str, pd.DataFrame] | None = None,
    horizon: float = 1.0,
) -> list[dict[str, Any]]:
    """Return the lines of one scenario, from its raw files to its datasets.

    Parameters
    ----------
    tables : dict of pandas.DataFrame
        Tables of stages data, costs and outcomes, by name; those that the door passes by missing.
    rows_recorded : dict
        Raw table -> rows in its file.
    datasets : dict of pandas.DataFrame
        Analysis -> its dataset.
    analyses : dict
        Analysis -> outcome, perspective, population.
    baseline_periods : list of str
        Periods that end before randomisation and so are in no total.
    follow_ups : dict of pandas.DataFrame, optional
        Analysis -> its follow-up.
    horizon : float
        Years counted of each participant.

    Returns
    -------
    list of dict
        Lines as `line` makes them.
    """
    imported = import_lines(tables.get("import_counts"), rows_recorded)
    lines = [line(**words) for words in imported] + _data_lines(tables, rows_recorded)
    lines += [
        line("legal", what, into, out, arm=arm) for what, into, out, arm in legal_lines(tables)
    ]
    if "ledger" in tables:
        lines += _costs_lines(tables)
    if "outcomes" in tables:
        lines += _outcomes_lines(tables)
        lines += [line(**words) for words in questionnaire_lines(tables)]
    for analysis, dataset in datasets.items():
        chosen = analyses[analysis]
        lines += [
            line(**words) for words in observed_lines(dataset, analysis, chosen["perspective"])
        ]
        if "participants" in tables:
            followed = (follow_ups or {}).get(analysis)
            people = tables["participants"]
            lines += [
                line(**words) for words in person_year_lines(people, followed, horizon, analysis)
            ]
        lines += _dataset_lines(tables, analysis, dataset, analyses[analysis], baseline_periods)
    return lines


def _data_lines(tables: dict, rows_recorded: dict[str, int]) -> list[dict]:
    """Rows of each raw file against rows of its clean table; populations against exclusions."""
    lines = []
    for name, count in rows_recorded.items():
        clean = "resource_use" if name == "costs_given" else name
        if clean in tables:
            lines.append(line("data", f"{name} rows", count, len(tables[clean])))
        elif name in ("costs_drawn", "effects_drawn") and "draws_given" in tables:
            # One row a draw there, one row a draw and arm in the clean table.
            drawn = tables["draws_given"]["draw"].nunique()
            lines.append(line("data", f"{name} rows", count, drawn))
    people, left_out = tables.get("participants"), tables.get("exclusions")
    if people is None or left_out is None:
        return lines
    counted = people.merge(left_out, on="participant_id", how="inner")
    for population in sorted(left_out["population"].unique()):
        for arm, group in people.groupby("arm", observed=True):
            gone = counted[(counted["arm"] == arm) & (counted["population"] == population)]
            reasons = "; ".join(
                f"{why.replace(';', ',')} {n}"
                for why, n in gone["reason"].value_counts().sort_index().items()
            )
            lines.append(
                line(
                    "data",
                    f"participants {population}",
                    len(group),
                    group[population].sum(),
                    len(gone),
                    arm=arm,
                    reason=reasons,
                )
            )
    return lines


def _costs_lines(tables: dict) -> list[dict]:
    """Count records into the ledger, and pounds line by line and by perspective."""
    ledger, aside = tables["ledger"], tables["set_aside"]
    arms = tables["participants"].set_index("participant_id")["arm"]
    used = _records(tables)
    wholly = aside[aside["whole"]] if "whole" in aside else aside
    original = ledger["record_id"].str.replace(r"/\d+$", "", regex=True)
    known = original.isin(used["record_id"])
    lines = [line("costs", "lines of the ledger that stem from a record", len(ledger), known.sum())]
    valued = used["record_id"].isin(original)
    for arm in sorted(arms.unique()):
        mine = used["participant_id"].map(arms) == arm
        left = wholly[wholly["participant_id"].map(arms) == arm]
        reasons = left["reason"].value_counts().sort_index()
        lines.append(
            line(
                "costs",
                "records",
                mine.sum(),
                (mine & valued).sum(),
                left["record_id"].nunique(),
                arm=arm,
                reason="; ".join(f"{why} {count}" for why, count in reasons.items()),
            )
        )
    for arm, group in ledger.groupby("arm", observed=True):
        again = group["quantity"] * group["unit_cost"] * group["inflation"] * group["discount"]
        lines.append(
            line("costs", "money, line by line", again.sum(), group["cost"].sum(), arm=arm)
        )
    return lines + _perspective_lines(tables)


def _records(tables: dict) -> pd.DataFrame:
    """Return every record that has to be valued: resource use, and stays in a bed."""
    recorded = [tables[name] for name in ("resource_use", "legal_use") if name in tables]
    parts = [table[["record_id", "participant_id"]] for table in recorded]
    if "episodes" in tables:
        stays = tables["episodes"]
        parts.append(stays[stays["type"] == "occupancy"][["record_id", "participant_id"]])
    return pd.concat(parts, ignore_index=True)


def _perspective_lines(tables: dict) -> list[dict]:
    """Pounds of the ledger that a perspective counts against its participants' costs."""
    counted = tables["perspectives"][tables["perspectives"]["counted"].astype(bool)]
    ledger = tables["ledger"].merge(counted[["perspective", "item"]], on="item")
    keys = ["perspective", "arm"]
    went_in = ledger.groupby(keys, observed=True)["cost"].sum()
    came_out = tables["participant_costs"].groupby(keys, observed=True)["cost"].sum()
    both = pd.concat([went_in, came_out], axis=1, keys=["in", "out"]).fillna(0.0)
    return [
        line(
            "costs",
            "money by perspective",
            row["in"],
            row["out"],
            perspective=perspective,
            arm=arm,
        )
        for (perspective, arm), row in both.iterrows()
    ]


def _outcomes_lines(tables: dict) -> list[dict]:
    """Questionnaires returned against measures, and participants against each outcome."""
    lines = []
    people = tables["participants"]
    for outcome, group in tables["outcomes"].groupby("outcome", observed=True):
        for arm, members in people.groupby("arm", observed=True):
            rows = group[group["arm"] == arm]
            gone = int((~rows["observed"].astype(bool)).sum())
            lines.append(
                line(
                    "outcomes",
                    f"participants with {outcome} observed or missing",
                    len(members),
                    rows["observed"].sum(),
                    gone,
                    arm=arm,
                    reason="not observed" if gone else None,
                )
            )
    return lines


def _dataset_lines(
    tables: dict, analysis: str, dataset: pd.DataFrame, chosen: dict, baseline: list[str]
) -> list[dict]:
    """Participants and pounds of the population against the rows of the dataset."""
    lines = []
    people = tables.get("participants", tables.get("totals"))
    population = chosen["population"]
    inside = people[people[population].astype(bool)] if population in people else people
    for arm, group in inside.groupby("arm", observed=True):
        rows = dataset[dataset["arm"] == arm]
        lines.append(
            line("dataset", "participants", len(group), len(rows), arm=arm, analysis=analysis)
        )
    if "participant_costs" not in tables:
        return lines
    costs = tables["participant_costs"]
    costs = costs[
        (costs["perspective"] == chosen["perspective"])
        & costs["participant_id"].isin(inside["participant_id"])
        & ~costs["period"].isin(baseline)
    ]
    groups = [
        name for name in dataset if name.startswith("cost_") and not name.endswith("observed")
    ]
    about = {"analysis": analysis, "perspective": chosen["perspective"]}
    for arm, rows in dataset.groupby("arm", observed=True):
        went_in = costs[costs["arm"] == arm]["cost"].sum()
        came_out = rows[groups].sum().sum()
        known = _unobserved(costs[costs["arm"] == arm], rows, groups)
        why = "part of a source group that is not wholly observed" if known else ""
        lines.append(
            line("dataset", "money", went_in, came_out, known, arm=arm, reason=why, **about)
        )
    return lines


def _unobserved(costs: pd.DataFrame, rows: pd.DataFrame, groups: list[str]) -> float:
    """Return the pounds of participants whose source group is only partly observed."""
    total = 0.0
    for group in groups:
        blank = rows.loc[rows[group].isna(), "participant_id"]
        part = costs[(costs["source_group"] == group.removeprefix("cost_"))]
        total += part.loc[part["participant_id"].isin(blank), "cost"].sum()
    return total


def books(lines: list[dict[str, Any]], scenario: str) -> pd.DataFrame:
    """Return lines as a table.

    Parameters
    ----------
    lines : list of dict
        Lines as `line` makes them.
    scenario : str
        Scenario that they belong to.

    Returns
    -------
    pandas.DataFrame
        One row a line, blank where a word does not apply.
    """
    table = pd.DataFrame(lines).reindex(columns=COLUMNS)
    table["scenario"] = scenario
    for word in ("arm", "perspective", "analysis", "reason"):
        table[word] = table[word].astype(object).fillna("")
    return table


def must_balance(table: pd.DataFrame, tolerance: float, file: str) -> None:
    """Stop the run where a line of the books does not balance.

    Parameters
    ----------
    table : pandas.DataFrame
        Lines of the balance.
    tolerance : float
        Largest difference in pounds that counts as none; counts must agree exactly.
    file : str
        Where the balance stands, for the sentence.

    Raises
    ------
    Problems
        One finding a line that does not balance.
    """
    pounds = table["quantity"].str.startswith("money")
    allowed = pounds * tolerance
    wrong = table[table["difference"].abs() > allowed]
    if len(wrong):
        raise Problems([_unbalanced(row, file) for row in wrong.to_dict("records")])


def _unbalanced(row: dict[str, Any], file: str) -> Finding:
    """Return the sentence for one line that does not balance."""
    where = " ".join(filter(None, (row["arm"], row["perspective"], row["analysis"])))
    sums = f"in {row['in']:,.2f}, out {row['out']:,.2f}, set aside {row['set_aside']:,.2f}"
    return Finding(
        file,
        None,
        None,
        f"{row['quantity']} of stage {row['stage']} ({where}) with {sums}",
        "a difference of zero",
        f"{row['difference']:,.2f} is unaccounted for: a table was changed after it was written; "
        "delete the results of this stage and run again",
    )
