"""Column names held against a contract."""

import difflib
import re

from trialbalance.contracts.checks.keys import show
from trialbalance.contracts.problems import Finding
from trialbalance.contracts.schemas import marks
from trialbalance.contracts.spelling import meant, quoted_list


def same_column(name: str, others: list[str]) -> str | None:
    """Return the column whose name is another spelling of the same words, or None.

    Parameters
    ----------
    name : str
        Column that is not there.
    others : list of str
        Columns that nothing else claims.

    Returns
    -------
    str or None
        A column that differs by case, separators or a slip within a word. Words are held one
        against one: a date of a visit is never offered as a date of death.

    Examples
    --------
    >>> same_column("death_date", ["visit_date"]), same_column("death_date", ["Deathdate"])
    (None, 'Deathdate')
    """
    words = _words(name)
    for other in others:
        found = _words(other)
        if "".join(words) == "".join(found):
            return other
    for other in others:
        found = _words(other)
        pairs = list(zip(words, found, strict=False))
        alike = [difflib.SequenceMatcher(None, *pair).ratio() for pair in pairs]
        if len(words) == len(found) and min(alike, default=0) >= 0.75:
            return other
    return None


def _words(name: str) -> list[str]:
    """Split a column name into its words in lower case."""
    return re.findall(r"[^\W_]+", str(name).lower())


def check_columns(names: list[str], contract: dict, file: str, lenient: bool) -> list[Finding]:
    """Hold the column names of a table against its contract.

    Parameters
    ----------
    names : list of str
        Columns found.
    contract : dict
        Contract of the table.
    file : str
        Name of the file for the findings.
    lenient : bool
        Whether a column that may be blank throughout may be left out; one that its contract marks
        ``mayLack`` may always.

    Returns
    -------
    list of Finding
        Missing and unexpected columns, with the nearest spelling.

    Examples
    --------
    >>> contract = {"fields": [{"name": "item", "constraints": {"required": True}}]}
    >>> check_columns(["itm"], contract, "x.csv", False)[0].remedy
    "rename column 'itm' to 'item'"
    """
    known = [field["name"] for field in contract["fields"]]
    strangers = [name for name in names if name not in known and name not in marks(contract)]
    findings, used = [], set()
    for field in contract["fields"]:
        name = field["name"]
        if name in names:
            continue
        close = same_column(name, [other for other in strangers if other not in used])
        # Columns that came later than the files of users may be left out wherever they are read.
        may_lack = field.get("mayLack") or (lenient and not field.get("columnNeeded"))
        if close is None and may_lack and not field.get("constraints", {}).get("required"):
            continue
        remedy = f"add column '{name}'"
        if close:
            used.add(close)
            remedy = f"rename column '{close}' to '{name}'"
        found = f"no column '{name}'"
        allowed = f"columns {quoted_list(known, 30)}"
        findings.append(Finding(file, 1, name, found, allowed, remedy))
    if contract.get("fieldsMatch") != "subset":
        for name in strangers:
            if name not in used:
                allowed = f"columns {quoted_list(known, 30)}"
                remedy = f"remove the column{meant(name, known)}"
                found = f"an unexpected column {show(name)}"
                findings.append(Finding(file, 1, name, found, allowed, remedy))
    return findings
