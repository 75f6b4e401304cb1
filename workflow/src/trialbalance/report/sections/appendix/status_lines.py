"""One line on each part that stands behind: what a reader learns without opening it."""

from trialbalance.report.facts.facts import Facts
from trialbalance.report.sections.appendix.checklists import gaps, wanted
from trialbalance.report.sections.appendix.checks import failed_checks
from trialbalance.report.sections.appendix.completeness import missing_share
from trialbalance.report.text.markup import box, prose
from trialbalance.report.text.numbers import counted, number, percent


def checks_state(facts: Facts) -> str:
    """Return how many model checks with a gate passed."""
    frames = [facts.table("model_checks", name) for name in facts.settings.get("analyses") or {}]
    verdicts = [v for frame in frames if frame is not None for v in frame["verdict"]]
    gated = [v for v in verdicts if v in ("pass", "fail")]
    failed = len(failed_checks(facts))
    if not gated:
        return ""
    notes = len(verdicts) - len(gated)
    more = f"; {counted(notes, 'note')}" if notes else ""
    passed = max(len(gated) - failed, 0)
    return f"Model checks: {number(passed)} of {number(len(gated))} passed{more}."


def balance_state(facts: Facts) -> str:
    """Return how many sums were compared, and whether they close."""
    frame = facts.table("trial_balance")
    if frame is None or "difference" not in frame:
        return ""
    wrong = int((frame["difference"].fillna(0).abs() > 0.005).sum())
    end = "every difference is zero" if not wrong else f"{counted(wrong, 'sum')} did not close"
    return f"Trial balance: {counted(len(frame), 'sum')} compared; {end}."


def completeness_state(facts: Facts) -> str:
    """Return the share of people without a total, of the primary analysis."""
    share = missing_share(facts, next(iter(facts.analyses))) if facts.analyses else None
    if share is None:
        return "Who answered what, and when."
    return f"{percent(share)} of people lack their full cost or outcome."


def checklist_state(facts: Facts) -> str:
    """Return how many items of the checklists are answered."""
    every = wanted(facts)
    done = len(every) - len(gaps(facts))
    return f"Checklist items answered: {number(done)} of {number(len(every))}."


STATES = {
    "detail": lambda facts: "Every table and figure that the findings rest on.",
    "methods": lambda facts: "How it was done: estimand, prices, models, settings, software.",
    "completeness": completeness_state,
    "checks": checks_state,
    "balance": balance_state,
    "checklists": checklist_state,
}


def with_state(facts: Facts, name: str, text: str) -> str:
    r"""Return a part that stands behind with its line of state below its heading.

    Examples
    --------
    >>> print(with_state(Facts({}, {}), "methods", "## Methods {#methods}\n\nText."))
    ## Methods {#methods}
    <BLANKLINE>
    ::: {.state}
    How it was done: estimand, prices, models, settings, software.
    :::
    <BLANKLINE>
    Text.
    """
    words = STATES[name](facts) if name in STATES and text else ""
    head, _, rest = text.partition("\n\n")
    return "\n\n".join([head, box("state", prose("{w}", w=words)), rest]) if words else text
