"""Lines of the balance for questionnaires, person-years, the law, and who is observed."""

from typing import Any

import pandas as pd

from trialbalance.contracts.terms import DAYS_A_YEAR


def legal_lines(tables: dict[str, pd.DataFrame]) -> list[tuple[str, float, float, str]]:
    """Return what went into stage legal and what came out, none where a study has no law.

    Parameters
    ----------
    tables : dict of pandas.DataFrame
        Tables by name.

    Returns
    -------
    list of tuple
        Quantity, in, out and arm.
    """
    if "legal_timeline" not in tables:
        return []
    events, timeline = tables["legal_events"], tables["legal_timeline"]
    lines: list[tuple[Any, ...]] = [
        ("events in law", len(events), timeline["record_id"].isin(events["record_id"]).sum(), "")
    ]
    days = tables["legal_days"].groupby(["arm", "status"], observed=True)["days"].sum()
    spells = tables["legal_episodes"].groupby(["arm", "status"], observed=True)["days"].sum()
    for (arm, status), total in days.items():
        lines.append((f"days under {status}", spells.get((arm, status), 0), total, arm))
    return lines


def questionnaire_lines(tables: dict[str, pd.DataFrame]) -> list[dict[str, Any]]:
    """Return, by arm and instrument, questionnaires that came in, were scored, or could not be.

    Parameters
    ----------
    tables : dict of pandas.DataFrame
        ``responses`` and ``participants`` of stage data, ``questionnaires`` of stage outcomes.

    Returns
    -------
    list of dict
        Arguments of a line of the balance: what came in is counted from the answers, what came out
        from the table of questionnaires.
    """
    if "responses" not in tables or "questionnaires" not in tables:
        return []
    answers = tables["responses"].dropna(subset=["level"])
    answers = answers.drop_duplicates(["participant_id", "visit", "instrument"])
    arms = tables["participants"].set_index("participant_id")["arm"]
    came = answers.groupby([answers["participant_id"].map(arms), "instrument"]).size()
    table = tables["questionnaires"]
    table = table[table["instrument"].isin(tables["responses"]["instrument"])]
    return [
        {
            "stage": "outcomes",
            "quantity": f"questionnaires {instrument}",
            "went_in": came.get((arm, instrument), 0),
            "came_out": rows["scored"].sum(),
            "set_aside": lost.sum(),
            "arm": arm,
            "reason": "returned, too few items answered for a score" if lost.any() else "",
        }
        for (arm, instrument), rows in table.groupby(["arm", "instrument"], observed=True)
        for lost in [rows["returned"] - rows["scored"]]
    ]


def person_year_lines(
    people: pd.DataFrame, follow_up: pd.DataFrame, horizon: float, analysis: str
) -> list[dict[str, Any]]:
    """Return, by arm, the person-years of an analysis, and those lost to death or end of follow-up.

    Parameters
    ----------
    people : pandas.DataFrame
        Participants with their dates.
    follow_up : pandas.DataFrame
        Follow-up of the analysis, years followed on each row of a participant.
    horizon : float
        Years counted of each participant.
    analysis : str
        Name of the analysis.

    Returns
    -------
    list of dict
        Arguments of a line of the balance: the horizon times the participants, years followed as
        the analysis has them, and years lost as the dates of the participants say.
    """
    if follow_up is None or follow_up.empty or "randomisation_date" not in people:
        return []
    followed = follow_up.drop_duplicates("participant_id").set_index("participant_id")
    dates = people.set_index("participant_id").reindex(followed.index)
    dead = _years(dates, "death_date", horizon)
    ended = _years(dates, "follow_up_end", horizon)
    lines = []
    for arm, mine in followed.groupby("arm", observed=True):
        here = dead.loc[mine.index], ended.loc[mine.index]
        after_death = (horizon - here[0]).sum()
        after_end = (here[0] - pd.concat(here, axis=1).min(axis=1)).sum()
        words = (("after death", after_death), ("after the end of follow-up", after_end))
        lines.append(
            {
                "stage": "dataset",
                "quantity": "person-years",
                "went_in": horizon * len(mine),
                "came_out": mine["followed_years"].sum(),
                "set_aside": after_death + after_end,
                "arm": arm,
                "analysis": analysis,
                "reason": "; ".join(f"{word} {years:.2f}" for word, years in words if years > 0),
            }
        )
    return lines


def _years(people: pd.DataFrame, column: str, horizon: float) -> pd.Series:
    """Return years from randomisation to a date, at most the horizon."""
    if column not in people:
        return pd.Series(horizon, index=people.index)
    days = (people[column] - people["randomisation_date"]).dt.days
    return (days / DAYS_A_YEAR).clip(lower=0.0, upper=horizon).fillna(horizon)


def observed_lines(dataset: pd.DataFrame, analysis: str, perspective: str) -> list[dict[str, Any]]:
    """Return, by arm, who has cost and effect observed in an analysis, and what the others lack.

    Parameters
    ----------
    dataset : pandas.DataFrame
        One row a participant.
    analysis, perspective : str
        Names.

    Returns
    -------
    list of dict
        Arguments of a line of the balance.
    """
    lines = []
    for arm, rows in dataset.groupby("arm", observed=True):
        cost, effect = rows["cost"].notna(), rows["effect"].notna()
        lacking = {
            "neither observed": (~cost & ~effect).sum(),
            "cost not observed": (~cost & effect).sum(),
            "effect not observed": (cost & ~effect).sum(),
        }
        lines.append(
            {
                "stage": "dataset",
                "quantity": "participants with cost and effect observed",
                "went_in": len(rows),
                "came_out": (cost & effect).sum(),
                "set_aside": sum(lacking.values()),
                "arm": arm,
                "analysis": analysis,
                "perspective": perspective,
                "reason": "; ".join(f"{why} {count}" for why, count in lacking.items() if count),
            }
        )
    return lines
