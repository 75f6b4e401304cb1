"""People and books: flow, exclusions, trial balance, model checks, reproduction."""

import re

import pandas as pd

from trialbalance.report.facts.facts import Facts
from trialbalance.report.facts.labels import kinds_of
from trialbalance.report.facts.pictures import pictures
from trialbalance.report.figures.people.flow import flow_steps
from trialbalance.report.sections.appendix.baseline import baseline
from trialbalance.report.text.markup import bullets, prose, section, table
from trialbalance.report.text.numbers import (
    BLANK,
    counted,
    general,
    missing,
    money_words,
    number,
)


def flow_table(facts: Facts) -> str:
    """Return how many participants passed each step, by arm."""
    steps, rows = flow_steps(facts), []
    for step in dict.fromkeys(steps["step"]):
        part = steps[steps["step"] == step].set_index("arm")
        why = [f"{facts.arm(arm)}: {text}" for arm, text in part["reason"].items() if text]
        counts = [number(part["people"][arm]) if arm in part.index else BLANK for arm in facts.arms]
        rows.append([step, *counts, ". ".join(why) or BLANK])
    header = ["Step", *[facts.arm(arm) for arm in facts.arms], "Reason"]
    if all(row[-1] == BLANK for row in rows):
        header, rows = header[:-1], [row[:-1] for row in rows]
    return table(
        header,
        rows,
        "Participant flow" + (", with those in the economic analysis" if facts.analyses else ""),
        "flow",
        (0, len(facts.arms) + 1),
        source=facts.source("flow"),
    )


def exclusion_table(facts: Facts) -> str:
    """Return exclusions by population and reason."""
    frame = facts.table("exclusions")
    if frame is None:
        return ""
    rows = [
        [
            facts.label(population, "population"),
            general(reason).replace("_", " "),
            number(len(part)),
        ]
        for (population, reason), part in frame.groupby(["population", "reason"], sort=True)
    ]
    return table(
        ["Left out of", "Reason", "People"],
        rows,
        "Exclusions, by reason",
        "exclusions",
        (0, 1),
        source=facts.source("exclusions"),
    )


def participants(facts: Facts) -> str:
    """Return the section on participants."""
    return section(
        2,
        "Participants",
        "participants",
        pictures(facts, "flow", kind="figures .whole"),
        flow_table(facts),
        exclusion_table(facts),
        baseline(facts),
    )


