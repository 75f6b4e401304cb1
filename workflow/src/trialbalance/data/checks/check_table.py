"""What was checked and what it found, as a table and for the checks that follow."""

import pandas as pd

from trialbalance.contracts import Finding, schema

# (check, file, findings) in the order in which they were made.
Done = list[tuple[str, str, list[Finding]]]


def lost_tables(tables: dict, files: dict, done: Done) -> set[str]:
    """Name the tables with rows or keys that could not be read."""
    lost = set()
    for table in tables:
        key = schema(table).get("primaryKey", [])
        for *_, findings in done:
            for one in findings:
                wrong = one.severity == "error" and one.file == files[table]
                if wrong and (one.column is None or one.column in key):
                    lost.add(table)
    return lost


def spoiled_columns(files: dict, done: Done) -> set[str]:
    """Name the columns, as table.column, of which cells could not be read.

    Examples
    --------
    >>> wrong = Finding("use.csv", 2, "quantity", "x", severity="error")
    >>> spoiled_columns({"resource_use": "use.csv"}, [("numbers", "use.csv", [wrong])])
    {'resource_use.quantity'}
    """
    tables = {file: table for table, file in files.items()}
    return {
        f"{tables[one.file]}.{one.column}"
        for *_, findings in done
        for one in findings
        if one.severity == "error" and one.file in tables
    }


def without_echoes(done: Done) -> Done:
    """Leave out notes on a column that has an error: they tell of the same cells."""
    bad = {(one.file, one.column) for *_, some in done for one in some if one.severity == "error"}
    return [
        (
            check,
            file,
            [one for one in some if one.severity == "error" or (one.file, one.column) not in bad],
        )
        for check, file, some in done
    ]


def check_table(done: Done) -> pd.DataFrame:
    """Write down every check and every finding: the table data_checks.

    Examples
    --------
    >>> check_table([("dates in order", "visits.csv", [])])[["check", "severity"]].values.tolist()
    [['dates in order', 'passed']]
    """
    rows: list[tuple[object, ...]] = []
    for check, file, findings in done:
        if not findings:
            rows.append((check, file, None, None, "passed", None, None, None, 0))
        for one in findings:
            rows.append(
                (
                    check,
                    one.file,
                    one.row,
                    one.column,
                    one.severity,
                    one.found,
                    one.allowed,
                    one.remedy,
                    one.further,
                )
            )
    names = ["check", "file", "row", "column", "severity", "found", "allowed", "remedy", "further"]
    table = pd.DataFrame(rows, columns=names)
    return table.astype({"row": "Int64", "further": "Int64"})
