"""Costs: by category and arm, what was used, at what price, and what the intervention cost."""

import pandas as pd

from trialbalance.contracts.terms import NOBODY
from trialbalance.report.facts.cost_sums import (
    ILLUSTRATIVE,
    baseline_periods,
    category_costs,
    complete,
    contrast,
    counted_people,
    mean_sd,
    perspectives_of,
    resource_use_summary,
)
from trialbalance.report.facts.facts import Facts
from trialbalance.report.facts.pictures import pictures
from trialbalance.report.text.markup import blocks, box, prose, section, side_by_side, table
from trialbalance.report.text.numbers import (
    BLANK,
    counted,
    general,
    listed,
    missing,
    number,
    sentence_case,
    span,
)

OBSERVED_NOTE = (
    "Observed cases, unadjusted: people whose records for the row are complete over follow-up."
)
ADJUSTED_NOTE = (
    " The results above adjust for baseline and for missing data, so they differ from these means."
)


def category_table(facts: Facts, perspective: str) -> str:
    """Return the cost table of one perspective."""
    frame = category_costs(facts, perspective)
    rows, alike = [], one_base(frame)
    whole = frame[frame["category"].isna()]
    if not alike:
        frame = frame[frame["category"].notna()]
    for category, lines in frame.groupby("category", dropna=False, sort=False):
        cells = {row["arm"]: row for _, row in lines.iterrows()}
        name = "Total" if missing(category) else facts.label(category, "category")
        line = [name]
        for arm in facts.arms:
            one = cells[arm]
            if not one["participants"]:
                line += [NOBODY, BLANK][: 2 if len(facts.arms) < 3 else 1]
                continue
            users = f"{one['users']}/{one['participants']}"
            spent = mean_sd(facts.cash(one["mean"]), facts.cash(one["sd"]))
            line += side_by_side(len(facts.arms), [users, spent])
        for arm in facts.others if facts.compares else ():
            gap, lower, upper = contrast(cells[arm], cells[facts.comparator])
            line.append(
                facts.cash(gap)
                if missing(lower)
                else f"{facts.cash(gap)} ({facts.cash_interval(lower, upper)})"
            )
        rows.append(line)
    header = ["Category"]
    for arm in facts.arms:
        header += side_by_side(len(facts.arms), [f"{facts.arm(arm)}: with any cost", "mean (SD)"])
    header += _minus(facts)
    return table(
        header,
        rows,
        f"Cost per person by category: {facts.perspective(perspective)}"
        + (f" ({ILLUSTRATIVE})" if facts.assumed(perspective) else ""),
        f"costs-{perspective}",
        (0,),
        "" if alike else unlike_words(facts, whole),
        source=facts.source("participant_costs"),
    )


def one_base(frame: pd.DataFrame) -> bool:
    """Return whether all rows of an arm rest on the same number of people."""
    sizes = frame.groupby("arm")["participants"].agg(["min", "max"])
    return bool((sizes["min"] == sizes["max"]).all())


def unlike_words(facts: Facts, whole: pd.DataFrame) -> str:
    """Return why no total stands under rows of different people, and the sum of those in all."""
    told = [
        f"{facts.cash(row['mean'])} with {facts.arm(row['arm'])} "
        f"({counted(int(row['participants']), 'person', 'people')})"
        for _, row in whole.iterrows()
        if row["participants"]
    ]
    return (
        "The rows rest on different people, so that they do not add up and no total is printed "
        f"over them. People seen in every category cost {listed(told)} in all."
    )


def _minus(facts: Facts) -> list[str]:
    """Return the heads of the columns of differences; none where arms are not compared."""
    if not facts.compares:
        return []
    if len(facts.others) == 1:
        return ["Difference (95% interval)"]
    against = facts.arm(facts.comparator)
    return [f"{facts.arm(arm)} minus {against} (95% interval)" for arm in facts.others]


def cost_tables(facts: Facts) -> str:
    """Return the cost tables of all perspectives."""
    parts = [
        blocks(
            category_table(facts, name),
            pictures(facts, f"composition_{name}", kind="figures .single"),
        )
        for name in perspectives_of(facts)
    ]
    note = OBSERVED_NOTE + (ADJUSTED_NOTE if facts.analyses else "")
    note = box("note", note) if parts else ""
    return section(3, "Cost by category", "costs-by-category", *parts, note)


