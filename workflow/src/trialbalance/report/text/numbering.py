"""Tables and figures by number: the mark of simulated data, and references in the text."""

import re

# Tables of how it was done, which hold nothing of anybody.
OF_METHOD = re.compile(
    r"words|settings|software|cheers.*|reference-case|analyses|perspectives|valuation|priors.*|"
    r"fitted-.*|unit-costs"
)
FRAME = re.compile(
    r"(^::: \{\.table-frame #table-([\w-]+)[^\n]*\n.*?^: )([^\n]*)(?=\n:::$)", re.M | re.S
)
NUMBERED = re.compile(r"^::: \{\.table-frame #(table-[\w-]+)|\{#(figure-[\w-]+)[ }]", re.M)
ASKED = re.compile(r" ?\[see\]\(#((?:table|figure)-[\w-]+)\)\{\.by-number\}")


def marked_simulated(markdown: str) -> str:
    r"""Return the report with a mark in the caption of every table that rests on its records.

    Examples
    --------
    >>> frame = "::: {.table-frame #table-costs}\n| a |\n\n: Costs\n:::"
    >>> marked_simulated(frame).splitlines()[3]
    ': Costs. Simulated data.'
    """

    def marked(found: re.Match) -> str:
        start, ident, caption = found.groups()
        if OF_METHOD.fullmatch(ident):
            return found[0]
        return f"{start}{caption.rstrip('.')}. Simulated data."

    return FRAME.sub(marked, markdown)


def by_number(ident: str) -> str:
    """Return a reference to a table or figure that ``with_numbers`` puts in words.

    Examples
    --------
    >>> with_numbers("Dear" + by_number("table-costs") + ".")
    'Dear.'
    """
    return f" [see](#{ident}){{.by-number}}"


def with_numbers(markdown: str) -> str:
    r"""Return the report with each reference by its number; one to what is not there is left out.

    Tables and figures are counted in the order of the text, as page, PDF and Word count them.

    Examples
    --------
    >>> text = "It costs more [see](#table-a){.by-number}.\n\n::: {.table-frame #table-a}"
    >>> with_numbers(text).splitlines()[0]
    'It costs more ([Table 1](#table-a)).'
    """
    places: dict[str, str] = {}
    counts = {"table": 0, "figure": 0}
    for found in NUMBERED.finditer(markdown):
        ident = found[1] or found[2]
        kind = ident.partition("-")[0]
        counts[kind] += 1
        places.setdefault(ident, f"{kind.capitalize()} {counts[kind]}")

    def told(found: re.Match) -> str:
        place = places.get(found[1])
        return f" ([{place}](#{found[1]}))" if place else ""

    return ASKED.sub(told, markdown)
