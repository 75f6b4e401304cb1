"""The cases of an analysis by title: scenarios, prices, missing data, subgroups."""

import pandas as pd

from trialbalance.report.facts.facts import Facts, near
from trialbalance.report.text.numbers import counted, listed

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


CASES = {
    "scenario": "scenario",
    "prices": "case with other prices",
    "missing_data": "case on missing data",
    "subgroup": "subgroup",
}


def case_words(facts: Facts, analysis: str) -> str:
    """Return which cases stand beside the base case, and which are named and not worked out."""
    data = forest_data(facts, analysis)
    kinds = data.drop_duplicates(["kind", "case"])["kind"].value_counts()
    told = [
        counted(int(kinds[kind]), one, f"{one}s" if kind != "prices" else "cases with other prices")
        if kind != "missing_data"
        else counted(int(kinds[kind]), one, "cases on missing data")
        for kind, one in CASES.items()
        if kinds.get(kind)
    ]
    gone = [scenario_title(facts, name) for name in not_run(facts, analysis)]
    rest = f" Not worked out in this run: {'; '.join(gone)}." if gone else ""
    return (f"Beside the base case: {listed(told)}." if told else "") + rest


def not_run(facts: Facts, analysis: str) -> list[str]:
    """Return the scenarios that the study names for an analysis and this run does not hold."""
    frame, found = facts.table("scenarios"), []
    have = set() if frame is None else set(frame.loc[frame["analysis"] == analysis, "scenario"])
    for name, one in (facts.settings.get("scenarios") or {}).items():
        wanted = (one or {}).get("analyses")
        if name != "base" and name not in have and (not wanted or analysis in wanted):
            found.append(name)
    return found


def case_title(facts: Facts, kind: str, case: str) -> str:
    """Return the title of a case of the forest plot."""
    if kind == "prices":
        declared = (facts.part("decision").get("price_scenarios") or {}).get(case) or {}
        return declared.get("title") or facts.label(case)
    if kind == "missing_data":
        return f"Missing data: {facts.label(case).lower()}"
    return f"Subgroup, {case}" if kind == "subgroup" else scenario_title(facts, case)
