"""Tables read: the same typed frame from CSV and from Parquet, or every problem at once."""

from pathlib import Path

import pandas as pd

from trialbalance.contracts.checks.checking import check
from trialbalance.contracts.checks.columns import check_columns
from trialbalance.contracts.checks.keys import show
from trialbalance.contracts.checks.parsing import infer
from trialbalance.contracts.checks.typed_tables import check_typed
from trialbalance.contracts.files import find_file, read_head, read_text
from trialbalance.contracts.problems import Finding, Problems
from trialbalance.contracts.schemas import marks, schema
from trialbalance.contracts.spelling import quoted_list


def _is_rubbish(names: list[str], contract: dict) -> bool:
    known = {field["name"] for field in contract["fields"]}
    needed = any(field.get("constraints", {}).get("required") for field in contract["fields"])
    if contract.get("fieldsMatch") == "subset" and not needed:
        return False
    return not known & set(names) and len(known) > 0


def _examine_text(path: Path, contract: dict, file: str, vocabularies: dict | None, lenient: bool):
    names, findings = read_head(path, file)
    if _is_rubbish(names, contract):
        columns = quoted_list([field["name"] for field in contract["fields"]], 30)
        remedy = "put the column names into the first row, or name another file"
        close = [
            finding
            for finding in check_columns(names, contract, file, lenient)
            if finding.remedy and finding.remedy.startswith("rename")
        ]
        found = f"no known column ({', '.join(show(name) for name in names[:4])})"
        wrong = Finding(file, 1, None, found, f"columns {columns}", remedy)
        return None, findings + (close or [wrong])
    frame, findings = read_text(path, file)
    if frame.columns.has_duplicates or "" in frame.columns:
        frame = frame.loc[:, ~frame.columns.duplicated() & (frame.columns != "")]
    typed, more = check(frame, contract, file, vocabularies, lenient)
    return typed, findings + more


def _examine_parquet(
    path: Path, contract: dict, file: str, vocabularies: dict | None, lenient: bool
):
    find_file(path, file)
    # Imported here because most studies are handed over as CSV.
    import pyarrow.parquet as parquet

    try:
        names = parquet.read_schema(path).names
        twice = [name for name in names if names.count(name) > 1]
        frame = None if twice else pd.read_parquet(path)
    except (OSError, ValueError, KeyError):
        found, remedy = "no Parquet table", "write the table again"
        return None, [Finding(file, None, None, found, "a Parquet table", remedy)]
    if frame is None:
        found, remedy = f"column {show(twice[0])} a second time", "remove or rename one"
        return None, [Finding(file, 1, twice[0], found, "each column once", remedy)]
    if lenient and any(frame.index.names):
        frame = frame.reset_index()
    frame = frame.set_axis(range(2, len(frame) + 2), axis=0)
    findings = check_columns(list(frame.columns), contract, file, lenient)
    known = {field["name"] for field in contract["fields"]}
    for name in frame.columns:
        if name not in known and pd.api.types.is_string_dtype(frame[name].dtype):
            frame[name] = infer(frame[name].astype("str").fillna(""))
    typed, more = check_typed(frame, contract, file, vocabularies, lenient)
    return typed, findings + more


def examine(
    path: Path | str,
    table: str | dict,
    vocabularies: dict | None = None,
    *,
    file: str | None = None,
    lenient: bool = False,
) -> tuple[pd.DataFrame | None, list[Finding]]:
    """Read and check a table without stopping at its problems.

    Parameters
    ----------
    path : path-like
        A CSV file, or a Parquet file when the name ends in ``.parquet``.
    table : str or dict
        Name of the contract, or the contract itself.
    vocabularies : dict of str to list of str, optional
        Values known to the study.
    file : str, optional
        Name of the file for the findings.
    lenient : bool
        Whether a column that may be blank throughout may be left out.

    Returns
    -------
    frame : pandas.DataFrame or None
        Typed table whose index numbers the rows as a spreadsheet does; None if unreadable.
    findings : list of Finding
        Every problem and note.

    Examples
    --------
    >>> examine("absent.csv", "visits")[1][0].found
    'no such file (absent.csv)'
    """
    path = Path(path)
    file = file or path.name
    contract = schema(table) if isinstance(table, str) else table
    read_it = _examine_parquet if path.suffix == ".parquet" else _examine_text
    try:
        typed, findings = read_it(path, contract, file, vocabularies, lenient)
    except Problems as problems:
        return None, problems.findings
    if typed is not None and len(typed) < contract.get("minRows", 0):
        found = "a header without rows" if typed.empty else f"{len(typed)} row(s)"
        allowed = f"{contract['minRows']} row{'s' if contract['minRows'] > 1 else ''} or more"
        findings.append(Finding(file, None, None, found, allowed, "export the table again"))
    if typed is not None:
        typed = typed.drop(columns=marks(contract), errors="ignore")
    return typed, findings


def read(path: Path | str, table: str | dict, vocabularies: dict | None = None) -> pd.DataFrame:
    """Read a table and hold it against its contract.

    Parameters
    ----------
    path : path-like
        A CSV file, or a Parquet file when the name ends in ``.parquet``.
    table : str or dict
        Name of the contract, or the contract itself.
    vocabularies : dict of str to list of str, optional
        Values known to the study: ``arms``, ``visits``, ``periods``, ``items``, ….

    Returns
    -------
    pandas.DataFrame
        string → str, integer → Int64, number → float64, date → datetime64[ns], boolean →
        boolean; rows numbered from 0; the columns ``figure`` and ``synthetic`` left out.

    Raises
    ------
    Problems
        With every error found.

    Examples
    --------
    >>> read("absent.csv", "visits")
    Traceback (most recent call last):
        ...
    trialbalance.contracts.problems.Problems: absent.csv: found no such file (absent.csv); \
allowed: an existing file; correct the name or add the file.
    """
    frame, findings = examine(path, table, vocabularies)
    errors = [finding for finding in findings if finding.severity == "error"]
    if errors:
        raise Problems(errors)
    return frame.reset_index(drop=True)
