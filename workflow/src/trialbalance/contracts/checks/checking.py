"""Tables held against their contracts: every problem at once, one finding a kind."""

import numpy as np
import pandas as pd

from trialbalance.contracts.checks.columns import check_columns
from trialbalance.contracts.checks.keys import check_key, show
from trialbalance.contracts.checks.parsing import (
    BLANK,
    MISSING_CODES,
    NULL_WORDS,
    Fault,
    infer,
    judge_words,
    parse,
    without_spoiled,
)
from trialbalance.contracts.problems import Finding
from trialbalance.contracts.schemas import allowed_values, in_words, keys, marks
from trialbalance.contracts.spelling import nearest


def explain(file: str, column: str, cells: pd.Series, fault: Fault, allowed: str) -> Finding:
    """Make a finding of a fault: its first row, what stands there, how many further rows.

    Parameters
    ----------
    file, column : str
        Where it was found.
    cells : pandas.Series
        The column as found; the index numbers the rows as a spreadsheet does.
    fault : Fault
        The rows at fault and what to say.
    allowed : str
        What the column may hold, in words.

    Returns
    -------
    Finding
        One finding for all rows of the fault.

    Examples
    --------
    >>> fault = Fault(np.array([True, True]), "correct it")
    >>> found = explain("a.csv", "n", pd.Series(["x", "y"], index=[2, 3]), fault, "a number")
    >>> found.row, found.found, found.further
    (2, "'x' (also 'y')", 1)
    """
    bad = cells[fault.rows]
    found = fault.found.replace("{value}", show(bad.iloc[0]))
    others = [show(value) for value in bad.drop_duplicates().iloc[1:5]]
    if others and "{value}" in fault.found:
        found += f" (also {', '.join(others)})"
    return Finding(
        file=file,
        row=int(bad.index[0]),
        column=column,
        found=found,
        allowed=None if fault.severity == "note" else fault.allowed or allowed,
        remedy=fault.remedy,
        further=len(bad) - 1,
        severity=fault.severity,
    )


def settle(field: dict, contract: dict) -> dict:
    """Give a field its type, and leave its uniqueness to the primary key where it is the key.

    Examples
    --------
    >>> settle({"name": "item", "constraints": {"unique": True}}, {"primaryKey": ["item"]})
    {'name': 'item', 'constraints': {}, 'type': 'string'}
    """
    rules = dict(field.get("constraints", {}))
    if keys(contract) == [field["name"]]:
        rules.pop("unique", None)
    return {**field, "constraints": rules, "type": field.get("type", "string")}


def _bounds(typed: pd.Series, field: dict) -> list[Fault]:
    rules, faults = field.get("constraints", {}), []
    for name, beyond, word in (("minimum", np.less, "below"), ("maximum", np.greater, "above")):
        if rules.get(name) is None:
            continue
        limit = pd.Timestamp(rules[name]) if field["type"] == "date" else rules[name]
        rows = beyond(typed, limit).fillna(False).to_numpy(bool)
        # A code for missing is told apart from a slip of the pen.
        codes = typed.astype("str").str.fullmatch(MISSING_CODES).fillna(False).to_numpy(bool)
        codes = codes & rows & (word == "below") & (field["type"] != "date")
        blank = "leave the cell blank if it stands for missing, or correct it"
        for some, remedy in ((rows & codes, blank), (rows & ~codes, "correct it")):
            if some.any():
                faults.append(Fault(some, remedy, f"{{value}}, {word} the range"))
    return faults


def constrain(
    typed: pd.Series, field: dict, vocabularies: dict | None, missing: np.ndarray | None = None
) -> list[Fault]:
    """Hold typed values against the constraints of their column.

    Parameters
    ----------
    typed : pandas.Series
        Values; missing ones are judged by ``required`` alone.
    field : dict
        One field of a contract.
    vocabularies : dict of str to list of str or None
        Values known to the study, by vocabulary.
    missing : ndarray of bool, optional
        Cells that are blank, and not wrong; none by default.

    Returns
    -------
    list of Fault
        One for each kind of problem.

    Examples
    --------
    >>> field = {"name": "q", "type": "number", "constraints": {"minimum": 0}}
    >>> [fault.found for fault in constrain(pd.Series([1.0, -2.0]), field, None)]
    ['{value}, below the range']
    """
    rules = field.get("constraints", {})
    present = typed.notna().to_numpy(bool)
    faults = _blanks(missing, field) + _bounds(typed, field)
    listed = allowed_values(field, vocabularies)
    if listed is not None and field["type"] in ("string", "integer", "year"):
        values = listed if field["type"] == "string" else [int(value) for value in listed]
        rows = present & ~typed.isin(values).to_numpy(bool)
        words = typed.astype("str").str.lower().isin(NULL_WORDS).to_numpy(bool) & rows
        rows &= ~words
        if words.any():
            remedy = "fill it in" if rules.get("required") else BLANK
            faults.append(Fault(words, remedy, "{value}, a word for missing"))
        if rows.any():
            first = typed[rows].iloc[0]
            close = nearest(first, listed)
            fallback = f"correct it or add it to the {field.get('vocabulary', 'list')}"
            fallback = fallback if field.get("vocabulary") else "correct it"
            faults.append(Fault(rows, f"perhaps '{close}' was meant" if close else fallback))
    if rules.get("pattern"):
        rows = present & ~typed.fillna("").astype("str").str.fullmatch(rules["pattern"])
        if rows.any():
            faults.append(Fault(rows.to_numpy(bool), "correct it"))
    if rules.get("unique"):
        rows = present & typed.duplicated().to_numpy(bool)
        if rows.any():
            faults.append(
                Fault(
                    rows,
                    "remove or rename one",
                    "{value} a second time",
                    "each value once",
                    spoils=False,
                )
            )
    return faults


