"""The command line: start a study, check one, and keep the generated documents in step."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from trialbalance.contracts.problems import Problems

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="From the records of a trial to a decision, every pound reconciled.",
)

ONE_FILE = "found where silent; FILE=VALUE says it of one file."


@app.command()
def check(
    study: Annotated[
        str, typer.Argument(help="Name of a study under config/studies, or its path.")
    ],
) -> None:
    """Answer in a moment with every mistake in a study's settings, prices and records."""
    from trialbalance.commands.check import check_study

    _tell(check_study, study)


@app.command("new-study")
def new_study(
    name: Annotated[str, typer.Argument(help="Name of the study: small letters, digits and _.")],
    folder: Annotated[
        Path, typer.Option(help="Folder in which the study's folder is made.")
    ] = Path("config/studies"),
    arms: Annotated[
        str, typer.Option(help="Arms, with commas between: new_service,usual_care.")
    ] = "",
    comparator: Annotated[
        str, typer.Option(help="Arm against which the others are set; silent for the last.")
    ] = "",
    horizon: Annotated[
        float | None, typer.Option(help="Years of follow-up; 1 where silent.")
    ] = None,
    visits: Annotated[
        str, typer.Option(help="Months of the visits, the last at the horizon: 0,6,12.")
    ] = "",
    outcomes: Annotated[
        str,
        typer.Option(
            help="Outcomes: qaly, admission_avoided, years_at_home; abstinence, alone, from "
            "totals; or none, for costs only."
        ),
    ] = "",
    perspectives: Annotated[
        str, typer.Option(help="Perspectives, the primary first: health_care,societal.")
    ] = "",
    questionnaire: Annotated[str, typer.Option(help="eq5d3l or eq5d5l.")] = "",
    currency: Annotated[str, typer.Option(help="Currency: GBP, EUR or another code.")] = "",
    threshold: Annotated[
        float | None, typer.Option(help="What a QALY may cost; open outside GBP where silent.")
    ] = None,
) -> None:
    """Make a commented study that runs as it is, to be filled with your own trial.

    From an export, `trialbalance import` drafts it instead.
    """
    from trialbalance.commands.founding.shape import shape_of
    from trialbalance.commands.new_study import make_study

    def found() -> list[str]:
        said = (arms, comparator, horizon, visits, outcomes, perspectives, questionnaire)
        return make_study(name, folder, shape_of(*said, currency, threshold))

    _tell(found)


@app.command()
def twin(
    study: Annotated[
        str, typer.Argument(help="Name of a study under config/studies, or its path.")
    ],
    name: Annotated[str, typer.Option(help="Name of the twin; silent for STUDY_twin.")] = "",
    folder: Annotated[Path, typer.Option(help="Folder in which the twin's folder is made.")] = Path(
        "config/studies"
    ),
    seed: Annotated[int, typer.Option(help="Root of its random numbers.", min=0)] = 1,
) -> None:
    """Make a study of the same shape with invented records, which may be shown to anyone."""
    from trialbalance.commands.twin import make_twin

    _tell(make_twin, study, name, folder, seed)


@app.command("import")
def import_export(
    files: Annotated[
        list[Path],
        typer.Argument(help="Exports of any program, that of the participants first."),
    ],
    study: Annotated[str, typer.Option(help="Name of the study: small letters, digits and _.")],
    dictionary: Annotated[
        Path | None, typer.Option(help="Data dictionary of REDCap, of the first export.")
    ] = None,
    folder: Annotated[
        Path, typer.Option(help="Folder in which the study's folder is made.")
    ] = Path("config/studies"),
    header_row: Annotated[
        list[str] | None, typer.Option(help="Row with the names of the columns; " + ONE_FILE)
    ] = None,
    delimiter: Annotated[
        list[str] | None, typer.Option(help="Of texts: comma, semicolon, bar or tab; " + ONE_FILE)
    ] = None,
    encoding: Annotated[
        list[str] | None, typer.Option(help="Of texts, such as cp1252; " + ONE_FILE)
    ] = None,
    sheet: Annotated[list[str] | None, typer.Option(help="Of workbooks; " + ONE_FILE)] = None,
    decimal: Annotated[
        list[str] | None, typer.Option(help="Of texts: a point or a comma; " + ONE_FILE)
    ] = None,
) -> None:
    """Draft a study from a trial's exports: what becomes what, and what only you can answer."""
    from trialbalance.commands.import_export import draft_study

    said = {
        "header_row": header_row or [],
        "delimiter": delimiter or [],
        "encoding": encoding or [],
        "sheet": sheet or [],
        "decimal": decimal or [],
    }
    _tell(draft_study, files, dictionary, study, folder, said)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def run(
    asked: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[STUDY]... [SNAKEMAKE OPTION]...",
            help="Names or paths of studies; every study of config/config.yaml where silent. What "
            "follows the first option goes to Snakemake as it is.",
        ),
    ] = None,
    cores: Annotated[str, typer.Option(help="Cores to use: a number, or all.")] = "all",
) -> None:
    """Run studies from records to report, their stages told in a few lines."""
    from trialbalance.commands.run import first_line, run_studies

    words = asked or []
    first = next((place for place, word in enumerate(words) if word.startswith("-")), len(words))
    # Said before the imports that take a second.
    typer.echo(first_line(words[:first], cores), err=True)
    from trialbalance.contracts.problems import Problems

    try:
        status = run_studies(words[:first], cores, words[first:])
    except Problems as problems:
        _stop(problems)
    raise typer.Exit(status)


