"""Scores and amounts of money that an export holds already worked out, and what they leave open."""

import re

from trialbalance.commands.drafting.fields import Field, word_of
from trialbalance.commands.drafting.roles import plain_name

UTILITY = "utility"
_MONEY = r"\b(costs?|charges?|amount|gbp|eur|usd|pounds?|expenses?|spend(ing)?)\b"
# No unit of use is counted in hundreds with pence.
_DEAR = 100.0


def score_fields(fields: list[Field]) -> dict[str, Field]:
    """Return what looks like utilities at visits: measure -> field.

    Parameters
    ----------
    fields : list of Field
        Fields that are nothing else.

    Returns
    -------
    dict of Field
        The first is called utility, any other by its own name.

    Examples
    --------
    >>> em = Field("Em{}", ("1", "2"), ("Em1", "Em2"), "", "number", (), {}, (),
    ...            fractions="row 2 '0.7' of Em1", span=(-0.1, 1.0))
    >>> list(score_fields([em]))
    ['utility']
    """
    found: dict[str, Field] = {}
    for field in fields:
        if field.visits > 1 and is_score(field):
            name = word_of(plain_name(field.name), "measure") if found else UTILITY
            found.setdefault(name, field)
    return found


def is_score(field: Field) -> bool:
    """Return whether all cells are numbers of at most 1, some of them no whole ones.

    Examples
    --------
    >>> yes = Field("e", (), ("e",), "", "number", (), {}, (), fractions="row 2", span=(0.2, 1.0))
    >>> is_score(yes), is_score(yes._replace(span=(0.2, 3.0)))
    (True, False)
    """
    return _plain(field) and field.span[0] >= -1 and field.span[1] <= 1


def is_money(field: Field) -> bool:
    """Return whether a field holds money by its name, or by pence on amounts of hundreds.

    Examples
    --------
    >>> cost = Field("Cm{}", (), ("Cm1",), "", "number", (), {}, (), fractions="row 2",
    ...              span=(12.0, 3021.5))
    >>> is_money(cost), is_money(cost._replace(span=(0.0, 7.5)))
    (True, False)
    """
    words = f"{plain_name(field.name)} {field.label.lower()}"
    named = bool(re.search(_MONEY, words))
    return field.kind == "number" and (named or (_plain(field) and field.span[1] > _DEAR))


def _plain(field: Field) -> bool:
    """Return whether a field holds numbers and no words, some of them no whole numbers."""
    return field.kind == "number" and not field.odd and bool(field.fractions and field.span)


def score_question(measure: str, field: Field) -> str:
    """Return what is asked of a score: whether it is one, and on which scale.

    Examples
    --------
    >>> em = Field("Em{}", (), ("Em1",), "", "number", (), {}, (), span=(-0.1, 1.0))
    >>> score_question("utility", em)[:56]
    'is this a utility, 1 for full health (numbers from -0.1 '
    """
    low, high = field.span
    return (
        f"is this a {measure.replace('_', ' ')}, 1 for full health (numbers from {low:g} to "
        f"{high:g})? If not, delete it here and under outcomes.measures_given."
    )


def baseline_question(fields: list[Field], of_money: bool) -> str:
    """Return the question which column is the baseline of what is asked at later visits alone.

    Parameters
    ----------
    fields : list of Field
        Fields that stand alone and are nothing else.
    of_money : bool
        Whether it is an amount of money, else a score.

    Returns
    -------
    str
        Blank where no column can be one.

    Examples
    --------
    >>> e = Field("E", (), ("E",), "", "number", (), {}, (), fractions="row 2", span=(0.2, 1.0))
    >>> baseline_question([e], of_money=False)[:52]
    'is E it at baseline? If so add a block of it with at'
    """
    alone = [field for field in fields if not field.marks]
    may = [field.columns[0] for field in alone if is_score(field)]
    if of_money:
        may = [f.columns[0] for f in alone if is_money(f) or (_plain(f) and f.span[1] > 1)]
    if not may:
        return ""
    head = '{before: "0"}' if of_money else '{baseline: "0"}'
    where = (
        "and study.periods before: [-0.25, 0.0], so that dataset.covariates may name baseline_cost"
        if of_money
        else "and study.visits baseline: 0.0"
    )
    which = " or ".join(may)
    return f"is {which} it at baseline? If so add a block of it with at: {head}, {where}."
