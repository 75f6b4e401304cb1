"""Who is in which population, and how many people are left at each step."""

import pandas as pd

from trialbalance.contracts import Finding
from trialbalance.contracts.terms import DAYS_A_YEAR


def memberships(
    people: pd.DataFrame, populations: dict, horizon_years: float, file: str
) -> tuple[dict[str, pd.Series], dict[str, pd.Series], list[Finding]]:
    """Decide who belongs to each population, and why the others do not.

    Parameters
    ----------
    people : pandas.DataFrame
        Table participants; the index numbers the rows as a spreadsheet does.
    populations : dict
        Population → ``excludes`` (list of "excluded", "died") and ``column`` (str or None).
    horizon_years : float
        Deaths count up to here, in years from randomisation.
    file : str
        Name of the file for findings.

    Returns
    -------
    members : dict of str to pandas.Series of bool
        One flag a participant, by population.
    reasons : dict of str to pandas.Series of str
        Why a participant is outside; empty for members.
    findings : list of Finding
        Columns that are missing, or that contradict the rules.

    Examples
    --------
    >>> people = pd.DataFrame({"exclusion": ["withdrew", None]}, dtype="str")
    >>> people = people.assign(death_date=pd.NaT, randomisation_date=pd.Timestamp("2020-01-01"))
    >>> rules = {"itt": {"excludes": ["excluded"], "column": None}}
    >>> memberships(people, rules, 1.0, "p.csv")[1]["itt"].tolist()
    ['withdrew', '']
    """
    last = people["randomisation_date"] + pd.Timedelta(days=round(horizon_years * DAYS_A_YEAR))
    causes = {
        "excluded": people["exclusion"].fillna("").astype("str"),
        "died": pd.Series("", index=people.index, dtype="str").where(
            ~(people["death_date"] <= last), "died"
        ),
    }
    members, reasons, findings = {}, {}, _nobody_left(causes["excluded"], populations, file)
    for name, rule in populations.items():
        reason = pd.Series("", index=people.index, dtype="str")
        for cause in rule["excludes"]:
            reason = reason.where(reason != "", causes[cause])
        column = rule["column"]
        if column:
            flag, wrong = _flag(people, column, file)
            findings += wrong
            outside = ~flag.fillna(True).astype(bool)
            reason = reason.where((reason != "") | ~outside, f"not marked in {column}")
        members[name], reasons[name] = reason == "", reason
        if name in people.columns and name != column:
            findings += _contradictions(people, name, members[name], reason, file)
    return members, reasons, findings


def _nobody_left(reason: pd.Series, populations: dict, file: str) -> list[Finding]:
    """Refuse a reason of exclusion for everybody: nobody would be analysed."""
    used = any("excluded" in rule["excludes"] for rule in populations.values())
    if not used or reason.empty or (reason == "").any():
        return []
    found = f"a reason for everybody ({_counted(reason)})"
    allowed, remedy = "a blank for whoever is included", "clear the cells of whom nobody excluded"
    return [Finding(file, int(reason.index[0]), "exclusion", found, allowed, remedy)]


def _flag(people: pd.DataFrame, column: str, file: str) -> tuple[pd.Series, list[Finding]]:
    nothing = pd.Series(True, index=people.index, dtype="boolean")
    allowed = "a true-or-false column that marks the members"
    if column not in people.columns:
        remedy = f"add column '{column}' or correct data.populations"
        return nothing, [Finding(file, 1, column, f"no column '{column}'", allowed, remedy)]
    flag = people[column]
    if not pd.api.types.is_bool_dtype(flag.dtype) or flag.isna().any():
        remedy = "write true or false in each row"
        found = f"a column that is not true or false throughout ({flag.dtype})"
        return nothing, [Finding(file, None, column, found, allowed, remedy)]
    return flag, []


