"""Lock a study's analysis plan: its digest, date and settings, stored beside it."""

import datetime
from pathlib import Path

import yaml

from trialbalance.audit.standards.deviations import digest_of, flat, plan_files, planned
from trialbalance.contracts import Finding, Problems
from trialbalance.graph import audit_paths
from trialbalance.provenance.digest import file_digest
from trialbalance.provenance.record import versions
from trialbalance.settings.load import find_study, load_study
from trialbalance.settings.resolve import settled
from trialbalance.settings.yamlfile import read_yaml


def lock(named: str) -> list[str]:
    """Store the digest and date of a study's analysis plan and its settings.

    Parameters
    ----------
    named : str
        Name of a study under config/studies, its folder, or its study.yaml.

    Returns
    -------
    list of str
        What was locked, one line each.

    Raises
    ------
    Problems
        The study has no analysis plan, is locked already, or has a mistake.
    """
    study = load_study(find_study(named), as_recorded=True)
    place = audit_paths.Place(study)
    target, plan = Path(audit_paths.lock_file(study)), Path(audit_paths.plan_file(study))
    if target.exists():
        date = read_yaml(target)[0].get("locked_on")
        remedy = "later changes are deviations; give their reasons under audit.deviations"
        raise Problems([Finding(str(target), found=f"a plan locked on {date}", remedy=remedy)])
    if not plan.is_file():
        found, remedy = "no analysis plan", f"write {plan.name} beside study.yaml, then lock it"
        raise Problems([Finding(str(plan), found=found, remedy=remedy)])
    settings = {name: planned(settled(study, name)) for name in study.declared}
    content = {
        "locked_on": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "version": versions().get("trialbalance", ""),
        "files": {name: file_digest(path) for name, path in plan_files(place).items()},
        "settings_sha256": digest_of(settings),
        "settings": settings,
    }
    head = "# Written by trialbalance lock. What differs from it later is listed as a deviation.\n"
    text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=100)
    target.write_text(head + text, encoding="utf-8")
    count = sum(len(flat(one)) for one in settings.values())
    return [
        f"locked {plan.name} and {count} settings of {study.name} on {content['locked_on']}",
        f"keep {target} with the study",
    ]
