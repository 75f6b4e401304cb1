"""Printed names of keys, resolved by kind: a category never takes the name of a perspective."""

from collections.abc import Iterator, Mapping
from typing import Any

from trialbalance.report.text.markup import clean
from trialbalance.report.text.numbers import sentence_case

KNOWN_KEYS = {
    "r_hat": "R-hat",
    "ess": "Effective sample size",
    "ess_bulk": "Effective sample size, bulk",
    "ess_tail": "Effective sample size, tail",
    "bfmi": "Energy (BFMI)",
    "pareto_k": "Largest Pareto k (leave-one-out)",
    "influence": "Largest influence of one participant on a difference, in SDs",
    "elpd_loo": "Expected log predictive density (leave-one-out)",
    "p_loo": "Effective number of parameters (leave-one-out)",
    "evpi": "All uncertainty removed",
    "intention_to_treat": "Intention to treat",
}
# Where the study file declares the things of each kind.
DECLARED = {
    "arm": (("study", "arms"),),
    "visit": (("study", "visits"),),
    "period": (("study", "periods"),),
    "covariate": (("data", "covariates"),),
    "population": (("data", "populations"),),
    "item": (("costs", "items"),),
    "category": (("costs", "categories"),),
    "payer": (("costs", "payers"),),
    "perspective": (("costs", "perspectives"),),
    "instrument": (("outcomes", "instruments"),),
    "measure": (("outcomes", "measures"), ("outcomes", "measures_given")),
    "outcome": (("outcomes", "effects"), ("outcomes", "outcomes")),
    "endpoint": (("model", "endpoints"), ("outcomes", "endpoints")),
    "observational": tuple(
        ("model", f"observational.{group}") for group in ("outcomes", "exposures", "emulations")
    ),
    "source_group": (("costs", "source_groups"),),
}
# Columns of tables whose name is not that of the kind they hold.
COLUMNS = {
    "moment": ("visit", "period"),
    "comparator": ("arm",),
    "visits": ("visit",),
    "quantity": ("measure", "outcome", "endpoint", "covariate"),
    "name": ("observational", "measure", "outcome", "endpoint", "instrument", "source_group"),
}


def kinds_of(column: str) -> tuple[str, ...]:
    """Return the kinds of thing that a column of a table names, none where it is open.

    Examples
    --------
    >>> kinds_of("category"), kinds_of("moment"), kinds_of("note")
    (('category',), ('visit', 'period'), ())
    """
    return (column,) if column in DECLARED else COLUMNS.get(column, ())


def own_label(settings: Mapping[str, Any], key: str, kind: str) -> str:
    """Return the name that the study gives a thing of one kind where it declares it, else blank.

    Parameters
    ----------
    settings : mapping
        Resolved settings, one entry a section.
    key : str
        Key of the thing.
    kind : str
        One of ``DECLARED``.

    Returns
    -------
    str
        Label or title; for a measure that of the instrument behind it.

    Examples
    --------
    >>> own_label({"costs": {"payers": {"nhs": "Health Service"}}}, "nhs", "payer")
    'Health Service'
    """
    found = [entry for entry in _entries(settings, kind) if key in entry]
    if kind == "measure":
        tools = ((settings.get("outcomes") or {}).get("instruments") or {}).values()
        found += [{key: tool} for tool in tools if _named(tool) and tool.get("measure") == key]
    for group in found:
        entry = group[key]
        if isinstance(entry, Mapping):
            entry = entry.get("label") or entry.get("title")
        if isinstance(entry, str) and entry:
            return entry
    return ""


def _named(tool: object) -> bool:
    """Return whether an instrument has a label."""
    return isinstance(tool, Mapping) and bool(tool.get("label"))


def _entries(settings: Mapping[str, Any], kind: str) -> Iterator[Mapping[str, Any]]:
    """Yield the groups in which things of a kind are declared."""
    for section, place in DECLARED[kind]:
        group: Any = settings.get(section) or {}
        for word in place.split("."):
            group = group.get(word) if isinstance(group, Mapping) else None
        if isinstance(group, Mapping):
            yield group


def resolve(settings: Mapping[str, Any], key: str, kinds: tuple[str, ...]) -> str:
    """Return the printed name of a key that names a thing of one of some kinds.

    Parameters
    ----------
    settings : mapping
        Resolved settings.
    key : str
        Key.
    kinds : tuple of str
        Kinds in order of choice; none where the place does not say.

    Returns
    -------
    str
        What ``report.labels`` says of the key in that kind (``category.key``), else what the thing
        itself is called, else what ``report.labels`` says of the bare key, else the key in words.
        Without a kind, a key that names several things with different names is its own words.

    Examples
    --------
    >>> costs = {"perspectives": {"legal": {"label": "Police alone"}}}
    >>> resolve({"costs": costs}, "legal", ("category",)), resolve({"costs": costs}, "legal", ())
    ('Legal', 'Police alone')
    """
    labels = (settings.get("report") or {}).get("labels") or {}
    for kind in kinds:
        if own := labels.get(f"{kind}.{key}") or own_label(settings, key, kind):
            return clean(own)
    if own := labels.get(key):
        return clean(own)
    if key in KNOWN_KEYS:
        return KNOWN_KEYS[key]
    if not kinds:
        found = {own for kind in DECLARED if (own := own_label(settings, key, kind))}
        if len(found) == 1:
            return clean(found.pop())
    return clean(sentence_case(key))
