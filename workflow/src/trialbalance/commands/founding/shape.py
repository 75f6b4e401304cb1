"""What a trial is, as the flags of `new-study` say it, and every mistake in them at once."""

from typing import NamedTuple

from trialbalance.contracts.problems import Finding, Problems
from trialbalance.contracts.spelling import quoted_list
from trialbalance.settings.checks.names.reserved import FOLDER

# Outcomes of door records, and that of door totals.
OUTCOMES = ("qaly", "admission_avoided", "years_at_home")
YES_OR_NO = "abstinence"
NONE = "none"
PERSPECTIVES = ("health_care", "societal")
QUESTIONNAIRES = ("eq5d3l", "eq5d5l")
MONTHS = 12


class Shape(NamedTuple):
    """What a trial is.

    Parameters
    ----------
    arms : tuple of str
        Arms in the order of tables and figures.
    comparator : str
        Arm against which the others are set.
    visits : tuple of int
        Planned months from randomisation, 0 first; the last is the horizon.
    outcomes : tuple of str
        Outcomes, the first of the primary analysis; none where nothing but costs is asked.
    perspectives : tuple of str
        Perspectives, the first of the primary analysis.
    questionnaire : str
        Questionnaire of the utilities.
    currency : str
        ISO 4217 code.
    threshold : float or None
        What a QALY may cost; None leaves it open.
    """

    arms: tuple[str, ...] = ("new_service", "usual_care")
    comparator: str = "usual_care"
    visits: tuple[int, ...] = (0, 6, 12)
    outcomes: tuple[str, ...] = ("qaly",)
    perspectives: tuple[str, ...] = ("health_care",)
    questionnaire: str = "eq5d3l"
    currency: str = "GBP"
    threshold: float | None = None

    @property
    def horizon(self) -> float:
        """Horizon in years."""
        return self.visits[-1] / MONTHS

    @property
    def door(self) -> str:
        """Door by which its records enter."""
        return "totals" if YES_OR_NO in self.outcomes else "records"


def shape_of(
    arms: str = "",
    comparator: str = "",
    horizon: float | None = None,
    visits: str = "",
    outcomes: str = "",
    perspectives: str = "",
    questionnaire: str = "",
    currency: str = "",
    threshold: float | None = None,
) -> Shape:
    """Return what a trial is, from what was said of it; the rest is usual.

    Parameters
    ----------
    arms, visits, outcomes, perspectives : str
        Words or months with commas between.
    comparator, questionnaire, currency : str
        One word each.
    horizon : float, optional
        Years.
    threshold : float, optional
        What a QALY may cost.

    Returns
    -------
    Shape
        What the trial is.

    Raises
    ------
    Problems
        Every mistake in what was said.

    Examples
    --------
    >>> shape_of(arms="a,b,c", horizon=2).visits
    (0, 6, 12, 24)
    >>> shape_of(arms="a,b,c").comparator
    'c'
    """
    usual = Shape()
    named = _words(arms) or usual.arms
    months, wrong = _months(visits, horizon)
    shape = Shape(
        named,
        comparator or (usual.comparator if usual.comparator in named else named[-1]),
        months,
        tuple(word for word in _words(outcomes) or usual.outcomes if word != NONE),
        _words(perspectives) or usual.perspectives,
        questionnaire or usual.questionnaire,
        currency or usual.currency,
        threshold,
    )
    wrong += _findings(shape, horizon)
    if wrong:
        raise Problems(wrong)
    return shape


def _words(said: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in said.split(",") if word.strip())


def _months(visits: str, horizon: float | None) -> tuple[tuple[int, ...], list[Finding]]:
    """Return the months of the visits; where silent, 0, 6, 12 and every year to the horizon."""
    if visits:
        said = _words(visits)
        if not all(word.isdigit() for word in said):
            allowed, remedy = "whole months from randomisation", "write such as 0,6,12"
            wrong = Finding("new-study --visits", None, None, visits, allowed, remedy)
            return Shape().visits, [wrong]
        return tuple(int(word) for word in said), []
    last = round((1.0 if horizon is None else horizon) * MONTHS)
    usual = [0, 6, *range(MONTHS, last, MONTHS)]
    return (*(month for month in usual if month < last), last), []


def _findings(shape: Shape, horizon: float | None) -> list[Finding]:
    """Return every mistake in a shape."""
    found: list[Finding] = []

    def refuse(flag: str, what: str, allowed: str, remedy: str) -> None:
        found.append(Finding(f"new-study {flag}", None, None, what, allowed, remedy))

    for arm in shape.arms:
        if not FOLDER.fullmatch(arm):
            refuse("--arms", repr(arm), "small letters, digits and _, a letter first", "rename it")
    if len(set(shape.arms)) < max(len(shape.arms), 2):
        refuse("--arms", ",".join(shape.arms), "two different arms or more", "name them apart")
    if shape.comparator not in shape.arms:
        refuse("--comparator", shape.comparator, ", ".join(shape.arms), "name one of the arms")
    for flag, said, allowed in (
        ("--outcomes", shape.outcomes, (*OUTCOMES, YES_OR_NO, NONE)),
        ("--perspectives", shape.perspectives, PERSPECTIVES),
        ("--questionnaire", (shape.questionnaire,), QUESTIONNAIRES),
    ):
        if unknown := [word for word in said if word not in allowed]:
            refuse(flag, quoted_list(unknown), ", ".join(allowed), "name some of these")
    if YES_OR_NO in shape.outcomes and len(shape.outcomes) > 1:
        what = "beside other outcomes"
        refuse("--outcomes", f"{YES_OR_NO} {what}", "alone, since it enters by totals", "name one")
    months = shape.visits
    if months[0] != 0 or list(months) != sorted(set(months)) or len(months) < 2:
        what = ",".join(map(str, months))
        refuse("--visits", what, "0 first and rising", "write such as 0,6,12")
    elif horizon is not None and abs(months[-1] - horizon * MONTHS) > 0.5:
        what = f"the last in month {months[-1]}, with a horizon of {horizon:g} years"
        refuse("--visits", what, "a last visit at the horizon", "name it, or leave one flag out")
    elif months[-1] > 100 * MONTHS:
        refuse("--horizon", f"{shape.horizon:g} years", "up to 100 years", "write years")
    if not (len(shape.currency) == 3 and shape.currency.isalpha() and shape.currency.isupper()):
        refuse("--currency", shape.currency, "a code such as GBP or EUR", "write three capitals")
    return found
