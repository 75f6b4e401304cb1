"""A second opinion asked for by hand: a finished study computed again in R, and compared."""

from pathlib import Path

from trialbalance import contracts
from trialbalance.audit.second import certificate_sentence, certify_study
from trialbalance.audit.second.certificate import DIFFERS
from trialbalance.audit.second.inputs import read_first
from trialbalance.contracts import Finding, Problems
from trialbalance.graph import audit_paths, paths
from trialbalance.settings.load import find_study, load_study
from trialbalance.settings.resolve import certificate_settings

SHOWN = 20


def certify(named: str, results: Path) -> list[str]:
    """Compute a finished study again in R and write its certificate.

    Parameters
    ----------
    named : str
        Name of a study under config/studies, its folder, or its study.yaml.
    results : Path
        The results folder.

    Returns
    -------
    list of str
        The certificate in a sentence, the first quantities that differ, and where it stands.

    Raises
    ------
    Problems
        When the study has not run as far as its decisions, or R stops.
    """
    study = load_study(find_study(named))
    place = paths.Place(study)
    found = audit_paths.second_inputs(place)
    files = {name: path.replace("<results>", str(results)) for name, path in found.items()}
    lost = [path for path in files.values() if not Path(path).is_file()]
    if lost:
        raise Problems(
            [
                Finding(
                    lost[0],
                    found=f"no such file, and {len(lost) - 1} more" if lost[1:] else "no such file",
                    allowed="the results of a run",
                    remedy="run the study first, or say where its results are with --results",
                )
            ]
        )
    settings = certificate_settings(study)
    folder = results / study.name / "audit"
    certificate = certify_study(
        Path(files["template"]).read_text(encoding="utf-8"),
        settings,
        files,
        read_first(files, settings),
        folder / "second" / "second_opinion.R",
        folder / "second" / "figures.csv",
    )
    target = folder / "certificate.csv"
    contracts.write(certificate, target, "certificate", settings["study"]["synthetic"])
    differ = certificate[certificate["verdict"] == DIFFERS].head(SHOWN)
    lines = [
        f"{row.quantity}: {row.of}: here {row.ours:.10g}, there {row.second:.10g}"
        for row in differ.itertuples()
    ]
    return [certificate_sentence(certificate), *lines, f"written: {target}"]