def _contradictions(people, name: str, member, reason, file: str) -> list[Finding]:
    flag, wrong = _flag(people, name, file)
    if wrong:
        return wrong
    differs = flag.astype(bool) != member
    if not differs.any():
        return []
    row = differs.index[differs.to_numpy(bool)][0]
    why = f"left out ({reason.loc[row]})" if reason.loc[row] else "a member"
    return [
        Finding(
            file,
            int(row),
            name,
            f"{'true' if flag.loc[row] else 'false'}, where data.populations says {why}",
            "flags that agree with the rules",
            f"correct the row, or set data.populations.{name}.column: {name}",
            int(differs.sum()) - 1,
        )
    ]


def exclusions(people: pd.DataFrame, reasons: dict[str, pd.Series]) -> pd.DataFrame:
    """List everyone outside a population, with the reason.

    Parameters
    ----------
    people : pandas.DataFrame
        Table with participant_id.
    reasons : dict of str to pandas.Series of str
        Reason by population; empty for members.

    Returns
    -------
    pandas.DataFrame
        Columns participant_id, population, reason.

    Examples
    --------
    >>> people = pd.DataFrame({"participant_id": ["p1", "p2"]})
    >>> exclusions(people, {"itt": pd.Series(["", "withdrew"])}).values.tolist()
    [['p2', 'itt', 'withdrew']]
    """
    parts = [
        pd.DataFrame(
            {
                "participant_id": people["participant_id"][reason != ""],
                "population": name,
                "reason": reason[reason != ""],
            }
        )
        for name, reason in reasons.items()
    ]
    table = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
    return table.reindex(columns=["participant_id", "population", "reason"]).astype("str")


def _counted(reasons: pd.Series) -> str | None:
    counts = reasons[reasons != ""].value_counts().sort_index()
    # A reason is one reason whatever stands in it.
    words = [f"{reason.replace(';', ',')} {count}" for reason, count in counts.items()]
    return "; ".join(words) or None


def _seen(
    members: pd.DataFrame, held: pd.DataFrame, population: str, visit: str, study: dict
) -> list[tuple]:
    """Return who of a population attended a visit, and why the others did not: both add up."""
    status = members["participant_id"].map(held.set_index("participant_id")["status"])
    status = status.astype("object").where(status.notna(), "no record").astype("str")
    rows = []
    for arm in study["arms"]:
        mine = status[members["arm"] == arm]
        away = _counted(mine.where(mine != "attended", ""))
        step = f"attended {visit} in {population}"
        rows.append((step, arm, int((mine == "attended").sum()), away))
    return rows


def flow(
    people: pd.DataFrame,
    visits: pd.DataFrame | None,
    reasons: dict[str, pd.Series],
    study: dict,
) -> pd.DataFrame:
    """Count people by arm in each population, and of each population at each visit.

    Parameters
    ----------
    people : pandas.DataFrame
        Table with participant_id and arm.
    visits : pandas.DataFrame or None
        Table visits, when the study has one.
    reasons : dict of str to pandas.Series of str
        Reason for being outside, by population.
    study : dict
        Section ``study``: arms and visits.

    Returns
    -------
    pandas.DataFrame
        Columns step, arm, participants, reason.

    Examples
    --------
    >>> people = pd.DataFrame({"participant_id": ["p1", "p2"], "arm": ["a", "a"]})
    >>> reasons = {"itt": pd.Series(["", "withdrew"])}
    >>> flow(people, None, reasons, {"arms": {"a": {}}})["participants"].tolist()
    [2, 1]
    """
    rows: list[tuple[str, str, int, str | None]] = []
    for arm in study["arms"]:
        rows.append(("recorded", arm, int((people["arm"] == arm).sum()), None))
    for name, reason in reasons.items():
        for arm in study["arms"]:
            mine = reason[people["arm"] == arm]
            rows.append((f"population {name}", arm, int((mine == "").sum()), _counted(mine)))
    for name, reason in reasons.items() if visits is not None else ():
        for visit in study["visits"]:
            rows += _seen(
                people[reason == ""], visits[visits["visit"] == visit], name, visit, study
            )
    return pd.DataFrame(rows, columns=["step", "arm", "participants", "reason"])
