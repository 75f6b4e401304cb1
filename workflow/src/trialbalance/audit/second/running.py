"""R, where it is installed: its version, and a script run in it."""

import os
import shutil
import subprocess
from pathlib import Path

from trialbalance.contracts import Finding, Problems

PROGRAM = "Rscript"
LIMIT = 1800


def r_version(program: str | None = None) -> str | None:
    """Return the version of R on this machine.

    Parameters
    ----------
    program : str, optional
        The program to ask; found on the path when not given.

    Returns
    -------
    str or None
        Such as 4.2.2; None where there is no R.

    Examples
    --------
    >>> r_version("no-such-program") is None
    True
    """
    found = shutil.which(program or PROGRAM)
    if found is None:
        return None
    asked = [found, "--vanilla", "-e", "cat(as.character(getRversion()))"]
    answer = subprocess.run(asked, capture_output=True, text=True, check=False, env=_quiet())
    return answer.stdout.strip() or None


def run_script(script: Path, figures: Path) -> None:
    """Run a script in R; it writes its figures to a file.

    Parameters
    ----------
    script : Path
        The script; its paths count from the working folder.
    figures : Path
        The file that it writes.

    Raises
    ------
    Problems
        When R stops, with what it said last.
    """
    command = [shutil.which(PROGRAM) or PROGRAM, "--vanilla", str(script), str(figures)]
    answer = subprocess.run(
        command, capture_output=True, text=True, check=False, env=_quiet(), timeout=LIMIT
    )
    if answer.returncode:
        said = " ".join(answer.stderr.split())[-400:]
        raise Problems(
            [
                Finding(
                    str(script),
                    found=f"R stopped: {said}",
                    allowed="a script that R runs to its end",
                    remedy="run it by hand in R to see the line, and report it",
                )
            ]
        )


def _quiet() -> dict[str, str]:
    """Return the environment for R: words in UTF-8, numbers as C writes them, one thread."""
    return {**os.environ, "LC_ALL": "C.UTF-8", "OMP_NUM_THREADS": "1", "TZ": "UTC"}
