"""The law: time limits, criteria and what was not kept, as counts; no single person is told."""

from trialbalance.report.facts.facts import Facts
from trialbalance.report.text.markup import prose, section, table
from trialbalance.report.text.numbers import BLANK, counted, missing, number

CERTAINTY = {
    "read": "read in the Act",
    "secondary": "from a secondary account",
    "recalled": "recalled, to be checked",
}
ANSWERS = {
    "met": "Met",
    "not_met": "Not met",
    "not_evidenced": "No record",
    "not_decidable": "Not decidable",
}


def limit_table(facts: Facts) -> str:
    """Return how often each time limit of the law was kept."""
    frame = facts.table("time_limits")
    if frame is None:
        return ""
    counts = ("checked", "met", "breached", "not_decidable", "open")
    rows = [
        [
            facts.label(row["limit"]),
            BLANK if missing(row["section"]) else str(row["section"]),
            *[number(row[name]) for name in counts],
            CERTAINTY.get(row["certainty"], facts.label(row["certainty"]).lower()),
        ]
        for _, row in frame.iterrows()
    ]
    return table(
        ["Limit", "Section", "Checked", "Kept", "Not kept", "Not decidable", "Open", "The rule is"],
        rows,
        "Time limits of the law and how often they were kept",
        "time-limits",
        (0, 1, 7),
        "A limit whose records lack a time cannot be decided; one is open whose time had not run "
        "out when records ended.",
        source=facts.source("time_limits"),
    )


def breach_table(facts: Facts) -> str:
    """Return limits not kept, counted by group."""
    frame = facts.table("breaches")
    if frame is None:
        return ""
    frame = frame[frame["answer"] == "breached"]
    rows = []
    for limit, part in frame.groupby("limit", sort=True):
        by_arm = [number((part["arm"] == arm).sum()) for arm in facts.arms]
        rows.append([facts.label(limit), *by_arm, number(part["participant_id"].nunique())])
    return table(
        ["Limit not kept", *[facts.arm(arm) for arm in facts.arms], "People in all"],
        rows,
        "Time limits not kept, by group",
        "breaches",
        source=facts.source("breaches"),
    )


def criteria_table(facts: Facts) -> str:
    """Return how often each criterion of the law was met, and on what evidence."""
    frame = facts.table("criteria")
    if frame is None:
        return ""
    rows = []
    for (asked, criterion), part in frame.groupby(["asked_by", "criterion"], sort=False):
        sections = part["section"].dropna()
        counts = [number((part["answer"] == answer).sum()) for answer in ANSWERS]
        name = sections.iloc[0] if len(sections) else BLANK
        rows.append([facts.label(asked), facts.label(criterion), name, *counts])
    return table(
        ["Asked when", "Criterion", "Section", *ANSWERS.values()],
        rows,
        "Criteria of the law: whether they were met, and whether a record shows it",
        "criteria",
        (0, 1, 2),
        "Times that each question was asked. No record is not the same as not met.",
        source=facts.source("criteria"),
    )


def day_table(facts: Facts) -> str:
    """Return days and spells under each status of the law, by group."""
    frame = facts.table("legal_days")
    if frame is None:
        return ""
    rows = []
    for status, part in frame.groupby("status", sort=True):
        line = [facts.label(status)]
        for arm in facts.arms:
            own = part[part["arm"] == arm]
            under = own[own["days"] > 0]
            line.append(
                f"{number(len(under))}/{number(len(own))}; median {number(under['days'].median())}"
                if len(under)
                else f"0/{number(len(own))}"
            )
        rows.append(line)
    return table(
        ["Status", *[facts.arm(arm) for arm in facts.arms]],
        rows,
        "People ever under each legal status, and their median days",
        "legal-days",
        (0,),
        "Everyone with records. How long a status lasts depends on how well people are: it is no "
        "measure of what the status does.",
        source=facts.source("legal_days"),
    )


def law(facts: Facts) -> str:
    """Return the section on the law."""
    return section(
        2,
        "The law",
        "law",
        day_table(facts),
        criteria_table(facts),
        limit_table(facts),
        breach_table(facts),
    )


def law_words(facts: Facts) -> str:
    """Return in one sentence how often time limits were kept; nothing where none is known."""
    frame = facts.table("time_limits")
    if frame is None:
        return ""
    checked, broken, open_ = (
        int(frame[name].sum()) for name in ("checked", "breached", "not_decidable")
    )
    return prose(
        "{n} of the law were checked {checked} times. They were not kept {broken} times{rest}.",
        n=counted(len(frame), "time limit"),
        checked=number(checked),
        broken=number(broken),
        rest=f"; {number(open_)} could not be decided from the records" if open_ else "",
    )
