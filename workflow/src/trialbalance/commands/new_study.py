"""Make a new study from the commented template."""

import os
import shutil
from pathlib import Path

from trialbalance import house
from trialbalance.contracts.problems import Finding, Problems
from trialbalance.settings.checks.reserved_names import ALLOWED, FOLDER, reserved


def make_study(name: str, folder: Path) -> list[str]:
    """Make the folder of a new study, commented and ready to run.

    Parameters
    ----------
    name : str
        Name of the study: small letters, digits and _.
    folder : Path
        Folder in which the study's folder is made.

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
    file.write_text(text, encoding="utf-8")
    # In a clone Snakemake finds the Snakefile by itself; an installed package has to name it.
    named = "" if Path("Snakefile").exists() else f"--snakefile {house.snakefile()} "
    return [
        f"made {place}",
        f"run it:   snakemake {named}--cores all --config 'studies=[{file}]'",
        f"check it: trialbalance check {place}",
        "keep it:  add its study.yaml to the list in config/config.yaml",
    ]


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
