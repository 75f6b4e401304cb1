"""The second opinion as a whole: write the script, run it where R is, compare."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from trialbalance.audit.second.certificate import compare_figures, not_run
from trialbalance.audit.second.figures import COLUMNS
from trialbalance.audit.second.first_figures import first_figures, not_areas
from trialbalance.audit.second.running import r_version, run_script
from trialbalance.audit.second.script import second_script
from trialbalance.provenance.record import versions

NO_FIGURES = ",".join(COLUMNS) + "\n"


def certify_study(
    template: str,
    settings: Mapping[str, Any],
    files: Mapping[str, str],
    tables: Mapping[str, pd.DataFrame],
    script: Path,
    figures: Path,
) -> pd.DataFrame:
    """Write the script of a second opinion, run it where R is installed, and compare.

    Parameters
    ----------
    template : str
        The fixed text of the script.
    settings : mapping
        As from `settings.resolve.certificate_settings`.
    files : mapping of str to str
        Files that the script reads, as for `second_script`.
    tables : mapping of str to pandas.DataFrame
        Tables of the first program, as for `first_figures`.
    script, figures : Path
        Where the script goes, and what it computes; without R the second holds no rows.

    Returns
    -------
    pandas.DataFrame
        Table certificate.

    Raises
    ------
    Problems
        When R stops before the end of the script.
    """
    script.parent.mkdir(parents=True, exist_ok=True)
    script.write_text(second_script(template, settings, files), encoding="utf-8")
    version = r_version()
    if version is None:
        figures.write_text(NO_FIGURES, encoding="utf-8")
        return not_run(versions()["trialbalance"])
    run_script(script, figures)
    second = pd.read_csv(figures, dtype={name: str for name in COLUMNS[:3]}, keep_default_na=False)
    second["value"] = pd.to_numeric(second["value"])
    return compare_figures(
        first_figures(tables, settings),
        second,
        settings["audit"]["differences"],
        (versions()["trialbalance"], f"R {version}"),
        left_out(settings),
    )


def left_out(settings: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return what the second program does not compute, and what it is of.

    Parameters
    ----------
    settings : mapping
        As for `certify_study`.

    Returns
    -------
    list of tuple of str
        Effects that are no areas under curves, endpoints, and analyses that rest on such effects.

    Examples
    --------
    >>> left_out({"outcomes": {"effects": {}, "endpoints": {"death": {}}}, "each": {}})
    [('endpoint', 'death')]
    """
    outcomes = settings["outcomes"] or {"endpoints": {}}
    others = not_areas(settings)
    resting = [name for name, one in settings["each"].items()
               if one["analysis"]["outcome"] in others]  # fmt: skip
    return [
        *(("effect", name) for name in others),
        *(("endpoint", name) for name in outcomes["endpoints"]),
        *(("observed case and regression", name) for name in resting),
    ]
