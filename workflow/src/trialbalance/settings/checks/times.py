"""Whether horizon, visits and periods can be of one trial."""

from typing import Any

from trialbalance.contracts.problems import Finding

# Beyond this share of the horizon, values held from the last visit are told; beyond a half of it
# most of the result would be held, which is a slip of units in all but name.
TOLD, REFUSED = 0.1, 0.5


def time_findings(
    settings: dict[str, Any], file: str, lines: dict[str, int], scenario: str = "base"
) -> list[Finding]:
    """Return where a horizon reaches far beyond what was recorded.

    Parameters
    ----------
    settings : dict
        Settled settings of one scenario.
    file : str
        The study file, as messages name it.
    lines : dict
        Dotted setting -> line.
    scenario : str
        Scenario whose settings they are; it is told where it has a horizon of its own.

    Returns
    -------
    list of Finding
        One at most: an error where more than half of the horizon lies beyond the last visit and
        the last period, a note where more than a tenth lies beyond the last visit.

    Examples
    --------
    >>> study = {"horizon_years": 12.0, "visits": {"m12": 1.0}, "periods": {"year": [0.0, 1.0]}}
    >>> settings = {"study": study, "data": {"door": "records"}}
    >>> time_findings(settings, "study.yaml", {})[0].found
    '12 years, 11 of them after the last visit and the last period'
    """
    study = settings["study"]
    if settings["data"]["door"] not in ("records", "scored") or not study["visits"]:
        return []
    horizon, visit = study["horizon_years"], max(study["visits"].values())
    last = max(visit, *(end for _, end in study["periods"].values()), 0.0)
    own = f"scenarios.{scenario}.study.horizon_years"
    at = own if own in lines else "study.horizon_years"
    if horizon - last > REFUSED * horizon:
        found = f"{horizon:g} years, {horizon - last:g} of them after the last visit and the last "
        remedy = "write years, such as 1 for twelve months, or declare the later visits and periods"
        allowed = f"at most {2 * last:g}, since nothing was recorded after {last:g} years"
        return [Finding(file, lines.get(at), at, f"{found}period", allowed, remedy)]
    if visit > 0 and horizon - visit > TOLD * horizon:
        found = f"{horizon:g} years, {horizon - visit:g} of them after the last visit"
        remedy = "what the last visit measured is held to the horizon"
        return [Finding(file, lines.get(at), at, found, None, remedy, severity="note")]
    return []
