"""What people gained: measures over time, outcomes and clinical endpoints."""

import pandas as pd

from trialbalance.report.facts.cost_sums import ILLUSTRATIVE, digits, limited, mean_sd, summary
from trialbalance.report.facts.facts import Facts
from trialbalance.report.facts.number_links import traced
from trialbalance.report.facts.pictures import pictures
from trialbalance.report.text.markup import joined, section, side_by_side, table
from trialbalance.report.text.numbers import BLANK, number, percent, span


def profile_tables(facts: Facts) -> str:
    """Return, for each instrument with a value set, the share of people with any problem."""
    frame = facts.table("responses")
    tools = facts.part("outcomes").get("instruments") or {}
    if frame is None:
        return ""
    people = facts.table("participants")
    arms = people.set_index("participant_id")["arm"]
    frame = limited(facts, frame.assign(arm=frame["participant_id"].map(arms)))
    tables = [
        profile_table(facts, frame[frame["instrument"] == name], name)
        for name, tool in tools.items()
        if tool.get("kind") == "value_set"
    ]
    return section(3, "Answers by dimension", "profiles", *tables)


def profile_table(facts: Facts, answers: pd.DataFrame, instrument: str) -> str:
    """Return the share above the best level, by dimension, visit and arm."""
    answers = answers.dropna(subset=["level"])
    visits = [v for v in facts.part("study").get("visits") or {} if v in set(answers["visit"])]
    rows = []
    for item in dict.fromkeys(answers["item"]):
        for visit in visits:
            own = answers[(answers["item"] == item) & (answers["visit"] == visit)]
            cells = [_problem(own[own["arm"] == arm]["level"]) for arm in facts.arms]
            rows.append([facts.label(item), facts.label(visit, "visit"), *cells])
    title = facts.label(instrument, "instrument")
    return table(
        ["Dimension", "Visit", *[facts.arm(arm) for arm in facts.arms]],
        rows,
        f"{title}: people with any problem",
        f"profile-{instrument}",
        (0, 1),
        "People above the best level, of those who answered.",
        source=facts.source("responses"),
    )


def _problem(levels: pd.Series) -> str:
    """Return how many answers lie above the best level."""
    if not len(levels):
        return BLANK
    n = int((levels > 1).sum())
    return f"{number(n)}/{number(len(levels))} ({percent(n / len(levels))})"


def measure_tables(facts: Facts) -> str:
    """Return mean and standard deviation of each measure by visit and arm."""
    frame = facts.table("measures")
    if frame is None:
        return ""
    frame = limited(facts, frame)
    tables = []
    for measure, part in frame.groupby("measure", sort=True):
        decimals, rows = digits(part["value"]), []
        # A visit at which nobody was asked is no line.
        seen = part[part["value"].notna()]
        order = seen.groupby("visit")["time_years"].min().sort_values(kind="stable").index
        for visit in order:
            line = [facts.label(visit, "visit")]
            for arm in facts.arms:
                own = part[(part["visit"] == visit) & (part["arm"] == arm)]["value"]
                line += side_by_side(len(facts.arms), _values(own, decimals))
            rows.append(line)
        tables.append(
            table(
                _heads(facts, "Visit"),
                rows,
                f"{facts.label(measure, 'measure')} by visit and arm"
                + (f" ({ILLUSTRATIVE})" if facts.assumed(measure) else ""),
                f"measure-{measure}",
                (0,),
                "Observed values" + dead_words(part) + ".",
                source=facts.source("measures"),
            )
        )
    figures = pictures(facts, *(f"course_{measure}" for measure in sorted(set(frame["measure"]))))
    return section(3, "Measures over time", "measures", figures, *tables)


def dead_words(part: pd.DataFrame) -> str:
    """Return that the dead count as nought, where any of them does."""
    if "dead" not in part:
        return ""
    dead = part["dead"].astype("boolean").fillna(False).astype(bool)
    return "; people who died count as 0 afterwards" if (part["value"][dead] == 0).any() else ""


def _heads(facts: Facts, first: str) -> list[str]:
    """Return a header with n and mean for each arm."""
    header = [first]
    for arm in facts.arms:
        header += side_by_side(len(facts.arms), [f"{facts.arm(arm)}: n", "mean (SD)"])
    return header


def _values(values: pd.Series, decimals: int) -> list[str]:
    """Return n and mean (SD) of observed values."""
    part = summary(values.dropna().astype(float))
    return [
        number(part["participants"]),
        mean_sd(number(part["mean"], decimals), number(part["sd"], decimals)),
    ]


def outcome_table(facts: Facts) -> str:
    """Return each outcome's observed mean by arm, unadjusted."""
    frame = facts.table("outcomes")
    if frame is None:
        return ""
    frame, rows = limited(facts, frame), []
    for outcome, part in frame.groupby("outcome", sort=True):
        known = facts.outcome_words(outcome)
        line = [facts.event(outcome)]
        for arm in facts.arms:
            own = part[part["arm"] == arm]
            gone = 1 - own["observed"].astype("boolean").fillna(False).mean() if len(own) else None
            cells = [*_values(own["value"], known["decimals"]), percent(gone)]
            line += side_by_side(len(facts.arms), cells)
        rows.append(line)
    header = ["Outcome"]
    for arm in facts.arms:
        header += side_by_side(
            len(facts.arms), [f"{facts.arm(arm)}: n seen", "mean (SD)", "missing"]
        )
    return section(
        3,
        "Outcomes",
        "outcome-means",
        table(
            header,
            rows,
            "Outcomes by arm, observed people, unadjusted",
            "outcomes",
            (0,),
            source=facts.source("outcomes"),
        ),
    )


def endpoint_table(facts: Facts) -> str:
    """Return clinical endpoints by arm with crude relative risks."""
    frame = facts.table("endpoints")
    if frame is None:
        return ""
    several = "population" in frame and len(set(frame["population"])) > 1
    rows = [_endpoint_row(facts, row, several) for _, row in frame.iterrows()]
    header = ["Endpoint", "Arm", "Events", "Risk"]
    caption = "Clinical endpoints by arm"
    if facts.compares:
        header += ["Relative risk", "95% interval"]
        caption += "; relative risks are crude"
    source = facts.source("endpoints")
    shown = table(header, rows, caption, "endpoints", (0, 1), source=source)
    return section(3, "Clinical endpoints", "endpoints", shown)


def _endpoint_row(facts: Facts, row: pd.Series, several: bool) -> list[str]:
    """Return one endpoint of one arm; where there are several populations, with its own."""
    name = facts.event(row["endpoint"])
    if several:
        name += f" ({facts.label(row['population'], 'population').lower()})"
    counts = ("events", "participants")
    return [
        name,
        facts.arm(row["arm"]),
        joined([traced(facts, number(row[word]), row, word) for word in counts], "/"),
        traced(facts, percent(row["risk"]), row, "risk"),
        *(_relative(facts, row) if facts.compares else ()),
    ]


def _relative(facts: Facts, row: pd.Series) -> list[str]:
    """Return a relative risk against the comparator, with its interval."""
    if row["arm"] == facts.comparator:
        return ["reference", BLANK]
    ends = [number(row[f"relative_risk_{end}"], 2) for end in ("lower", "upper")]
    return [traced(facts, number(row["relative_risk"], 2), row, "relative_risk"), span(*ends)]


def outcomes(facts: Facts) -> str:
    """Return the section on outcomes."""
    return section(
        2,
        "Outcomes",
        "outcomes",
        measure_tables(facts),
        outcome_table(facts),
        endpoint_table(facts),
    )
