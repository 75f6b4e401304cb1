"""Make a twin of a study: invented records of the same shape, which may be shown to anyone."""

import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from trialbalance import contracts, house
from trialbalance.commands.check import check_study
from trialbalance.commands.new_study import must_be_free
from trialbalance.commands.twinning.drawing import draw_records
from trialbalance.commands.twinning.drawn_rows import numbered
from trialbalance.commands.twinning.likeness import too_like
from trialbalance.commands.twinning.summaries import Known, summarise
from trialbalance.commands.twinning.twin_study import own_files, twin_settings
from trialbalance.contracts.problems import Finding, Problems
from trialbalance.graph import paths
from trialbalance.settings.load import find_study, load_study
from trialbalance.settings.resolve import Study
from trialbalance.settings.yamlfile import read_yaml

SUMMARIES = "summaries.yaml"
# How often those who equal a real person are drawn again before they are left out.
AGAIN = 20
HEAD = """\
# yaml-language-server: $schema={schema}
# A twin of another study: same tables, columns, words and patterns of missing answers, no person.
# All that was taken from the records stands in summaries.yaml; the rest is drawn from it.
"""
TOLD = """\
# All that was taken from the records of the original: shares of rounded counts of at least
# {threshold} people, and means of groups of at least {threshold} people, over all arms together.
# The records in data/ are drawn from this file alone.
"""


def make_twin(named: str, name: str, folder: Path, seed: int = 1) -> list[str]:
    """Make the folder of a study with invented records of the shape of another's.

    Parameters
    ----------
    named : str
        Name of a study under config/studies, its folder, or its study.yaml.
    name : str
        Name of the twin; that of the study with ``_twin`` where blank.
    folder : Path
        Folder in which the twin's folder is made.
    seed : int
        Root of its random numbers.

    Returns
    -------
    list of str
        What was made, what was left out, and what to do next, one line each.

    Raises
    ------
    Problems
        The study has a mistake, has no records of people, or its twin would not pass the check.
    """
    study = load_study(find_study(named), as_recorded=True)
    _must_have_people(study)
    check_study(str(study.folder / "study.yaml"))
    name = name or f"{study.name}_twin"
    place = folder / name
    must_be_free(name, place, "twin")
    with tempfile.TemporaryDirectory() as temporary:
        real = _records(study, Path(temporary))
    known = _known(study)
    told = summarise(real, known)
    drawn, dropped = _draw(told, real, known, seed)
    left = _lay_down(study, place, drawn, told, known)
    try:
        checked = check_study(str(place / "study.yaml"))
    except Problems:
        shutil.rmtree(place)
        raise
    counts = ", ".join(f"{table} {len(rows)}" for table, rows in drawn.items())
    return [
        f"made {place}, all invented: {counts}",
        f"{place / SUMMARIES}: all that was taken from the records; let whoever answers for them "
        "read it before the twin leaves",
        *([f"left out of its settings: {', '.join(left)}"] if left else []),
        *(
            [f"{dropped} invented people would have equalled a real one: left out"]
            if dropped
            else []
        ),
        *([_of_exports(place)] if paths.exported(paths.Place(study)) else []),
        checked[0],
        f"run it:   trialbalance run {place}",
    ]


def _of_exports(place: Path) -> str:
    return f"{place}: hands over the tables that mapping.yaml made, not the exports"


def _must_have_people(study: Study) -> None:
    """Refuse a study that hands over no records of people."""
    place = paths.Place(study)
    if paths.simulated(place):
        found, remedy = "records drawn by a simulator", "show the study itself: nobody is in it"
    elif paths.door_of(place) == "draws":
        found, remedy = "draws, which hold no row of a person", "show the study itself"
    else:
        return
    raise Problems([Finding(str(study.folder), found=found, allowed="records", remedy=remedy)])


def _records(study: Study, folder: Path) -> dict[str, pd.DataFrame]:
    """Return the tables that a study hands over, as text."""
    place = paths.Place(study)
    if paths.exported(place):
        # Imported here because a study at another door needs no reader of exports.
        from trialbalance.commands.checking.imports import imported

        files = imported(study, folder).files
    else:
        files = {name: Path(path) for name, path in paths.data_inputs(place).items()}
    return {name: _as_text(path) for name, path in files.items() if path.is_file()}


def _as_text(path: Path) -> pd.DataFrame:
    """Return the cells of a file as text, blanks as ""."""
    if path.suffix == ".parquet":
        frame = pd.read_parquet(path)
        with tempfile.TemporaryDirectory() as folder:
            frame.to_csv(copy := Path(folder) / "table.csv", index=False)
            return contracts.read_text(copy)[0].reset_index(drop=True)
    return contracts.read_text(path)[0].reset_index(drop=True)


def _known(study: Study) -> Known:
    """Return what the settings say of the records."""
    base = study.base
    clusters = {base["model"]["clusters"], *base["model"]["subgroups"]}
    return Known(
        base["study"],
        base["data"]["covariates"],
        base["costs"]["interviews"] if base["costs"] else {},
        sorted(word for word in clusters if word and word not in base["data"]["covariates"]),
        set(_words(base)),
        base["disclosure"],
    )


def _words(value: Any) -> list[str]:
    """Return every word of nested settings."""
    if isinstance(value, dict):
        return [*map(str, value), *(word for part in value.values() for word in _words(part))]
    if isinstance(value, list):
        return [word for part in value for word in _words(part)]
    return [value] if isinstance(value, str) else []


def _draw(
    told: dict[str, Any], real: dict[str, pd.DataFrame], known: Known, seed: int
) -> tuple[dict[str, pd.DataFrame], int]:
    """Return records of nobody, and how many invented people had to be left out."""
    least = known.rules["threshold"]
    drawn = draw_records(told, known.study, seed)
    for turn in range(1, AGAIN + 1):
        alike = too_like(drawn, real, least)
        if not alike:
            return drawn, 0
        fresh = draw_records(told, known.study, seed + turn * 1_000_003)
        for table, rows in drawn.items():
            kept = rows[~rows["participant_id"].isin(alike)]
            new = fresh[table][fresh[table]["participant_id"].isin(alike)]
            drawn[table] = numbered(table, pd.concat([kept, new]))
    alike = too_like(drawn, real, least)
    for table, rows in drawn.items():
        drawn[table] = numbered(table, rows[~rows["participant_id"].isin(alike)])
    return drawn, len(alike)


def _lay_down(
    study: Study,
    place: Path,
    drawn: dict[str, pd.DataFrame],
    told: dict[str, Any],
    known: Known,
) -> list[str]:
    """Write the folder of the twin; return what was left out of its settings."""
    settings, left = twin_settings(
        read_yaml(study.folder / "study.yaml")[0], list(drawn), paths.door_of(paths.Place(study))
    )
    for path in own_files(study):
        (place / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(study.folder / path, place / path)
    place.mkdir(parents=True, exist_ok=True)
    for table, rows in drawn.items():
        contracts.write_text(rows, place / "data" / f"{table}.csv", table)
    schema = os.path.relpath(house.schemas() / "study.schema.json", place)
    _write(place / "study.yaml", HEAD.format(schema=schema), settings)
    _write(place / SUMMARIES, TOLD.format(threshold=known.rules["threshold"]), told)
    return left


def _write(path: Path, head: str, content: dict[str, Any]) -> None:
    # Written out each time: an anchor of YAML would puzzle whoever reads it.
    plain = json.loads(json.dumps(content, default=str))
    text = yaml.safe_dump(plain, sort_keys=False, allow_unicode=True, width=100)
    path.write_text(head + text, encoding="utf-8")
