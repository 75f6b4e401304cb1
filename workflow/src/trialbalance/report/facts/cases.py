"""The cases of an analysis by title: scenarios, prices, missing data, subgroups."""

import pandas as pd

from trialbalance.report.facts.facts import Facts, near

NUMBERS = ["net_benefit", "lower", "upper"]


def scenario_title(facts: Facts, name: str) -> str:
    """Return the title of a scenario."""
    known = facts.settings.get("scenarios") or {}
    return (known.get(name) or {}).get("title") or (
        "Base case" if name == "base" else facts.label(name)
    )


def forest_data(facts: Facts, analysis: str) -> pd.DataFrame:
    """Return net benefit with its interval at the primary threshold, one row a case and arm.

    Parameters
    ----------
    facts : Facts
        The study.
    analysis : str
        Name of the analysis.

    Returns
    -------
    pandas.DataFrame
        Columns kind, case, arm, title, name, net_benefit, lower, upper, base case first; no rows
        where the outcome has no accepted threshold, or where base stands alone.
    """
    columns = ["kind", "case", "arm", "title", "name", *NUMBERS]
    frame, primary = facts.table("forest"), facts.thresholds(analysis).primary
    if frame is None or primary is None or not {"threshold", "arm", *NUMBERS} <= set(frame):
        return pd.DataFrame(columns=columns)
    rows = near(frame[frame["analysis"] == analysis].dropna(subset=["threshold"]), primary)
    rows = rows.dropna(subset=NUMBERS)
    if len(rows[["kind", "case"]].drop_duplicates()) < 2:
        return pd.DataFrame(columns=columns)
    first = (rows["kind"] != "base").sort_values(kind="stable").index
    rows = rows.loc[first]
    cases = zip(rows["kind"], rows["case"], strict=True)
    titles = {pair: case_title(facts, *map(str, pair)) for pair in dict.fromkeys(cases)}
    # Cases that share a title are told apart by their names.
    seen = list(titles.values())
    told = [
        titles[pair] if seen.count(titles[pair]) == 1 else f"{titles[pair]} ({pair[1]})"
        for pair in zip(rows["kind"], rows["case"], strict=True)
    ]
    rows = rows.assign(title=told, name=rows["arm"].map(facts.arm))
    return rows[columns].reset_index(drop=True)


def case_title(facts: Facts, kind: str, case: str) -> str:
    """Return the title of a case of the forest plot."""
    if kind == "prices":
        declared = (facts.part("decision").get("price_scenarios") or {}).get(case) or {}
        return declared.get("title") or facts.label(case)
    if kind == "missing_data":
        return f"Missing data: {facts.label(case).lower()}"
    return f"Subgroup, {case}" if kind == "subgroup" else scenario_title(facts, case)


def title(facts: Facts, analysis: str) -> str:
    """Return the title of an analysis."""
    return facts.settings["analyses"][analysis].get("title") or facts.label(analysis)
