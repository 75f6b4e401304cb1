"""Read an export, whatever program wrote it."""

from pathlib import Path
from typing import Any

from trialbalance.contracts import Finding, Problems
from trialbalance.contracts.files import find_file
from trialbalance.data.exports.export import Export, stop
from trialbalance.data.exports.formats.redcap import with_dictionary
from trialbalance.data.exports.formats.statistical import (
    READERS,
    read_parquet_export,
    read_statistical,
)
from trialbalance.data.exports.formats.text_files import read_csv_export
from trialbalance.data.exports.formats.workbooks import read_workbook

TEXTS = (".csv", ".tsv", ".txt")
BOOKS = (".xlsx", ".xlsm")


def read_export(
    path: Path,
    name: str = "main",
    told: dict[str, Any] | None = None,
    dictionary: Path | None = None,
) -> Export:
    r"""Read an export as text, with its labels and codes of missing values.

    Parameters
    ----------
    path : Path
        The file; its ending says what it is.
    name : str
        Name of the export.
    told : dict, optional
        What the mapping says of it: sheet, header_row, delimiter, encoding, decimal.
    dictionary : Path, optional
        Data dictionary of REDCap.

    Returns
    -------
    Export
        The export.

    Raises
    ------
    Problems
        The file is missing, of no known kind, or cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "a.csv"
    >>> _ = path.write_text("id,age\nP1,40\n")
    >>> read_export(path).cells.to_dict("records")
    [{'id': 'P1', 'age': '40'}]
    """
    find_file(path, path.name)
    told, ending = told or {}, path.suffix.lower()
    if ending in TEXTS:
        words = ("delimiter", "encoding", "decimal", "header_row")
        export = read_csv_export(path, name, **{word: told.get(word) for word in words})
    elif ending in BOOKS:
        export = read_workbook(path, name, told.get("sheet"), told.get("header_row"))
    elif ending in READERS:
        export = read_statistical(path, name)
    elif ending == ".parquet":
        export = read_parquet_export(path, name)
    else:
        known = ", ".join((*TEXTS, *BOOKS, *READERS, ".parquet"))
        stop(path, f"a file that ends in {ending or 'nothing'}", known, "export it as one of these")
    if dictionary is not None:
        find_file(dictionary, dictionary.name)
        export = with_dictionary(export, dictionary)
    return export


def read_exports(mapping: dict[str, Any], files: dict[str, Path]) -> dict[str, Export]:
    """Read every export of a mapping.

    Parameters
    ----------
    mapping : dict
        As ``settings.mapping.file.load_mapping`` returns it.
    files : dict of Path
        ``export.<name>`` and ``dictionary.<name>`` -> file.

    Returns
    -------
    dict of Export
        By name.

    Raises
    ------
    Problems
        Every file that cannot be read, and every column of identifiers that is not there.

    Examples
    --------
    >>> told = {"exports": {"main": {"id": "id"}}}
    >>> read_exports(told, {"export.main": Path("absent.csv")})
    Traceback (most recent call last):
        ...
    trialbalance.contracts.problems.Problems: absent.csv: found no such file (absent.csv); \
allowed: an existing file; correct the name or add the file.
    """
    found: dict[str, Export] = {}
    wrong: list[Finding] = []
    for name, told in mapping["exports"].items():
        try:
            export = read_export(
                files[f"export.{name}"], name, told, files.get(f"dictionary.{name}")
            )
        except Problems as problems:
            wrong += problems.findings
            continue
        found[name] = export
    if wrong:
        raise Problems(wrong)
    return found
