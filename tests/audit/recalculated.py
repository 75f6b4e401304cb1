"""A workbook recalculated by LibreOffice, and its cells by name."""

import shutil
import subprocess
from pathlib import Path

import openpyxl
import pytest

ALWAYS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode"
oor:op="fuse"><value>0</value></prop></item></oor:items>
"""


def recalculate(path: Path, folder: Path) -> dict[str, list[tuple]]:
    """Return the rows of every sheet after LibreOffice has calculated each formula anew."""
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice (soffice) is not installed, so nothing can recalculate here")
    profile = folder / "profile" / "user"
    profile.mkdir(parents=True, exist_ok=True)
    (profile / "registrymodifications.xcu").write_text(ALWAYS, encoding="utf-8")
    command = [office, f"-env:UserInstallation={profile.parent.as_uri()}", "--headless"]
    command += ["--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(folder / "out")]
    subprocess.run([*command, str(path)], check=True, capture_output=True, timeout=300)
    book = openpyxl.load_workbook(folder / "out" / path.name, data_only=True)
    rows = {
        sheet.title: [tuple(row) for row in sheet.iter_rows(values_only=True)] for sheet in book
    }
    book.close()
    return rows


def change_cell(path: Path, sheet: str, key: str, column: str, value: float) -> None:
    """Change one cell of a workbook: the row that begins with a key, the column of a name."""
    book = openpyxl.load_workbook(path)
    rows = book[sheet]
    place = [cell.value for cell in rows[3]].index(column) + 1
    row = next(number for number in range(4, rows.max_row + 1) if rows.cell(number, 1).value == key)
    rows.cell(row, place).value = value
    book.save(path)
    book.close()


def records(rows: list[tuple]) -> list[dict]:
    """Return the rows below the header as dictionaries, up to the first blank one."""
    found = []
    for row in rows[3:]:
        if row[0] is None:
            break
        found.append(dict(zip(rows[2], row, strict=False)))
    return found
