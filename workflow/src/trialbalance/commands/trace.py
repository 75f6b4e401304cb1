"""A question from the command line: which figure of which study, and its way back in lines."""

from pathlib import Path

from trialbalance.audit.trace import trace, trace_cell
from trialbalance.audit.trace.tables import Books
from trialbalance.contracts import Finding, Problems
from trialbalance.settings.load import find_study, load_study


def ask(where: str, figure: str, results: Path, study: str = "", rows: int = 5) -> list[str]:
    """Return the way back of a figure as lines of text.

    Parameters
    ----------
    where : str
        Name of a study, or a CSV file of its results.
    figure : str
        Identifier of the figure; with a file, a cell such as E2.
    results : Path
        The results folder; found from the file where one is given.
    study : str
        Path of the study file, where its name alone does not lead to it.
    rows : int
        Rows shown of each step.

    Returns
    -------
    list of str
        One line each.

    Raises
    ------
    Problems
        No such study, file, cell or figure.
    """
    file = Path(where)
    if file.suffix != ".csv":
        return trace(_books(study or where, results), figure).lines(rows)
    if not file.is_file():
        raise Problems([Finding(where, found="no such file", allowed="a CSV file of the results")])
    folder = _study_folder(file)
    books = _books(study or folder.name, folder.parent)
    return trace_cell(books, file.resolve(), figure).lines(rows)


def _books(named: str, results: Path) -> Books:
    """Return the books of a study that has run."""
    study = load_study(find_study(named))
    if not (results / study.name / "base").is_dir():
        raise Problems(
            [
                Finding(
                    str(results / study.name),
                    found="no results of that study",
                    allowed="a folder of results",
                    remedy="run the study first, or say where its results are with --results",
                )
            ]
        )
    return Books(study, results)


def _study_folder(file: Path) -> Path:
    """Return the folder of the study that a file of the results belongs to."""
    for folder in file.resolve().parents:
        if (folder / "base" / "settings.yaml").is_file():
            return folder
    raise Problems(
        [Finding(str(file), found="a file outside results", allowed="a CSV file of the results")]
    )
