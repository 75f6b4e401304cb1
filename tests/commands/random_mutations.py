"""The template study spoilt at random: each copy is refused in sentences, or runs.

``python tests/commands/random_mutations.py 1000`` spoils so many and prints what became of
each, with the words of all that should not be, and at the end counts by kind and outcome.
"""

import copy
import functools
import hashlib
import random
import shutil
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
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
# Where a run says what it left out, found unlikely or did not know.
SAID = ("flow", "data_checks", "exclusions", "set_aside", "cost_notes", "missingness", "answers")
GOOD = ("refused", "same figures", "other figures, said", "other figures, unsaid")
# A check and a run to the decisions take some seconds of processor; what takes longer hangs.
SECONDS = 60.0


def cells_of(path: Path) -> list[list[str]]:
    return [line.split(",") for line in path.read_text(encoding="utf-8").splitlines()]


def spoil_table(path: Path, draw: random.Random) -> str:
    """Spoil a file of records and say how."""
    rows = cells_of(path)
    before = [list(cells) for cells in rows]
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
    cells = f"{','.join(before[row])} -> {','.join(rows[row]) if row < len(rows) else ''}"
    return f"{path.name} {how}: row {row}, column {column}, {cells:.300}"


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
    old = str(parent[key])
    if how == "value":
        parent[key] = copy.deepcopy(draw.choice(VALUES))
    elif how == "remove":
        del parent[key]
    elif how == "rename" and isinstance(parent, dict):
        word = str(key)
        parent[draw.choice((f"{word}s", word[:-1], word.upper(), "release", ""))] = parent.pop(key)
    else:
        number = parent[key] if isinstance(parent[key], int | float) else 1
        parent[key] = number * draw.choice((-1, 10, 1000, 0.1))
    path.write_text(yaml.safe_dump(content, sort_keys=False, allow_unicode=True), encoding="utf-8")
    return f"study.yaml {how}: {key}: {old:.60} -> {parent!s:.200}"


def spoil(study: StudyCopy, seed: int) -> str:
    """Spoil one thing of a study and say which."""
    draw = random.Random(seed)
    if draw.random() < 0.45:
        return spoil_settings(study.file, draw)
    table = draw.choice((*TABLES, "prices"))
    path = study.folder / ("unit_costs.csv" if table == "prices" else f"data/{table}.csv")
    return spoil_table(path, draw)


def spoilt(folder: Path, seed: int | None) -> tuple[Path, str]:
    """Return a copy of the template study, spoilt where a seed is given, and how."""
    study = folder / "my_trial"
    shutil.copytree(house.resources() / "template", study)
    return study, "" if seed is None else spoil(StudyCopy(study), seed)


def told_and_found(study: Path, laid: Path) -> tuple[str, str]:
    """Return digests of all that a run of a study says of its records, and of its decisions."""
    notes = [line for line in check_study(str(study / "study.yaml")) if line.startswith("note: ")]
    laid.mkdir()
    base = Laid(laid, study).run().path("<results>/my_trial/base")
    said = [path for path in sorted(base.rglob("*.csv")) if path.stem.endswith(SAID)]
    found = sorted((base / "60_decision").rglob("arms.csv"))
    return str(notes) + digest(said), digest(found)


def digest(paths: list[Path]) -> str:
    """Return one digest of the contents of files."""
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()


@functools.cache
def unspoilt() -> tuple[str, str]:
    """Return what a run of the template study as it is says and finds."""
    with tempfile.TemporaryDirectory() as folder:
        return told_and_found(spoilt(Path(folder), None)[0], Path(folder) / "laid")


def outcome(seed: int) -> tuple[str, str, str]:
    """Return what becomes of one spoilt study, how it was spoilt, and the words that tell it."""
    before = unspoilt()
    with tempfile.TemporaryDirectory() as folder:
        study, how = spoilt(Path(folder), seed)
        signal.signal(signal.SIGPROF, _hangs)
        signal.setitimer(signal.ITIMER_PROF, SECONDS)
        try:
            return *_becomes(study, Path(folder) / "laid", before), how
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)


def _becomes(study: Path, laid: Path, before: tuple[str, str]) -> tuple[str, str]:
    try:
        said, found = told_and_found(study, laid)
    except Problems as problems:
        whole = all(one.found and one.file for one in problems.findings)
        passed = "stopped later" if laid.exists() else "refused"
        return passed if whole else f"{passed} without words", str(problems)
    except TimeoutError:
        return "hung", ""
    except Exception as error:
        return f"traceback of {'a stage' if laid.exists() else 'check'}", repr(error)
    if found == before[1]:
        return "same figures", ""
    return f"other figures, {'unsaid' if said == before[0] else 'said'}", ""


def _hangs(*_: object) -> None:
    raise TimeoutError


def outcomes(seeds: Iterable[int]) -> Iterator[tuple[int, str, str, str]]:
    """Yield seed, outcome, words and kind of each spoilt study."""
    for seed in seeds:
        yield seed, *outcome(seed)


def table(counted: Counter) -> str:
    """Return counts by kind and outcome as a table in Markdown."""
    ends = sorted({end for _, end in counted})
    rows = [
        [kind, *(str(counted[kind, end]) for end in ends)]
        for kind in sorted({kind for kind, _ in counted})
    ]
    rows.append(
        ["all", *(str(sum(n for (_, e), n in counted.items() if e == end)) for end in ends)]
    )
    lines = [["spoilt", *ends], ["---"] * (len(ends) + 1), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    seen: Counter = Counter()
    for one, end, words, where in outcomes(range(*map(int, sys.argv[1:]))):
        seen[where.split(": ")[0], end] += 1
        print(one, end, where, "" if end in GOOD else words, sep="; ", flush=True)  # noqa: T201
    print(table(seen))  # noqa: T201
