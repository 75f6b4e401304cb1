"""Draft a study from the exports of a trial: a mapping with its open questions, and a preview."""

import os
import shutil
from pathlib import Path
from typing import Any

from trialbalance import house
from trialbalance.commands.drafting.draft import draft_mapping
from trialbalance.commands.drafting.preview import preview, unused_columns
from trialbalance.commands.drafting.reading_choices import choices_of, names_apart, with_options
from trialbalance.commands.drafting.study_text import (
    mapping_text,
    prices_text,
    study_settings,
    study_text,
)
from trialbalance.commands.drafting.use_draft import money_items
from trialbalance.commands.new_study import make_study
from trialbalance.contracts.problems import Finding, Problems
from trialbalance.data.exports.export import Export
from trialbalance.data.exports.formats.reading import read_export
from trialbalance.settings.mapping.file import load_mapping
from trialbalance.settings.yamlfile import read_yaml


def draft_study(
    files: list[Path],
    dictionary: Path | None,
    study: str,
    folder: Path,
    said: dict[str, list[str]] | None = None,
) -> list[str]:
    """Make the folder of a study that hands over exports, its mapping drafted.

    Parameters
    ----------
    files : list of Path
        Exports; the first holds the participants.
    dictionary : Path or None
        Data dictionary of REDCap, of the first export.
    study : str
        Name of the study.
    folder : Path
        Folder in which the study's folder is made.
    said : dict of list of str, optional
        How the exports are written, as `choices_of` takes it; found where silent.

    Returns
    -------
    list of str
        Preview, open questions and what to do next, one line each.

    Raises
    ------
    Problems
        An export cannot be read, the name cannot be used, or the folder exists.
    """
    every = [*files, *([dictionary] if dictionary else [])]
    names = names_apart(every)
    exports, told = _read(files, dictionary, names, choices_of(files, said or {}))
    mapping = draft_mapping(exports, told)
    make_study(study, folder)
    place = folder / study
    template, _ = read_yaml(place / "study.yaml")
    shutil.rmtree(place / "data")
    (place / "exports").mkdir()
    for path, (_, name) in zip(every, names, strict=True):
        copy = place / "exports" / name
        shutil.copyfile(path, copy)
        # Records of people are for their owner alone, and never for a repository.
        copy.chmod(0o600)
    _write(place / "exports" / ".gitignore", "*\n")
    unused = unused_columns(mapping, exports)
    _write(place / "mapping.yaml", mapping_text(mapping, unused))
    money = money_items(mapping, exports)
    settings = study_settings(template, mapping, f"{study}: title of the trial", money)
    schema = os.path.relpath(house.schemas() / "study.schema.json", place)
    given = [path.name for path in files]
    _write(place / "study.yaml", study_text(settings, schema, given, study))
    header = (place / "unit_costs.csv").read_text(encoding="utf-8").splitlines()[0]
    _write(place / "unit_costs.csv", prices_text(settings["costs"]["items"], header))
    return [f"made {place}", *preview(mapping, exports, unused), *_next(place)]


def _read(
    files: list[Path],
    dictionary: Path | None,
    names: list[tuple[str, str]],
    choices: list[dict[str, Any]],
) -> tuple[dict[str, Export], dict[str, dict]]:
    """Return the exports by name, and where each will stand and how it is written."""
    exports, told, wrong = {}, {}, []
    for number, (path, choice) in enumerate(zip(files, choices, strict=True)):
        name, copy = names[number]
        of = dictionary if number == 0 else None
        try:
            exports[name] = read_export(path, name, choice, of)
        except Problems as problems:
            wrong += [with_options(one, path.suffix.lower()) for one in problems.findings]
            continue
        if exports[name].cells.empty:
            wrong.append(_without_rows(path))
        told[name] = {"file": f"exports/{copy}", **choice}
        if of is not None:
            told[name]["dictionary"] = f"exports/{names[-1][1]}"
    if wrong:
        raise Problems(wrong)
    return exports, told


def _without_rows(path: Path) -> Finding:
    """Return the sentence about an export that holds a header and nothing else."""
    found, remedy = "a header and no row below it", "export the records too"
    return Finding(path.name, None, None, found, "a row for each record", remedy)


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def _next(place: Path) -> list[str]:
    """Return the open questions, and what to do next."""
    _, findings = load_mapping(place / "mapping.yaml")
    count = len(findings)
    return [
        f"{count} open question{'s' if count != 1 else ''} in {place / 'mapping.yaml'}:",
        *(f"  line {one.row}, {one.column}: {one.found}" for one in findings),
        "next: answer them, put prices into unit_costs.csv, look at study.yaml (arms, comparator, "
        "visits, items), then",
        f"      trialbalance check {place}",
    ]
