"""The model of an analysis as a PyMC program that runs by itself on the exported data."""

import os
from pathlib import Path

from trialbalance import contracts
from trialbalance.commands.programming.histories import history_table
from trialbalance.commands.programming.program import Titles, constant, program_text
from trialbalance.commands.programming.readme import readme_text
from trialbalance.contracts import Finding, Problems
from trialbalance.contracts.spelling import did_you_mean
from trialbalance.dataset import source_groups
from trialbalance.graph import paths
from trialbalance.model.cells.rows import lay_out
from trialbalance.model.cells.table import Cells
from trialbalance.model.forms import cells_of
from trialbalance.provenance.stage import vocabularies
from trialbalance.provenance.streams import seed_of
from trialbalance.settings.load import find_study, load_study
from trialbalance.settings.resolve import Study, stage_settings


def write_program(
    named: str, analysis: str, results: Path, scenario: str = "base", folder: Path | None = None
) -> list[str]:
    """Write the model of an analysis as a PyMC program, with its data.

    Parameters
    ----------
    named : str
        Name of a study under config/studies, its folder, or its study.yaml.
    analysis : str
        One of its analyses.
    results : Path
        The results folder.
    scenario : str
        One of its scenarios.
    folder : Path, optional
        Folder to be made; ``<study>_<analysis>_model`` here without.

    Returns
    -------
    list of str
        What was written, and how it is run.

    Raises
    ------
    Problems
        No such study, scenario or analysis, no finished dataset, or a folder that is not empty.
    """
    study = load_study(find_study(named))
    _must_name(study, scenario, analysis)
    folder = folder or Path(f"{study.name}_{analysis}_model")
    _must_be_free(folder)
    place = paths.Place(study, scenario, analysis)
    settings = stage_settings(study, scenario, "model", analysis)
    layout = lay_out(_cells(place, settings, results))
    section, synthetic = settings["model"], settings["study"]["synthetic"]
    titles = Titles(study.name, analysis, scenario, synthetic)
    seed = seed_of(settings["study"]["seed"], study.name, "model", analysis)
    files = {
        "model.py": program_text(layout, section["priors"], section, seed, titles),
        "data.csv": history_table(layout).to_csv(index=False),
        "README.md": readme_text(layout, titles, constant(layout, section["priors"])),
    }
    _write(folder, files, private=not synthetic)
    return [f"written: {folder / name}" for name in files] + [
        f"run it with: python {folder / 'model.py'}"
    ]


def _must_name(study: Study, scenario: str, analysis: str) -> None:
    """Refuse a scenario or an analysis that the study has not."""
    for word, name, known in (
        ("scenario", scenario, list(study.scenarios)),
        ("analysis", analysis, study.analyses(scenario) if scenario in study.scenarios else None),
    ):
        if known is not None and name not in known:
            remedy = did_you_mean(name, known, "name one of them", 0.6)
            allowed = ", ".join(known) or f"nothing: the study has no {word}"
            found = f"no {word} {name}"
            raise Problems([Finding(study.name, found=found, allowed=allowed, remedy=remedy)])


def _must_be_free(folder: Path) -> None:
    """Refuse a folder in which something stands, so that nobody's edits are lost."""
    if folder.is_file() or (folder.is_dir() and any(folder.iterdir())):
        raise Problems(
            [
                Finding(
                    str(folder),
                    found="something of that name",
                    allowed="a folder that is new or empty",
                    remedy="remove it, or name another with --folder",
                )
            ]
        )


def _below(results: Path, path: str) -> Path:
    return Path(path.replace("<results>", str(results)))


def _cells(place: paths.Place, settings: dict, results: Path) -> Cells:
    """Return the cells of an analysis from the tables of a run."""
    if not paths.has(place, "dataset"):
        raise Problems(
            [
                Finding(
                    place.study.name,
                    found="a study that hands over draws, of which nothing is fitted",
                    allowed="a study whose analyses are fitted",
                )
            ]
        )
    named = {"dataset": paths.made(place, "dataset")} | paths.modelled_visits(place)
    files = {name: _below(results, path) for name, path in named.items()}
    lost = [path for path in files.values() if not path.is_file()]
    if lost:
        raise Problems(
            [
                Finding(
                    str(lost[0]),
                    found="no such file",
                    allowed="the dataset of a run",
                    remedy="run the study first, or say where its results are with --results",
                )
            ]
        )
    words = vocabularies(settings)
    tables = {name: contracts.read(path, name, words) for name, path in files.items()}
    weights = tables.get("outcome_weights")
    if weights is not None:
        weights = weights[weights["outcome"] == settings["analysis"]["outcome"]]
    dataset = tables["dataset"]
    return cells_of(
        dataset, source_groups(dataset), settings["study"], settings["model"],
        tables.get("follow_up"), weights,
    )  # fmt: skip


def _write(folder: Path, files: dict[str, str], private: bool) -> None:
    """Write the files; those made of people's records for their owner alone."""
    before = os.umask(0o077) if private else None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")
    finally:
        if before is not None:
            os.umask(before)
