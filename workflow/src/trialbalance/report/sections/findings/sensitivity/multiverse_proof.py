"""What puts the multiverse to the proof: algebra done again, and cells drawn at random refitted."""

import pandas as pd

from trialbalance.report.facts.defensible import option_label
from trialbalance.report.facts.facts import Facts
from trialbalance.report.facts.number_links import traced
from trialbalance.report.text.markup import table
from trialbalance.report.text.numbers import counted, number
from trialbalance.settings.universes import column


def algebra_words(facts: Facts) -> list[str]:
    """Return how far the algebra lies from that done again on the same draws; none where none."""
    again = facts.table("multiverse").dropna(subset=["recomputed"])
    if again.empty:
        return []
    gap = (again["net_benefit"] - again["recomputed"]).abs().max()
    return [
        f"The algebra of {number(again['cell'].nunique())} drawn at random was done again, item by "
        "item and by the tables of the decision, on the same draws and without a fit; the worst "
        f"disagreement is {facts.price(gap)}."
    ]


def refit_words(facts: Facts) -> list[str]:
    """Return how far cells drawn at random lie from a refit of each; none where none was made."""
    frame = facts.table("multiverse_proof")
    if frame is None or frame.empty:
        return []
    cells, agree = frame["cell"].nunique(), int(frame.groupby("cell")["agrees"].all().sum())
    worst = frame.loc[frame["difference"].abs().idxmax()]
    fits = counted(frame["refit"].nunique(), "new fit")
    gap = facts.cash(abs(worst["difference"]))
    return [
        f"{number(cells)} drawn at random were refitted on {fits}: their options and prices laid "
        "over the study, records valued and the model fitted anew from other random numbers. The "
        f"worst disagreement in net benefit is {gap} per person (Monte Carlo standard error "
        f"{facts.cash(worst['standard_error'])}, error stated beforehand "
        f"{facts.cash(worst['error'])}); {number(agree)} of {number(cells)} lie within the stated "
        "error and three Monte Carlo standard errors."
    ]


def taken(facts: Facts, row: pd.Series) -> str:
    """Return the options of a cell that are not the plan's, by label."""
    choices = facts.part("multiverse")["choices"]
    words = ("refit", "prices", "missing", "threshold")
    own = [
        option_label(facts, choice, row[column(choice)])
        for choice, one in choices.items()
        if any(one["options"][row[column(choice)]][word] is not None for word in words)
    ]
    return "; ".join(own) or "The plan"


def proof_table(facts: Facts) -> str:
    """Return the cells that were refitted, each beside its refit."""
    frame, rows = facts.table("multiverse_proof"), []
    if frame is None:
        return ""
    figures = ("net_benefit", "refitted", "difference", "standard_error", "error")
    for _, row in frame.iterrows():
        rows.append(
            [
                taken(facts, row),
                facts.arm(row["arm"]),
                *(traced(facts, facts.cash(row[name]), row, name) for name in figures),
                "yes" if row["agrees"] else "no",
            ]
        )
    header = [
        *("What departs from the plan", "Option", "Net benefit", "Refitted", "Difference"),
        *("Monte Carlo error", "Stated error", "Within both"),
    ]
    caption = "Analyses drawn at random, beside a refit of each"
    source = facts.source("multiverse_proof")
    return table(header, rows, caption, "multiverse-proof", (0, 1, 7), source=source)
