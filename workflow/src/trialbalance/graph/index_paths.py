"""Which files the page of all studies reads."""

from collections.abc import Mapping

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
            "trial_balance": f"{folder}/audit/trial_balance.csv",
            "deviations": f"{folder}/audit/deviations.csv",
        }
        if study.base["published"]:
            files["reproduction"] = f"{folder}/audit/reproduction.csv"
        files |= paths.wanted(place, data=("participants",), legal=("time_limits",))
        files |= paths.described(place) | paths.part_tables(place)
        files |= paths.per_analysis(
            place,
            model=("model_checks",),
            decision=("incremental", "net_benefit", "acceptability"),
        )
        found |= {f"{name}.{table}": path for table, path in files.items()}
    return found
