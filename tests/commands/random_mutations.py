"""The template study spoilt at random: each copy is refused in sentences, or runs.

``python tests/commands/random_mutations.py 1000`` spoils so many and prints counts by outcome.
"""

import copy
import random
import shutil
import signal
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import yaml

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent.parent))

from laid_study import Laid
from study_copy import StudyCopy
from trialbalance import house
from trialbalance.commands.check import check_study
from trialbalance.contracts import Problems

TABLES = ("participants", "visits", "responses", "resource_use", "episodes")
ODD = (
    *("", " ", "NA", "-9", "999", "1,5", "£3", "x" * 300, "=1+1", "é", "漢", "\u202e", "1e400"),
    *("2020-02-30", "31/12/2021", "-0", "true", "null", "'", '"', ";", "../x", "P001", "٣"),
)
VALUES: tuple[Any, ...] = (
    *(None, -1, 0, 3.5, 1e300, "", "x", [], {}, [1], {"a": 1}, True, "2020-01-01", "a" * 5000),
    *("=x", "\u202e", ["a", "a"], {"A b": 1}, float("nan")),
)
# A check and a run to the decisions take some seconds; whatever takes longer hangs.
SECONDS = 120


def cells_of(path: Path) -> list[list[str]]:
    return [line.split(",") for line in path.read_text(encoding="utf-8").splitlines()]


def spoil_table(path: Path, draw: random.Random) -> str:
    """Spoil a file of records and say how."""
    rows = cells_of(path)
    row, column = draw.randrange(len(rows)), draw.randrange(len(rows[0]))
    how = draw.choice(("cell", "times", "row", "copy", "column", "header", "bytes", "year", "swap"))
    if how == "cell":
        rows[row][column] = draw.choice(ODD)
    elif how == "times":
        numbers = [c for c, cell in enumerate(rows[row]) if cell.replace(".", "", 1).isdigit()]
        for one in numbers:
            rows[row][one] = str(float(rows[row][one]) * draw.choice((10, 1000, -1, 0.001)))
    elif how == "row":
        del rows[row]
    elif how == "copy":
        rows.insert(row, list(rows[draw.randrange(1, len(rows))]))
    elif how == "column":
        rows = [cells[:column] + cells[column + 1 :] for cells in rows]
    elif how == "header":
        rows[0][column] = draw.choice((rows[0][column][:-1], rows[0][column].upper(), "site", "x"))
    elif how == "year":
        rows[row] = [
            f"{int(cell[:4]) + draw.choice((-10, -1, 1, 10))}{cell[4:]}"
            if cell[4:5] == "-"
            else cell
            for cell in rows[row]
        ]
    elif how == "swap":
        other = draw.randrange(len(rows[0]))
        cells = rows[row]
        cells[column], cells[other] = cells[other], cells[column]
    path.write_text("\n".join(map(",".join, rows)) + "\n", encoding="utf-8")
    if how == "bytes":
        data = path.read_bytes()
        at = draw.randrange(len(data))
        bits = draw.choice((b"\0", b"\xff", b'"', b"\r", b"\n", b",,", b""))
        path.write_bytes(data[:at] + bits + (data[at:] if bits else b""))
    return f"{path.name} {how}"


def spoil_settings(path: Path, draw: random.Random) -> str:
    """Spoil the study file and say how."""
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    places: list[tuple[Any, Any]] = []

    def walk(value: Any) -> None:
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        for key, item in pairs:
            places.append((value, key))
            if isinstance(item, dict | list):
                walk(item)

    walk(content)
    parent, key = draw.choice(places)
    how = draw.choice(("value", "value", "remove", "rename", "number"))
    if how == "value":
        parent[key] = copy.deepcopy(draw.choice(VALUES))
    elif how == "remove":
        del parent[key]
    elif how == "rename" and isinstance(parent, dict):
        word = str(key)
        parent[draw.choice((f"{word}s", word[:-1], word.upper(), "release", ""))] = parent.pop(key)
    else:
        old = parent[key] if isinstance(parent[key], int | float) else 1
        parent[key] = old * draw.choice((-1, 10, 1000, 0.1))
    path.write_text(yaml.safe_dump(content, sort_keys=False, allow_unicode=True), encoding="utf-8")
    return f"study.yaml {how}"


def spoil(study: StudyCopy, seed: int) -> str:
    """Spoil one thing of a study and say which."""
    draw = random.Random(seed)
    if draw.random() < 0.45:
        return spoil_settings(study.file, draw)
    table = draw.choice((*TABLES, "prices"))
    path = study.folder / ("unit_costs.csv" if table == "prices" else f"data/{table}.csv")
    return spoil_table(path, draw)


def outcome(seed: int) -> tuple[str, str]:
    """Return what becomes of one spoilt study, and the words that tell it."""
    with tempfile.TemporaryDirectory() as folder:
        study = Path(folder) / "my_trial"
        shutil.copytree(house.resources() / "template", study)
        how = spoil(StudyCopy(study), seed)
        signal.signal(signal.SIGALRM, _hangs)
        signal.alarm(SECONDS)
        try:
            return _becomes(study, Path(folder) / "laid", how)
        finally:
            signal.alarm(0)


def _becomes(study: Path, laid: Path, how: str) -> tuple[str, str]:
    try:
        lines = check_study(str(study / "study.yaml"))
    except Problems as problems:
        whole = all(one.found and one.file for one in problems.findings)
        return "refused" if whole else "refused without words", f"{how}: {problems}"
    except TimeoutError:
        return "hung", how
    except Exception as error:
        return "traceback of check", f"{how}: {error!r}"
    told = "ran, with a note" if any(line.startswith("note: ") for line in lines) else "ran"
    laid.mkdir()
    try:
        Laid(laid, study).run()
    except Problems as problems:
        return "stopped later", f"{how}: {problems}"
    except TimeoutError:
        return "hung", how
    except Exception as error:
        return "traceback of a stage", f"{how}: {error!r}"
    return told, how


def _hangs(*_: object) -> None:
    raise TimeoutError


def outcomes(number: int, first: int = 0) -> tuple[Counter, list[str]]:
    """Return counts by outcome of so many spoilt studies, and what should not have been."""
    counted: Counter = Counter()
    wrong = []
    for seed in range(first, first + number):
        what, words = outcome(seed)
        counted[what] += 1
        if what not in ("refused", "ran", "ran, with a note"):
            wrong.append(f"{seed} {what}: {words}")
    return counted, wrong


if __name__ == "__main__":
    counts, bad = outcomes(*map(int, sys.argv[1:]))
    print("\n".join([*bad, str(dict(counts))]))  # noqa: T201
