"""Periods and the visits that ask about them, checked before anything is valued."""

from trialbalance.contracts import Finding


def check_periods(study: dict, section: dict) -> list[Finding]:
    """Check that periods can be costed: none across the index date, every interview with a visit.

    Parameters
    ----------
    study : dict
        Study settings; `periods`, `visits` and `horizon_years` are read.
    section : dict
        Cost settings; `items` and `interviews` are read.

    Returns
    -------
    list of Finding
        Errors only; gaps and overlaps are notes of the costing.

    Examples
    --------
    >>> study = {"periods": {"odd": [-0.5, 0.5]}, "visits": {"baseline": 0.0}}
    >>> print(check_periods(study, {"items": {}})[0].sentence())
    study.yaml, setting study.periods.odd: found -0.5 to 0.5; allowed: before the index date (0) \
or after it, not both; divide it at 0.
    """
    findings = []
    for period, (start, end) in study["periods"].items():
        where = f"study.periods.{period}"
        if end <= start:
            findings.append(
                Finding("study.yaml", None, where, f"{start} to {end}", "an end after its start")
            )
        elif start < 0 < end:
            findings.append(
                Finding(
                    "study.yaml",
                    None,
                    where,
                    f"{start} to {end}",
                    "before the index date (0) or after it, not both",
                    "divide it at 0",
                )
            )
    if any(entry["source"] == "interview" for entry in section["items"].values()):
        findings += _interviews_without_visit(study, section)
    return findings


def _interviews_without_visit(study: dict, section: dict) -> list[Finding]:
    findings = []
    named = section["interviews"]
    for period, visit in named.items():
        where = f"costs.interviews.{period}"
        if period not in study["periods"]:
            allowed = ", ".join(study["periods"])
            findings.append(Finding("study.yaml", None, where, f"period {period}", allowed))
        if visit not in study["visits"]:
            allowed = ", ".join(study["visits"])
            findings.append(Finding("study.yaml", None, where, f"visit {visit}", allowed))
    for period in study["periods"]:
        if closing_visit(period, study, section) is None:
            findings.append(
                Finding(
                    "study.yaml",
                    None,
                    f"costs.interviews.{period}",
                    "no visit at the end of the period",
                    ", ".join(study["visits"]),
                    "name the visit whose interview asks about it",
                )
            )
    return findings


def closing_visit(period: str, study: dict, section: dict) -> str | None:
    """Return the visit whose interview asks about a period.

    Parameters
    ----------
    period : str
        Period of the study.
    study : dict
        Study settings; `periods` and `visits` are read.
    section : dict
        Cost settings; `interviews` is read.

    Returns
    -------
    str or None
        The visit named in the settings, else the one at the period's end, else None.

    Examples
    --------
    >>> study = {"periods": {"first": [0.0, 0.5]}, "visits": {"baseline": 0.0, "month_6": 0.5}}
    >>> closing_visit("first", study, {"interviews": {}})
    'month_6'
    """
    named = section["interviews"].get(period)
    if named is not None:
        return named
    end = study["periods"][period][1]
    return next((v for v, time in study["visits"].items() if abs(time - end) < 1e-9), None)
