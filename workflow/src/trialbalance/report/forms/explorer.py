"""What the page needs to try a threshold: the tables by threshold, and the draws shown."""

from typing import Any

import pandas as pd

from trialbalance.report.facts.cases import scenario_title
from trialbalance.report.facts.facts import Facts
from trialbalance.report.facts.rounding import rounded
from trialbalance.report.figures.choice.ellipses import outlines
from trialbalance.report.figures.choice.plane import differences, drawn_gaps, plane_limits, thinned
from trialbalance.report.figures.drawing import colours
from trialbalance.report.figures.thinning import points
from trialbalance.report.text.numbers import CHANCES, symbol

MOST = 400


def explore_data(facts: Facts) -> dict[str, Any]:
    """Return the figures behind the panel of thresholds, each as its table has it.

    Parameters
    ----------
    facts : Facts
        The study.

    Returns
    -------
    dict
        Symbol of the currency, words for chances, arms, comparator, and one entry an analysis that
        has draws, chances and net benefit; ready for JSON.
    """
    chosen = colours(facts)
    arms = [{"name": arm, "label": facts.arm(arm), "colour": chosen[arm]} for arm in facts.arms]
    # Where nobody was randomised, no threshold is offered to try.
    offered = [name for name in facts.analyses if facts.judged(name)]
    analyses = [_analysis(facts, name) for name in offered]
    return {
        "symbol": symbol(facts.currency),
        "chances": [list(pair) for pair in CHANCES],
        "interval": facts.interval,
        "arms": arms,
        "comparator": next((arm for arm in arms if arm["name"] == facts.comparator), None),
        "analyses": [entry for entry in analyses if entry],
        "assumptions": [entry for name in offered if (entry := assumptions(facts, name))],
    }


def assumptions(facts: Facts, analysis: str) -> dict[str, Any] | None:
    """Return what each scenario makes of an analysis; None where the base case stands alone.

    Parameters
    ----------
    facts : Facts
        The study.
    analysis : str
        Name of the analysis.

    Returns
    -------
    dict or None
        Title, unit of the effect, and for each scenario and option the differences and, by
        threshold, net benefit, its interval and the chance that it is above nought.
    """
    frame = facts.table("scenarios")
    if frame is None or not {"threshold", "lower", "upper"} <= set(frame):
        return None
    frame = frame[frame["analysis"] == analysis].dropna(subset=["cost", "effect"])
    if "base" not in set(frame["scenario"]) or len(set(frame["scenario"])) < 2:
        return None
    scenarios = [
        {
            "title": f"{scenario_title(facts, name)}{value_sets(facts, name)}",
            "arms": _arms(facts, analysis, part),
        }
        for name, part in frame.groupby("scenario", sort=False)
    ]
    words = facts.words(analysis)
    title = facts.title(analysis)
    sizes = {"many": words["many"], "decimals": words["decimals"]}
    return {"title": title, **sizes, "scenarios": scenarios}


def _arms(facts: Facts, analysis: str, frame: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """Return one scenario by option: differences, and the lines by threshold."""
    columns = ["threshold", "net_benefit", "lower", "upper", "probability_positive"]
    told = {}
    for arm, part in frame.groupby("arm", sort=False):
        first, lines = part.iloc[0], part.dropna(subset=columns)
        told[arm] = {
            "cost": rounded(facts, analysis, first, "cost"),
            "effect": rounded(facts, analysis, first, "effect"),
            "lines": [
                [float(row["threshold"]), *(rounded(facts, analysis, row, c) for c in columns[1:])]
                for row in lines.to_dict("records")
            ],
        }
    return told


def value_sets(facts: Facts, scenario: str) -> str:
    """Return which value sets a scenario puts in place of those of the base case, in words."""
    tools = facts.part("outcomes").get("instruments") or {}
    own = (facts.settings.get("scenarios") or {}).get(scenario) or {}
    changed = [
        f"{facts.label(name)} by {tool['value_set']}"
        for name, tool in ((own.get("outcomes") or {}).get("instruments") or {}).items()
        if tool.get("value_set") and tool["value_set"] != (tools.get(name) or {}).get("value_set")
    ]
    return f" (value set: {'; '.join(changed)})" if changed else ""


def _analysis(facts: Facts, name: str) -> dict[str, Any] | None:
    """Return one analysis; None where it lacks a table or an arm, for then nothing moves."""
    found = [facts.table(table, name) for table in ("draws", "acceptability", "net_benefit")]
    if any(frame is None for frame in found):
        return None
    draws, chances, gains = found
    gaps = differences(draws, facts.comparator)
    if set(gaps["arm"]) != set(facts.others) or chances["probability"].isna().any():
        return None
    marks, words = facts.thresholds(name), facts.words(name)
    grid = thresholds(sorted(set(chances["threshold"].astype(float))), marks.marked)
    asked = facts.part("report").get("plane_points") or 600
    cloud = thinned(gaps, points(asked, len(facts.others)))
    return {
        "name": name,
        "title": facts.title(name),
        "one": words["one"],
        "many": words["many"],
        "exploratory": marks.exploratory,
        "marked": list(marks.marked),
        "start": marks.primary or grid[len(grid) // 2],
        "grid": grid,
        "chance": by_arm(facts, name, chances, ["probability"], grid),
        "gain": by_arm(facts, name, gains, ["net_benefit", "lower", "upper"], grid),
        "cloud": {
            arm: part[["effect", "cost"]].round({"effect": 5, "cost": 1}).to_numpy().tolist()
            for arm, part in cloud.groupby("arm")
        },
        "limits": list(plane_limits(gaps, outlines(facts, drawn_gaps(facts, name)))),
    }


def thresholds(grid: list[float], marked: tuple[float, ...]) -> list[float]:
    """Return the thresholds on offer: a thinned grid, every marked one kept.

    Examples
    --------
    >>> len(thresholds([float(value) for value in range(1001)], (333.0,))) < 400
    True
    """
    every = -(-len(grid) // MOST)
    return [value for place, value in enumerate(grid) if not place % every or value in marked]


def by_arm(
    facts: Facts, analysis: str, frame: pd.DataFrame, columns: list[str], grid: list[float]
) -> dict[str, list]:
    """Return columns by arm and threshold, rounded as in the report, single ones bare."""
    frame = frame[frame["threshold"].astype(float).isin(grid)].sort_values("threshold")
    told: dict[str, list] = {}
    for row in frame.to_dict("records"):
        cells = [rounded(facts, analysis, row, name) for name in columns]
        told.setdefault(row["arm"], []).append(cells[0] if len(cells) == 1 else cells)
    return told
