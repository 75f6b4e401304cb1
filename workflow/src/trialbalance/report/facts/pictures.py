"""Where a figure stands in the report: by its name, nothing where it was not drawn."""

from trialbalance.report.facts.facts import Facts
from trialbalance.report.text.markup import box, figure


def figure_path(name: str) -> str:
    """Return the path of a figure in the document.

    Examples
    --------
    >>> figure_path("plane_qaly")
    'figures/plane_qaly.svg'
    """
    return f"figures/{name}.svg"


def drawn_as(facts: Facts, start: str) -> list[str]:
    """Return the names of the figures that were drawn and whose name starts so."""
    found = [
        str(path)[len("figures/") : -len(".svg")] for path in facts.context.get("figures") or {}
    ]
    return [name for name in found if name.startswith(start)]


def pictures(facts: Facts, *names: str, kind: str = "figures") -> str:
    """Return those of the figures that were drawn, side by side where there is room."""
    drawn = facts.context.get("figures") or {}
    shown = [
        figure(path, drawn[path]["caption"], drawn[path]["alternative"], name.replace("_", "-"))
        for name in names
        for path in [figure_path(name)]
        if path in drawn
    ]
    return box(kind, *shown)