def _blanks(missing: np.ndarray | None, field: dict) -> list[Fault]:
    if missing is None or not field.get("constraints", {}).get("required") or not missing.any():
        return []
    return [Fault(missing, "fill it in", "a blank")]


def check(
    frame: pd.DataFrame,
    contract: dict,
    file: str,
    vocabularies: dict | None = None,
    lenient: bool = False,
) -> tuple[pd.DataFrame, list[Finding]]:
    """Type a table of text and hold it against its contract.

    Parameters
    ----------
    frame : pandas.DataFrame of str
        Cells as text; the index numbers the rows as a spreadsheet does (header = 1).
    contract : dict
        Contract of the table.
    file : str
        Name of the file for the findings.
    vocabularies : dict of str to list of str, optional
        Values known to the study: ``arms``, ``visits``, ``periods``, ``items``, ….
    lenient : bool
        Whether a column that may be blank throughout may be left out; it is then added, blank.

    Returns
    -------
    typed : pandas.DataFrame
        Columns in the order of the contract, further ones after.
    findings : list of Finding
        Every problem and note.

    Examples
    --------
    >>> contract = {"fields": [{"name": "n", "type": "integer"}]}
    >>> check(pd.DataFrame({"n": ["1"]}, index=[2], dtype="str"), contract, "n.csv")[1]
    []
    """
    names = list(frame.columns)
    findings = check_columns(names, contract, file, lenient)
    typed = {}
    for field in contract["fields"]:
        field = settle(field, contract)
        name, kind = field["name"], field["type"]
        if name not in names:
            absent = pd.Series("", index=frame.index, dtype="str")
            typed[name] = parse(absent, kind)[0]
            continue
        typed[name], faults = _typed(frame[name], field, vocabularies, lenient)
        cells, words = frame[name].str.strip(), in_words(field, vocabularies)
        findings += [explain(file, name, cells, fault, words) for fault in faults]
    for name in names:
        if name not in typed and name not in marks(contract):
            cells = frame[name].str.strip()
            typed[name] = infer(cells)
            if pd.api.types.is_string_dtype(typed[name].dtype):
                faults = parse(cells, "string")[1]
                findings += [explain(file, name, cells, fault, "text") for fault in faults]
    table = pd.DataFrame(typed, index=frame.index)
    return table, findings + check_key(table, contract, file)


def _typed(
    given: pd.Series, field: dict, vocabularies: dict | None, lenient: bool
) -> tuple[pd.Series, list[Fault]]:
    """Return a column in its type, blank where a cell breaks a rule, and every fault of it."""
    cells = given.str.strip()
    values, wrong = parse(cells, field["type"])
    faults = _padding(given, cells) + wrong
    odd = handed_over(cells, field, vocabularies) if lenient else []
    values = without_spoiled(values, odd)
    broken = constrain(values, field, vocabularies, (cells == "").to_numpy(bool))
    # A value that breaks its own rule must not be judged again by checks across tables.
    return without_spoiled(values, broken), faults + odd + broken


def handed_over(cells: pd.Series, field: dict, vocabularies: dict | None) -> list[Fault]:
    """Judge the words of a text column that somebody outside the workflow wrote.

    Parameters
    ----------
    cells : pandas.Series of str
        Cells without blanks before or after.
    field : dict
        One field of a contract; ``freeText`` marks notes, where anything may stand, ``reason`` a
        column where a filled cell has a consequence.
    vocabularies : dict or None
        Values known to the study: listed words are judged by their list.

    Returns
    -------
    list of Fault
        None for numbers, dates, listed words and free text.

    Examples
    --------
    >>> field = {"name": "exclusion", "type": "string"}
    >>> handed_over(pd.Series(["NA"]), field, None)[0].found
    '{value}, a word for missing'
    """
    listed = allowed_values(field, vocabularies)
    if field["type"] != "string" or field.get("freeText") or listed is not None:
        return []
    return judge_words(cells, bool(field.get("category")), bool(field.get("reason")))


def _padding(raw: pd.Series, cells: pd.Series) -> list[Fault]:
    rows = (raw != cells).to_numpy(bool)
    if not rows.any():
        return []
    found = "{value} with blanks before or after it"
    return [Fault(rows, "the blanks were left out", found, severity="note")]
