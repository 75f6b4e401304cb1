"""Which files the page of all studies reads."""

from collections.abc import Mapping
from typing import Any

from trialbalance.contracts.catalogue import catalogue
from trialbalance.graph import paths
from trialbalance.graph.paths import Place
from trialbalance.settings.resolve import Study

INDEX = "<results>/index.html"


def index_inputs(studies: Mapping[str, Study]) -> dict[str, str]:
    """Return settings, verdicts and flags of every study, named ``study.table``.

    Parameters
    ----------
    studies : mapping
        Name -> study, as loaded.

    Returns
    -------
    dict of str
        The report stands among them, so that no link leads nowhere.
    """
    found = {}
    for name, study in studies.items():
        place, folder = Place(study), f"<results>/{name}"
        files = {
            "settings": f"{folder}/base/settings.yaml",
            "report": f"{folder}/report/report.html",
        }
        files |= paths.wanted(place, "trial_balance", "deviations", "reproduction")
        parts = [table.name for table in catalogue().values() if table.part]
        files |= paths.wanted(place, "participants", "time_limits", "consequences", *parts)
        each = ("model_checks", "incremental", "net_benefit", "acceptability")
        files |= paths.per_analysis(place, *each)
        found |= {f"{name}.{table}": path for table, path in files.items()}
    return found


def index_settings(studies: Mapping[str, Study]) -> dict[str, dict[str, Any]]:
    """Return what the page of all studies is told: whether all of them were simulated.

    Parameters
    ----------
    studies : mapping
        Name -> study, as loaded.

    Returns
    -------
    dict
        Section ``study`` without arms, visits or periods; of real records if any study is.
    """
    simulated = all(study.base["study"]["synthetic"] for study in studies.values())
    return {"study": {"synthetic": simulated, "arms": {}, "visits": {}, "periods": {}}}
