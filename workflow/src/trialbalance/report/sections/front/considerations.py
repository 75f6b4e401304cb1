"""What bears on a decision and is no number: autonomy, ethics, law, equity, what people said."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from trialbalance.report.facts.facts import Facts
from trialbalance.report.text.markup import Markdown, bullets, escape, prose, section

HEADINGS = {
    "autonomy": "What people may decide for themselves",
    "ethics": "Whether it is right",
    "law": "What the law asks",
    "equity": "Who bears it",
    "qualitative": "What people said",
}
OPENING = (
    "These statements are the study's, each with its source. No number in this report rests on "
    "them, and none of them is a result of this analysis."
)


def list_considerations(chosen: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """Return the considerations of a study as a table, one row a statement.

    Parameters
    ----------
    chosen : sequence of dict
        Settings ``report.considerations``: kind, statement, source.

    Returns
    -------
    pandas.DataFrame
        number, kind, statement, source, by kind in the order of the report.

    Examples
    --------
    >>> list_considerations([{"kind": "law", "statement": "A.", "source": "B"}])["number"].tolist()
    [1]
    """
    rows = [one for kind in HEADINGS for one in chosen if one["kind"] == kind]
    table = pd.DataFrame(rows, columns=["kind", "statement", "source"])
    # A sentence over several lines of the study file is one line here.
    table["statement"] = [" ".join(text.split()) for text in table["statement"]]
    table.insert(0, "number", range(1, len(table) + 1))
    return table


def considerations(facts: Facts) -> str:
    """Return the statements under headings by kind; nothing where the study has none."""
    table = facts.table("considerations")
    if table is None:
        return ""
    parts = []
    for kind, title in HEADINGS.items():
        mine = table[table["kind"] == kind]
        lines = [
            prose("{statement} *Source: {source}.*", statement=one.statement, source=_name(one))
            for one in mine.itertuples()
        ]
        parts.append(section(3, title, f"considerations-{kind}", bullets(lines) if lines else ""))
    return section(
        2, "Beyond cost-effectiveness", "considerations", escape(Markdown(OPENING)), *parts
    )


def _name(one: Any) -> str:
    """Return a source without the point that the sentence adds."""
    return str(one.source).rstrip(".")
