"""Make a new study from the commented template, or of the shape that was said."""

import os
import shutil
from pathlib import Path

from trialbalance import contracts, house
from trialbalance.commands.founding.founded_text import founded_prices, founded_text
from trialbalance.commands.founding.shape import Shape
from trialbalance.contracts.problems import Finding, Problems
from trialbalance.settings.checks.names.reserved import ALLOWED, FOLDER, reserved


def make_study(name: str, folder: Path, shape: Shape | None = None) -> list[str]:
    """Make the folder of a new study, commented and ready to run.

    Parameters
    ----------
    name : str
        Name of the study: small letters, digits and _.
    folder : Path
        Folder in which the study's folder is made.
    shape : Shape, optional
        What the trial is; that of the template where silent.

    Returns
    -------
    list of str
        What to do next, one line each.

    Raises
    ------
    Problems
        The name cannot be used, or the folder exists.
    """
    place = folder / name
    must_be_free(name, place)
    shutil.copytree(house.resources() / "template", place)
    file = place / "study.yaml"
    schema = os.path.relpath(house.schemas() / "study.schema.json", place)
    text = file.read_text(encoding="utf-8").replace("$schema=SCHEMA", f"$schema={schema}")
    if shape is not None and shape != Shape():
        text = _found(place, text, shape)
    file.write_text(text, encoding="utf-8")
    return [
        f"made {place}; its records are invented, so that it runs before yours are in",
        f"check it: trialbalance check {place}",
        f"run it:   trialbalance run {place}",
        "keep it:  add its study.yaml to the list in config/config.yaml",
    ]


def _found(place: Path, text: str, shape: Shape) -> str:
    """Lay the records and prices of a shape into the folder; return its study.yaml."""
    # Imported here because a copy of the template draws nothing.
    from trialbalance.commands.founding.founded_records import founded_records

    text = founded_text(text, shape)
    shutil.rmtree(place / "data")
    for table, rows in founded_records(shape).items():
        contracts.write_text(rows, place / "data" / f"{table}.csv", table)
    prices = place / "unit_costs.csv"
    if shape.door == "totals":
        prices.unlink()
    else:
        priced = founded_prices(prices.read_text(encoding="utf-8"), text, shape)
        prices.write_text(priced, encoding="utf-8")
    return text


def must_be_free(name: str, place: Path, command: str = "new-study") -> None:
    """Refuse a name that cannot be a folder, a target or that is taken.

    Parameters
    ----------
    name : str
        Name of the study to be made.
    place : Path
        Its folder.
    command : str
        Command that makes it.

    Raises
    ------
    Problems
        The name cannot be used, or the folder exists.
    """
    if not FOLDER.fullmatch(name):
        wrong = Finding(
            command,
            found=repr(name),
            allowed="small letters, digits and _, a letter first",
            remedy="choose another name",
        )
    elif name in reserved("study"):
        wrong = Finding(
            command,
            found=name,
            allowed=ALLOWED,
            remedy="choose another name",
        )
    elif place.exists():
        wrong = Finding(
            str(place), found="a folder of that name", remedy="choose another name or remove it"
        )
    else:
        return
    raise Problems([wrong])
