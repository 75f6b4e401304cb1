"""The way back from a posterior: model, participants counted, and what was recorded of them."""

from collections.abc import Iterable
from typing import Any

from trialbalance.audit.trace.costs import cost_steps, counted_lines
from trialbalance.audit.trace.effects import counted_pieces, effect_steps
from trialbalance.audit.trace.steps import Step
from trialbalance.audit.trace.tables import Books


def kinds_of(column: str) -> list[str]:
    """Return whether a figure rests on costs, effects or both.

    Examples
    --------
    >>> kinds_of("cost_lower"), kinds_of("icer")
    (['cost'], ['cost', 'effect'])
    """
    for kind in ("cost", "effect"):
        if column == kind or column.startswith(f"{kind}_"):
            return [kind]
    return ["cost", "effect"]


def model_steps(books: Books) -> list[Step]:
    """Return the posterior, its settings and its checks."""
    return books.once(("model",), lambda: _make_model_steps(books))


def _make_model_steps(books: Books) -> list[Step]:
    path = books.file("model", "posterior") or books.file("model", "arm_means")
    settings = "; ".join(f"{key} {value}" for key, value in _flat(books.settings("model")["model"]))
    steps = [Step("model", f"posterior with the settings {settings}", books.named(path))]
    checks = books.table("model", "model_checks")
    if checks is not None:
        counts = checks["verdict"].value_counts().sort_index()
        words = ", ".join(f"{count} {verdict}" for verdict, count in counts.items())
        steps.append(
            Step("model", f"checks: {words}", books.named(books.file("model", "model_checks")))
        )
    return steps


def _flat(value: Any, before: str = "") -> Iterable[tuple[str, Any]]:
    """Return nested settings as pairs of a dotted name and a value."""
    if isinstance(value, dict) and value:
        for key, item in value.items():
            yield from _flat(item, f"{before}.{key}" if before else key)
    else:
        yield before, value


def people_steps(books: Books, arms: list[str], kinds: list[str]) -> list[Step]:
    """Return the participants counted in some arms, and the way back of cost and effect."""
    return books.once(("people", *arms, *kinds), lambda: _make_people_steps(books, arms, kinds))


def _make_people_steps(books: Books, arms: list[str], kinds: list[str]) -> list[Step]:
    dataset = books.table("dataset", "dataset")
    mine = dataset[dataset["arm"].isin(arms)]
    chosen = books.settings("dataset")["analysis"]
    seen = " and ".join(f"{kind} observed for {mine[kind].notna().sum():,}" for kind in kinds)
    counts = ", ".join(f"{(mine['arm'] == arm).sum():,} of {arm}" for arm in arms)
    words = f"{counts} counted in population {chosen['population']}; {seen}"
    steps = [Step("dataset", words, books.named(books.file("dataset", "dataset")))]
    if "cost" in kinds and books.file("costs", "ledger"):
        lines = counted_lines(books, mine["participant_id"], chosen["perspective"])
        steps += cost_steps(books, lines)
    if "effect" in kinds and books.file("outcomes", "outcome_working"):
        pieces = counted_pieces(books, mine["participant_id"], chosen["outcome"])
        steps += effect_steps(books, pieces, chosen["outcome"])
    return steps