@app.command()
def trace(
    where: Annotated[str, typer.Argument(help="Name of a study, or a CSV file of its results.")],
    figure: Annotated[
        str,
        typer.Argument(
            help="Identifier of a row, a point and a column, such as "
            "base/qaly/incremental/new.cost; with a file a cell, such as E2."
        ),
    ],
    results: Annotated[Path, typer.Option(help="The results folder.")] = Path("results"),
    study: Annotated[str, typer.Option(help="Path of study.yaml where it is not found.")] = "",
    rows: Annotated[int, typer.Option(help="Rows shown of each step.", min=0)] = 5,
) -> None:
    """Show the way back of a figure: draws, model, participants, ledger, raw rows, prices, code."""
    from trialbalance.commands.trace import ask

    _tell(ask, where, figure, results, study, rows)


@app.command()
def certify(
    study: Annotated[
        str, typer.Argument(help="Name of a study under config/studies, or its path.")
    ],
    results: Annotated[Path, typer.Option(help="The results folder.")] = Path("results"),
) -> None:
    """Compute a finished study again by a script in R, and say on how much the two agree."""
    from trialbalance.commands.certify import certify as certified

    _tell(certified, study, results)


@app.command()
def model(
    study: Annotated[
        str, typer.Argument(help="Name of a study under config/studies, or its path.")
    ],
    analysis: Annotated[str, typer.Argument(help="One of its analyses.")],
    results: Annotated[Path, typer.Option(help="The results folder.")] = Path("results"),
    scenario: Annotated[str, typer.Option(help="One of its scenarios.")] = "base",
    folder: Annotated[
        Path | None,
        typer.Option(help="Folder to be made; <study>_<analysis>_model where silent."),
    ] = None,
) -> None:
    """Write the model of an analysis as a small PyMC program that runs by itself, with its data."""
    from trialbalance.commands.model import write_program

    _tell(write_program, study, analysis, results, scenario, folder)


@app.command()
def lock(
    study: Annotated[
        str, typer.Argument(help="Name of a study under config/studies, or its path.")
    ],
) -> None:
    """Store digest and date of a study's plan and settings; later differences are deviations."""
    from trialbalance.commands.lock import lock as locked

    _tell(locked, study)


@app.command()
def verify(
    results: Annotated[Path, typer.Argument(help="Results of a study, such as results/my_trial.")],
) -> None:
    """Say which files of a study's results were changed after the run; check its signature."""
    from trialbalance.commands.verify import verify_results

    _tell(verify_results, results)


@app.command()
def blind(
    study: Annotated[
        str, typer.Argument(help="Name of a study under config/studies, or its path.")
    ],
) -> None:
    """Draw by lot which neutral label stands for which arm, and keep it beside the study file."""
    from trialbalance.commands.blind import draw_key

    _tell(draw_key, study)


@app.command()
def compare(
    old: Annotated[Path, typer.Argument(help="Results of a study, such as results/my_trial.")],
    new: Annotated[Path, typer.Argument(help="Results of the same study from another run.")],
    shown: Annotated[int, typer.Option(help="Figures told one by one.", min=0)] = 20,
    csv: Annotated[Path | None, typer.Option(help="File for every figure that moved.")] = None,
) -> None:
    """Say what differs between two runs: inputs, settings, methods, versions, and which figures."""
    from trialbalance import contracts
    from trialbalance.commands.compare import compare as compared
    from trialbalance.commands.compare import told
    from trialbalance.contracts.problems import Problems

    try:
        changes, moved = compared(old, new)
        if csv is not None:
            contracts.write(moved, csv, "comparison", synthetic=False)
    except Problems as problems:
        _stop(problems)
    for line in told(changes, moved, shown):
        typer.echo(line)


@app.command()
def documents(
    write: Annotated[bool, typer.Option("--write", help="Write them anew.")] = False,
) -> None:
    """Say which generated documents are out of step with the code, or write them anew."""
    from trialbalance.commands.documents import out_of_step

    stale = out_of_step(write=write)
    for path in stale:
        typer.echo(f"{path}: {'written anew' if write else 'out of step; run with --write'}")
    if stale and not write:
        raise typer.Exit(1)


def _tell(answer: Callable[..., list[str]], *given: object) -> None:
    """Say the lines of an answer, or every sentence of what stopped it."""
    from trialbalance.contracts.problems import Problems

    try:
        lines = answer(*given)
    except Problems as problems:
        _stop(problems)
    for line in lines:
        typer.echo(line)


def _stop(problems: "Problems") -> None:
    """Say every sentence and end with status 1."""
    for finding in problems.findings:
        typer.echo(finding.sentence(), err=True)
    raise typer.Exit(1)


if __name__ == "__main__":
    sys.exit(app())
