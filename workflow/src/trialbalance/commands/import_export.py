"""Draft a study from the exports of a trial: a mapping with its open questions, and a preview."""

import os
import shutil
from pathlib import Path

from trialbalance import house
from trialbalance.commands.drafting.draft import draft_mapping
from trialbalance.commands.drafting.fields import word_of
from trialbalance.commands.drafting.preview import preview, unused_columns
from trialbalance.commands.drafting.study_text import (
    mapping_text,
    prices_text,
    study_settings,
    study_text,
)
from trialbalance.commands.new_study import make_study
from trialbalance.contracts.problems import Problems
from trialbalance.data.exports.export import Export
from trialbalance.data.exports.reading import read_export
from trialbalance.settings.mapping_file import load_mapping
from trialbalance.settings.yamlfile import read_yaml


def draft_study(files: list[Path], dictionary: Path | None, study: str, folder: Path) -> list[str]:
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

    Returns
    -------
    list of str
        Preview, open questions and what to do next, one line each.

    Raises
    ------
    Problems
        An export cannot be read, the name cannot be used, or the folder exists.
    """
    exports, told = _read(files, dictionary)
    mapping = draft_mapping(exports, told)
    make_study(study, folder)
    place = folder / study
    template, _ = read_yaml(place / "study.yaml")
    shutil.rmtree(place / "data")
    (place / "exports").mkdir()
    for path in dict.fromkeys([*files, *([dictionary] if dictionary else [])]):
        copy = place / "exports" / path.name
        shutil.copyfile(path, copy)
        # Records of people are for their owner alone, and never for a repository.
        copy.chmod(0o600)
    _write(place / "exports" / ".gitignore", "*\n")
    unused = unused_columns(mapping, exports)
    _write(place / "mapping.yaml", mapping_text(mapping, unused))
    settings = study_settings(template, mapping, f"{study}: title of the trial")
    schema = os.path.relpath(house.schemas() / "study.schema.json", place)
    names = [path.name for path in files]
    _write(place / "study.yaml", study_text(settings, schema, names, study))
    header = (place / "unit_costs.csv").read_text(encoding="utf-8").splitlines()[0]
    _write(place / "unit_costs.csv", prices_text(settings["costs"]["items"], header))
    return [f"made {place}", *preview(mapping, exports, unused), *_next(place)]


def _read(files: list[Path], dictionary: Path | None) -> tuple[dict[str, Export], dict[str, dict]]:
    """Return the exports by name, and where each will stand."""
    exports, told, wrong = {}, {}, []
    for number, path in enumerate(files):
        name = word_of(path.stem, "export") if number else "main"
        of = dictionary if number == 0 else None
        try:
            exports[name] = read_export(path, name, None, of)
        except Problems as problems:
            wrong += problems.findings
        told[name] = {"file": f"exports/{path.name}"}
        if of is not None:
            told[name]["dictionary"] = f"exports/{of.name}"
    if wrong:
        raise Problems(wrong)
    return exports, told


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