# Names that a study or a method gave, and columns that list several of them.
KEY = re.compile(r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$")
# One word for what a check or a comparison came to, whichever table tells it.
VERDICTS = {"pass": "passed", "fail": "FAILED", "note": "note", "within": "passed"}
LISTS = ("seen", "missing", "adjusted_for")


def as_given(
    facts: Facts,
    name: str,
    caption: str,
    frame: pd.DataFrame | None = None,
    numbers: tuple[str, ...] = (),
    analysis: str | None = None,
) -> str:
    """Return a table as it was written, keys as words and numbers in house style."""
    frame = facts.table(name, analysis) if frame is None else frame
    if frame is None:
        return ""
    frame = frame.drop(columns=[c for c in ("synthetic", "figure") if c in frame])
    columns = list(frame.dropna(axis=1, how="all").columns)
    texts = tuple(
        i
        for i, c in enumerate(columns)
        if c not in numbers
        and (not pd.api.types.is_numeric_dtype(frame[c]) or pd.api.types.is_bool_dtype(frame[c]))
    )
    # A row as a column of its own would forget which of its text is Markdown already.
    rows = [
        [_cell(facts, column, row[column]) for column in columns]
        for row in frame.to_dict("records")
    ]
    return table(
        [facts.label(c) for c in columns],
        rows,
        caption,
        "-".join([name, analysis or ""]).strip("-").replace("_", "-"),
        texts,
        source=facts.source(name, analysis),
    )


def _cell(facts: Facts, column: str, value: object) -> str:
    """Return one cell: names of the study by their labels, the rest in general style."""
    if missing(value):
        return BLANK
    if column == "verdict" and value in VERDICTS:
        return VERDICTS[value]
    if str(value) in facts.arms:
        return facts.arm(value)
    title = ((facts.settings.get("analyses") or {}).get(str(value)) or {}).get("title")
    if title and column == "analysis":
        return title
    if column in LISTS:
        keys = [key.strip() for key in re.split("[,;]", str(value))]
        return "; ".join(facts.label(key, "covariate", "visit") for key in keys)
    return (
        facts.label(value, *kinds_of(column))
        if isinstance(value, str) and KEY.match(value)
        else general(value)
    )


def balance_table(facts: Facts) -> str:
    """Return the trial balance, amounts of money to two decimals, in words of the currency."""
    frame = facts.table("trial_balance")
    if frame is None:
        return ""
    if "quantity" in frame and {"in", "out"} <= set(frame.columns):
        frame, numbers = frame.copy(), ("in", "out", "set_aside", "difference")
        cash = frame["quantity"].astype(str).str.contains("money|cost|amount", case=False)
        for column in [c for c in numbers if c in frame]:
            frame[column] = [
                BLANK
                if missing(value)
                else number(value, 2 if money else 0)
                if money or value == int(value)
                else number(value, 3)
                for value, money in zip(frame[column], cash, strict=True)
            ]
        frame["quantity"] = [
            re.sub(r"\bmoney\b", money_words(facts.currency)[1], str(one))
            for one in frame["quantity"]
        ]
        if "scenario" in frame and len(set(frame["scenario"])) == 1:
            frame = frame.drop(columns="scenario")
    return as_given(
        facts,
        "trial_balance",
        "Trial balance: what went into each stage and came out",
        frame,
        ("in", "out", "set_aside", "difference"),
    )


def balance(facts: Facts) -> str:
    """Return the section with the trial balance."""
    frame, verdict = facts.table("trial_balance"), ""
    if frame is not None and "difference" in frame:
        wrong = int((frame["difference"].fillna(0).abs() > 0.005).sum())
        verdict = prose(
            "{n} compared between stages. {result}",
            n=counted(len(frame), "sum was", "sums were"),
            result="Every difference is zero to two decimals."
            if not wrong
            else f"{counted(wrong, 'difference')} did not close: see the table.",
        )
    text = balance_table(facts)
    return section(2, "Trial balance", "trial-balance", verdict if text else "", text)


REPRODUCED = (
    "quantity",
    "arm",
    "population",
    "published",
    "reproduced",
    "tolerance",
    "stands",
    "source",
)
# What agreement means by kind of tolerance: on simulated records, and on others.
STANDINGS = {
    "exact": ("fixed by the simulator", "equal"),
    "simulation_error": ("reproduced within simulation error", "within the tolerance"),
    "rounded": ("equal when rounded", "equal when rounded"),
    "direction": ("direction only", "direction only"),
}


def published_entry(facts: Facts, name: object) -> dict:
    """Return a published figure as the study file gives it, empty where it does not."""
    return (facts.settings.get("published") or {}).get(str(name)) or {}


def standing(facts: Facts, row: pd.Series) -> str:
    """Return what the agreement of a figure means: fixed, reproduced, or its direction alone."""
    if row["verdict"] != "within":
        return "OUTSIDE its tolerance"
    kind = (published_entry(facts, row.get("id")).get("tolerance") or {}).get("kind")
    simulated, seen = STANDINGS.get(str(kind), ("within the tolerance", "within the tolerance"))
    return simulated if facts.synthetic else seen


def increments(facts: Facts, frame: pd.DataFrame) -> str:
    """Return published differences between arms beside those of this run, from the arms' means."""
    rows = []
    for quantity, part in frame.dropna(subset=["arm"]).groupby("quantity", sort=False):
        own = part.set_index("arm")
        measure = published_entry(facts, part.iloc[0].get("id")).get("measure") or {}
        mean = str(measure.get("compute")).startswith("mean_") and "versus" not in measure
        for arm in facts.others if mean and facts.comparator in own.index else ():
            if arm in own.index:
                gap = own.loc[arm, ["published", "reproduced"]].astype(float)
                gap = gap - own.loc[facts.comparator, ["published", "reproduced"]].astype(float)
                cash = measure.get("compute") == "mean_cost"
                said = [facts.cash(v, True) if cash else number(v, 3, True) for v in gap]
                rows.append([quantity, f"{facts.arm(arm)} minus {facts.arm(facts.comparator)}",
                             *said])  # fmt: skip
    return table(
        ["Figure", "Difference", "Published", "This run"],
        rows,
        "Differences between arms, published and in this run",
        "published-differences",
        (0, 1),
        "From the arms' means. A simulation that keeps to each mean within its error may differ "
        "from the published difference in sign."
        if facts.synthetic
        else "From the arms' means.",
    )


def reproduction(facts: Facts) -> str:
    """Return how the run stands beside what was published, and where that was published."""
    frame = facts.table("reproduction")
    if frame is None:
        return ""
    counts = pd.Series([standing(facts, row) for _, row in frame.iterrows()])
    counts = counts.value_counts(sort=False)
    lead = prose(
        "{within} of {all} published figures lie within their tolerance{when}: {split}.",
        within=number(int((frame["verdict"] == "within").sum())),
        all=number(len(frame)),
        when=", set beforehand" if facts.planned else "",
        split="; ".join(f"{number(n)} {words}" for words, n in counts.items()),
    )
    found = {str(published_entry(facts, name).get("source") or "") for name in _ids(frame)}
    cited = section(3, "References", "references", bullets(sorted(found - {""})))
    return section(2, "Published figures", "reproduction", lead, increments(facts, frame), cited)


def reproduced_table(facts: Facts) -> str:
    """Return every published figure beside that of this run, with its source."""
    frame = facts.table("reproduction")
    if frame is None:
        return ""
    frame = frame.assign(
        stands=[standing(facts, row) for _, row in frame.iterrows()],
        source=[published_entry(facts, name).get("source") or BLANK for name in _ids(frame)],
    )
    columns = [c for c in REPRODUCED if c in frame]
    text = as_given(facts, "reproduction", "Published figures beside this run", frame[columns])
    return section(3, "Published figures, one by one", "reproduced", text)


def _ids(frame: pd.DataFrame) -> pd.Series:
    """Return the identifiers of published figures."""
    return frame["id"] if "id" in frame else pd.Series([""] * len(frame), index=frame.index)
