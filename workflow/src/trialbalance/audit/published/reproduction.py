"""Published figures beside what the run gives: reproduced within tolerance, or not."""

from collections.abc import Sequence

import pandas as pd

from trialbalance.audit.published.measures import COMPUTE, NEEDS, Ask, as_text
from trialbalance.contracts import Finding, Problems

COLUMNS = [
    "id",
    "quantity",
    "arm",
    "population",
    "published",
    "reproduced",
    "difference",
    "tolerance",
    "verdict",
]
SIMULATION_ERRORS = 2.5


def _select(participants: pd.DataFrame, population: str, arm: str | None) -> pd.DataFrame:
    rows = participants[as_text(participants[population]) == "true"]
    return rows if arm is None else rows[rows["arm"] == arm]


def _reproduced(entry: dict, tables: dict, baseline_periods: Sequence[str]) -> float:
    """Value of one entry; with ``versus``, its difference from (or ratio to) another arm."""
    measure = {**entry["measure"], "population": entry["population"]}

    def value(arm: str | None) -> float:
        rows = _select(tables["participants"], entry["population"], arm)
        return COMPUTE[measure["compute"]](Ask(rows, measure, tables, baseline_periods))

    mine = value(entry.get("arm"))
    if "versus" not in measure:
        return mine
    other = value(measure["versus"])
    return mine / other if measure.get("compare") == "ratio" else mine - other


def judge(published: float, reproduced: float, tolerance: dict) -> tuple[str, bool]:
    """Say a tolerance in words and whether a reproduced figure keeps to it.

    Parameters
    ----------
    published, reproduced : float
        The two figures; for a direction, ``published`` is the bound.
    tolerance : dict
        ``kind`` and its details: exact; simulation_error (``sd`` of the figure over replicates,
        ``multiple``, default 2.5); rounded (``decimals``); direction (``sense`` above or below).

    Returns
    -------
    tuple of str and bool
        Sentence and verdict.

    Examples
    --------
    >>> judge(0.36, 0.3554, {"kind": "rounded", "decimals": 2})
    ('equal when rounded to 2 decimals', True)
    """
    kind, gap = tolerance["kind"], reproduced - published
    if kind == "exact":
        return "exact", bool(abs(gap) < 1e-9)
    if kind == "simulation_error":
        multiple = tolerance.get("multiple", SIMULATION_ERRORS)
        width = multiple * tolerance["sd"]
        return f"within {width:.6g} ({multiple:g} simulation SDs)", bool(abs(gap) <= width)
    if kind == "rounded":
        width = 0.5 * 10.0 ** -tolerance["decimals"]
        words = f"equal when rounded to {tolerance['decimals']} decimals"
        return words, bool(abs(gap) <= width * (1 + 1e-9))
    sense = tolerance["sense"]
    return f"{sense} {published:g}", bool(gap > 0 if sense == "above" else gap < 0)


TOLERANCES = {
    "exact": [],
    "simulation_error": ["sd"],
    "rounded": ["decimals"],
    "direction": ["sense"],
}


def _mistakes(
    name: str, entry: dict, tables: dict[str, pd.DataFrame], arms: Sequence[str]
) -> list[Finding]:
    """Return what keeps an entry from being computed."""
    found = []

    def add(place: str, value: object, allowed: str) -> None:
        found.append(Finding("study.yaml", None, f"published.{name}.{place}", str(value), allowed))

    people = tables["participants"]
    compute = entry["measure"].get("compute")
    if compute not in COMPUTE:
        add("measure.compute", compute, ", ".join(COMPUTE))
    for table in NEEDS.get(compute, []):
        if table not in tables:
            add("measure.compute", compute, f"a study that has the table {table}")
    for place, arm in (("arm", entry.get("arm")), ("versus", entry["measure"].get("versus"))):
        if arm is not None and arm not in {*people["arm"], *arms}:
            add(place, arm, ", ".join(sorted({*people["arm"], *arms})))
    for place, column in (
        ("population", entry["population"]),
        ("measure.column", entry["measure"].get("column")),
    ):
        if column is not None and column not in people:
            add(place, column, "a column of participants")
    kind = entry["tolerance"].get("kind")
    if kind not in TOLERANCES:
        add("tolerance.kind", kind, ", ".join(TOLERANCES))
    for key in TOLERANCES.get(kind, []):
        if key not in entry["tolerance"]:
            add(f"tolerance.{key}", "nothing", f"what {kind} needs")
    return found


def reproduce(
    published: dict[str, dict],
    tables: dict[str, pd.DataFrame],
    baseline_periods: Sequence[str] = (),
    arms: Sequence[str] = (),
) -> pd.DataFrame:
    """Set every published figure beside the figure that the run's own tables give.

    Parameters
    ----------
    published : dict
        Identifier to ``{quantity, arm (omitted = all), population, value, measure, tolerance,
        source}``; ``measure`` names a computation and its details.
    tables : dict of pandas.DataFrame
        Tables of the stages, by name; ``participants`` always.
    baseline_periods : sequence of str
        Periods before the index date, which no total contains.
    arms : sequence of str
        Arms of the study, those that nobody entered too.

    Returns
    -------
    pandas.DataFrame
        Columns id, quantity, arm, population, published, reproduced, difference, tolerance,
        verdict (within | outside).

    Raises
    ------
    Problems
        If an entry names an unknown computation, tolerance, arm, population or column.

    Notes
    -----
    Costs that a missed interview could not tell are set to the mean of those observed in the same
    arm, period and source group, so that means are those of the available cases.

    Examples
    --------
    >>> people = pd.DataFrame({"participant_id": ["p1"], "arm": ["a"], "randomised": [True]})
    >>> entry = {"quantity": "people", "population": "randomised", "value": 1,
    ...     "measure": {"compute": "participants"}, "tolerance": {"kind": "exact"}}
    >>> reproduce({"n": entry}, {"participants": people})["verdict"].tolist()
    ['within']
    """
    findings = [
        finding
        for name, entry in published.items()
        for finding in _mistakes(name, entry, tables, arms)
    ]
    if findings:
        raise Problems(findings)
    lines = []
    for name, entry in published.items():
        value = _reproduced(entry, tables, baseline_periods)
        words, within = judge(float(entry["value"]), value, entry["tolerance"])
        lines.append(
            [
                name,
                entry["quantity"],
                entry.get("arm"),
                entry["population"],
                float(entry["value"]),
                value,
                value - float(entry["value"]),
                words,
                "within" if within else "outside",
            ]
        )
    return pd.DataFrame(lines, columns=COLUMNS)
