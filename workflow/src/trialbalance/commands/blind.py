"""Draw the key of a blind study: which neutral label stands for which arm."""

import secrets

import yaml

from trialbalance.contracts import Finding, Problems
from trialbalance.settings.blinding import KEY, neutral_names
from trialbalance.settings.load import find_study, load_study


def draw_key(named: str) -> list[str]:
    """Write the key of a study beside its study file, drawn by lot.

    Parameters
    ----------
    named : str
        Name of a study under config/studies, its folder, or its study.yaml.

    Returns
    -------
    list of str
        What to do next, one line each.

    Raises
    ------
    Problems
        There is a key already, or a mistake in the study file.
    """
    study = load_study(find_study(named), as_recorded=True)
    path = study.folder / KEY
    if path.exists():
        remedy = "keep it: another key would give the arms other labels"
        raise Problems([Finding(str(path), found="a key drawn before", remedy=remedy)])
    arms = list(study.base["study"]["arms"])
    secrets.SystemRandom().shuffle(arms)
    head = (
        "# Which label stands for which arm. Keep it from those who analyse, and out of results.\n"
    )
    text = yaml.safe_dump(dict(zip(neutral_names(len(arms)), arms, strict=True)))
    path.write_text(head + text, encoding="utf-8")
    return [
        f"drew {path} for {len(arms)} arms",
        "write study.blind: true; false, and the next run is unblinded",
    ]
