"""Effects that are possible and rarely meant: on another scale, or over another unit of time."""

from dataclasses import replace

import pandas as pd

from trialbalance.contracts import Finding
from trialbalance.settings.resolve import Study

# Of a horizon beyond so many years somebody lives a share such as this, or it is in months.
LONG, SHARE = 2.0, 0.25


def effect_doubts(
    study: Study, analysis: str, effects: pd.DataFrame, scenario: str, recorded: bool
) -> list[Finding]:
    """Note more quality-adjusted life years than the horizon has, or hardly any of them.

    Parameters
    ----------
    study : Study
        The study.
    analysis : str
        Analysis whose effects they are.
    effects : pandas.DataFrame
        Columns effect, and participant_id or draw and arm.
    scenario : str
        Scenario of the analysis.
    recorded : bool
        Whether times of records bound the horizon already.

    Returns
    -------
    list of Finding
        Notes; none where the outcome is no QALY.
    """
    settings = study.scenarios[scenario]
    outcome = settings["analyses"][analysis]["outcome"]
    if "qaly" not in outcome.lower() or "effect" not in effects:
        return []
    horizon = settings["study"]["horizon_years"]
    findings = _above(effects, horizon, f"analyses.{analysis}.outcome")
    most = effects["effect"].max()
    if not recorded and not findings and horizon > LONG and most < SHARE * horizon:
        found = f"{horizon:g} years, in which nobody has more than {most:g} QALYs"
        remedy = "write years, such as 1 for twelve months, if months were meant"
        findings.append(
            Finding("study.yaml", None, "study.horizon_years", found, None, remedy, severity="note")
        )
    return findings


def _above(effects: pd.DataFrame, horizon: float, at: str) -> list[Finding]:
    """Note effects of more years than the horizon has."""
    above = effects[(effects["effect"] > horizon + 1e-9).fillna(False)]
    if above.empty:
        return []
    first = above.iloc[0]
    of = first["participant_id"] if "participant_id" in above else _draw(first)
    found = f"{first['effect']:g} QALYs of {of} in {horizon:g} years"
    remedy = "give utilities on the scale with 1 for full health, not 0 to 100"
    return [Finding("study.yaml", None, at, found, None, remedy, len(above) - 1, severity="note")]


def _draw(row: pd.Series) -> str:
    """Return which draw a row is, of which group."""
    group = f", group {row['group']}" if "group" in row else ""
    return f"draw {row['draw']} of {row['arm']}{group}"


def draw_doubts(study: Study, tables: dict[str, dict[str, pd.DataFrame]]) -> list[Finding]:
    """Note effects of draws, and of draws by group, on another scale than that of QALYs.

    Parameters
    ----------
    study : Study
        A study at door draws.
    tables : dict of dict
        Scenario -> clean tables.

    Returns
    -------
    list of Finding
        Notes.
    """
    findings = []
    for scenario, given in tables.items():
        for name in ("draws_given", "group_draws_given"):
            for analysis in study.analyses(scenario) if name in given else ():
                found = effect_doubts(study, analysis, given[name], scenario, recorded=False)
                where = "" if scenario == "base" else f", in scenario {scenario}"
                findings += [replace(one, found=one.found + where) for one in found]
    return list(dict.fromkeys(findings))
