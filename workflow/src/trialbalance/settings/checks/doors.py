"""Settings that a study's door needs or does not serve, and a horizon beyond what it records."""

from trialbalance.contracts.problems import Finding
from trialbalance.settings.checks.checked import Checked
from trialbalance.settings.study_file import OF_PARTS

# Doors that hand over people, of whom costs and outcomes are worked out.
PEOPLE = ("records", "scored")
# Beyond this share of the horizon, values held from the last visit are told; beyond a half of it
# most of the result would be held, which is a slip of units in all but name.
TOLD, REFUSED = 0.1, 0.5


def door_findings(checked: Checked) -> list[Finding]:
    """Return what a study lacks for its door, and what it asks for that its door cannot give.

    Parameters
    ----------
    checked : Checked
        Settings of one scenario.

    Returns
    -------
    list of Finding

    Examples
    --------
    >>> from pathlib import Path
    >>> settings = {"data": {"door": "totals"}, "analyses": {}}
    >>> door_findings(Checked(settings, Path("study.yaml"), {}))[0].remedy
    'add one'
    """
    door = checked.settings["data"]["door"]
    at_the_door = {"draws": _of_draws, "records": _scores_not_handed_over}.get(door)
    found = at_the_door(checked) if at_the_door else []
    if not checked.settings["analyses"] and door not in PEOPLE:
        allowed = "one analysis or more, since people are described at doors records and scored"
        found.append(checked.finding("analyses", "none", allowed, "add one"))
    for word in ("costs", "outcomes") if door in PEOPLE else ():
        if checked.settings[word] is None:
            allowed = f"a section {word}, since data.door is {door}"
            found.append(checked.finding(word, "no such section", allowed, "add it"))
    return found


def _of_draws(checked: Checked) -> list[Finding]:
    """Return what draws of means cannot serve."""
    found, analyses = [], checked.settings["analyses"]
    at = "decision.missing_not_at_random"
    if checked.settings["decision"]["missing_not_at_random"] is not None:
        remedy = "remove it: draws of means do not say who was unobserved"
        what, allowed = "a section, and data.door draws", "none at this door"
        found.append(checked.finding(at, what, allowed, remedy))
    if len(analyses) > 1:
        allowed, remedy = "one, since data.door is draws", "make one study for each set of draws"
        found.append(checked.finding("analyses", f"{len(analyses)} analyses", allowed, remedy))
    return found


def _scores_not_handed_over(checked: Checked) -> list[Finding]:
    """Return the measures that are declared as given where no table of the study holds them."""
    data = checked.settings["data"]
    given = (checked.settings["outcomes"] or {}).get("measures_given")
    if not given or data["mapping"] or "measures_given" in data["files"]:
        return []
    allowed = "measures of a table measures_given, which the study does not hand over"
    remedy = "name the file of their scores under data.files"
    return [checked.finding("outcomes.measures_given", ", ".join(given), allowed, remedy)]


def misplaced_settings(checked: Checked) -> list[Finding]:
    """Return settings of the whole study that stand in an analysis.

    Parameters
    ----------
    checked : Checked
        Settings of one scenario.

    Returns
    -------
    list of Finding
        One a setting.

    Examples
    --------
    >>> from pathlib import Path
    >>> settings = {"analyses": {"one": {"model": {"endpoints": {}, "chains": 2}}}}
    >>> [one.column for one in misplaced_settings(Checked(settings, Path("study.yaml"), {}))]
    ['analyses.one.model.endpoints']
    """
    return [
        checked.finding(
            f"analyses.{name}.model.{word}",
            "a setting of the whole study",
            "settings of a fit",
            f"write it in section model, as model.{word}",
        )
        for name, analysis in checked.settings["analyses"].items()
        for word in sorted(OF_PARTS & set(analysis["model"]))
    ]


def lone_arm(checked: Checked) -> list[Finding]:
    """Note a study of one arm: it is described, and nothing is compared.

    Parameters
    ----------
    checked : Checked
        Settings of the base case.

    Returns
    -------
    list of Finding
        A note, or nothing.

    Examples
    --------
    >>> from pathlib import Path
    >>> settings = {"study": {"arms": {"new": {}}}, "analyses": {"main": {}}}
    >>> lone_arm(Checked(settings, Path("study.yaml"), {}))[0].found
    'one arm, new, and none to compare it with'
    """
    arms = list(checked.settings["study"]["arms"])
    if len(arms) > 1:
        return []
    found = f"one arm, {arms[0]}, and none to compare it with"
    remedy = (
        "mean cost and effect are reported, no difference, ratio or probability; declare the other "
        "arm if there is one"
    )
    return [checked.finding("study.arms", found, None, remedy, severity="note")]


def time_findings(checked: Checked) -> list[Finding]:
    """Return where a horizon reaches far beyond what was recorded.

    Parameters
    ----------
    checked : Checked
        Settled settings of one scenario.

    Returns
    -------
    list of Finding
        One at most: an error where more than half of the horizon lies beyond the last visit and
        the last period, a note where more than a tenth lies beyond the last visit.

    Examples
    --------
    >>> from pathlib import Path
    >>> study = {"horizon_years": 12.0, "visits": {"m12": 1.0}, "periods": {"year": [0.0, 1.0]}}
    >>> settings = {"study": study, "data": {"door": "records"}}
    >>> time_findings(Checked(settings, Path("study.yaml"), {}))[0].found
    '12 years, 11 of them after the last visit and the last period'
    """
    study = checked.settings["study"]
    if checked.settings["data"]["door"] not in PEOPLE or not study["visits"]:
        return []
    horizon, visit = study["horizon_years"], max(study["visits"].values())
    last = max(visit, *(end for _, end in study["periods"].values()), 0.0)
    at = checked.place("study.horizon_years")
    if horizon - last > REFUSED * horizon:
        found = f"{horizon:g} years, {horizon - last:g} of them after the last visit and the last "
        remedy = "write years, such as 1 for twelve months, or declare the later visits and periods"
        allowed = f"at most {2 * last:g}, since nothing was recorded after {last:g} years"
        return [checked.finding(at, f"{found}period", allowed, remedy)]
    if visit > 0 and horizon - visit > TOLD * horizon:
        found = f"{horizon:g} years, {horizon - visit:g} of them after the last visit"
        remedy = "what the last visit measured is held to the horizon"
        return [checked.finding(at, found, None, remedy, severity="note")]
    return []
