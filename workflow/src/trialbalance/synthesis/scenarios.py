"""Set the decisions of all scenarios side by side."""

import pandas as pd

from trialbalance.contracts.input_names import parts

KEYS = ["scenario", "analysis"]
INCREMENTAL = [
    "arm",
    "comparator",
    "cost",
    "cost_lower",
    "cost_upper",
    "effect",
    "effect_lower",
    "effect_upper",
    "position",
]


def compare_scenarios(
    incremental: dict[tuple[str, str], pd.DataFrame],
    net_benefit: dict[tuple[str, str], pd.DataFrame],
    marked: dict[str, dict[str, list[float]]],
) -> pd.DataFrame:
    """Return one row a scenario, analysis, pair of arms and marked threshold.

    Parameters
    ----------
    incremental : dict
        (scenario, analysis) -> incremental table.
    net_benefit : dict
        (scenario, analysis) -> net benefit table.
    marked : dict
        Scenario -> analysis -> thresholds to show; an outcome without one gives a row without
        net benefit.

    Returns
    -------
    pandas.DataFrame
        Columns scenario, analysis, the increments with intervals, threshold, net_benefit, lower,
        upper, probability_positive.
    """
    rows = []
    for key, table in incremental.items():
        chosen = net_benefit[key]
        chosen = chosen[chosen["threshold"].isin(marked[key[0]][key[1]])]
        values = [
            "arm",
            "comparator",
            "threshold",
            "net_benefit",
            "lower",
            "upper",
            "probability_positive",
        ]
        joined = table[INCREMENTAL].merge(chosen[values], on=["arm", "comparator"], how="left")
        rows.append(joined.assign(scenario=key[0], analysis=key[1]))
    together = pd.concat(rows, ignore_index=True)
    return together[KEYS + [column for column in together if column not in KEYS]]


def sources(paths: dict[str, str], study: str) -> pd.DataFrame:
    """Return which scenario's folder each table of each scenario was read from.

    Parameters
    ----------
    paths : dict
        ``scenario.analysis.table`` -> path.
    study : str
        Name of the study.

    Returns
    -------
    pandas.DataFrame
        Columns scenario, analysis, table, file, made_in.

    Examples
    --------
    >>> named = {"dear.main.incremental": "results/mine/base/60_decision/main/incremental.csv"}
    >>> sources(named, "mine")[["scenario", "made_in"]].values.tolist()
    [['dear', 'base']]
    """
    rows = []
    for name, path in paths.items():
        scenario, analysis, table = parts(name)
        below = path.split(f"{study}/", 1)[-1]
        rows.append((scenario, analysis, table, below, below.split("/", 1)[0]))
    return pd.DataFrame(rows, columns=["scenario", "analysis", "table", "file", "made_in"])