def resource_table(facts: Facts) -> str:
    """Return quantities used by item and arm."""
    ledger = facts.table("ledger")
    if ledger is None:
        return ""
    people = counted_people(facts)
    if people is None:
        people = ledger[["participant_id", "arm"]].drop_duplicates()
    frame = resource_use_summary(
        ledger, people, baseline_periods(facts), facts.table("cost_observed")
    )
    if frame.empty:
        return ""
    rows = []
    for (_, item, unit), lines in frame.groupby(["category", "item", "unit"], dropna=False):
        cells = {row["arm"]: row for _, row in lines.iterrows()}
        line = [facts.label(item, "item"), BLANK if missing(unit) else sentence_case(unit).lower()]
        for arm in facts.arms:
            one = cells.get(arm)
            if one is None or not one["participants"]:
                line += [BLANK, BLANK][: 2 if len(facts.arms) < 3 else 1]
                continue
            users = f"{one['users']}/{one['participants']}"
            used = mean_sd(number(one["mean"], 1), number(one["sd"], 1))
            line += side_by_side(len(facts.arms), [users, used])
        for arm in facts.others if facts.compares else ():
            line.append(_gap(cells.get(arm), cells.get(facts.comparator)))
        rows.append(line)
    header = ["Item", "Unit"]
    for arm in facts.arms:
        header += side_by_side(len(facts.arms), [f"{facts.arm(arm)}: users", "mean (SD)"])
    header += _minus(facts)
    caption = "Quantity per person over follow-up, by item and arm"
    text = table(header, rows, caption, "resource-use", (0, 1), source=facts.source("ledger"))
    return section(3, "What was used", "resource-use", text)


def _gap(one: pd.Series | None, other: pd.Series | None) -> str:
    """Return a difference in mean quantity with its interval."""
    if one is None or other is None:
        return BLANK
    gap, lower, upper = contrast(one, other)
    return f"{number(gap, 1)} ({span(number(lower, 1), number(upper, 1))})"


def _used_price(line: pd.Series) -> float:
    """Return the unit cost of a ledger line at the prices of the analysis."""
    inflation = line.get("inflation")
    return line["unit_cost"] * (1.0 if missing(inflation) else inflation)


def intervention_table(facts: Facts) -> str:
    """Return the cost of the intervention itself, by arm (decision 009)."""
    chosen = facts.part("report").get("intervention_items") or []
    ledger = facts.table("ledger")
    people = counted_people(facts)
    if not chosen or ledger is None or people is None:
        return ""
    before, seen = baseline_periods(facts), facts.table("cost_observed")
    lines = ledger[
        (ledger["item"].isin(chosen) | ledger["category"].isin(chosen))
        & ~ledger["period"].isin(before)
        & ledger["participant_id"].isin(people["participant_id"])
    ]
    rows, bases = [], set()
    for item, part in lines.groupby("item"):
        members = complete(people, seen, set(part["source_group"]), before)
        cells = [facts.label(item, "item"), facts.price(_used_price(part.iloc[0]))]
        for arm in facts.arms:
            whose = set(members.loc[members["arm"] == arm, "participant_id"])
            own, n = part[part["participant_id"].isin(whose)], len(whose)
            bases.add((arm, n))
            cells += [
                f"{number(own['quantity'].sum() / n, 2)}; n {number(n)}" if n else BLANK,
                facts.price(own["cost"].sum() / n) if n else NOBODY,
            ]
        rows.append(cells)
    alike = len(bases) == len(facts.arms)
    if rows and alike:
        sizes = dict(bases)
        total = ["Total", BLANK]
        for arm in facts.arms:
            cost = lines.loc[lines["arm"] == arm, "cost"].sum()
            total += [BLANK, facts.price(cost / sizes[arm]) if sizes[arm] else NOBODY]
        rows.append(total)
    header = ["Component", "Unit cost, as used"]
    for arm in facts.arms:
        header += [f"{facts.arm(arm)}: quantity per person", "cost per person"]
    return section(
        3,
        "What the intervention itself cost",
        "intervention-cost",
        table(
            header,
            rows,
            "Cost of delivering the intervention, per person observed",
            "intervention-cost",
            (0,),
            "Part of the totals above. Means over the people observed (n) for each component"
            + ("." if alike else ", who differ: the rows do not add up."),
            source=facts.source("ledger"),
        ),
    )


def set_aside_table(facts: Facts) -> str:
    """Return the records that were not costed, by reason."""
    frame = facts.table("set_aside")
    if frame is None:
        return ""
    whole = frame["whole"].astype("boolean").fillna(True).astype(bool) if "whole" in frame else True
    rows = [
        [
            general(reason).replace("_", " "),
            "the whole record" if entire else "a part; the rest is costed",
            number(len(part)),
            number(part["participant_id"].nunique()),
        ]
        for (reason, entire), part in frame.assign(whole=whole).groupby(
            ["reason", "whole"], sort=True
        )
    ]
    return section(
        3,
        "Records not costed, in whole or in part",
        "set-aside",
        table(
            ["Reason", "What is set aside", "Records", "People"],
            rows,
            "Records set aside, by reason and by whether anything of them is costed",
            "set-aside",
            (0, 1),
            source=facts.source("set_aside"),
        ),
    )


def costs(facts: Facts) -> str:
    """Return the section on costs."""
    section_costs = facts.part("costs")
    lead = ""
    if section_costs.get("price_year"):
        lead = prose(
            "All amounts are in {currency} at prices of {year}.",
            currency=facts.currency,
            year=section_costs["price_year"],
        )
    parts = (
        cost_tables(facts),
        intervention_table(facts),
    )
    return section(2, "Costs", "costs", lead, *parts) if any(parts) else ""
