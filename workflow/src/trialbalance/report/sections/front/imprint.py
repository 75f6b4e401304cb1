"""What stands below the title: kind of report, authors, version, digest of the run, its plan."""

import hashlib
import json

from trialbalance.report.facts.facts import Facts
from trialbalance.report.text.markup import joined
from trialbalance.report.text.numbers import counted

# Tables of results that a digest stands for; marks for programs are no part of it.
OF_RUN = ("arms", "incremental", "endpoint_effects", "associations", "consequences")
MARKS = ("figure", "synthetic")


def run_digest(facts: Facts) -> str:
    """Return twelve digits that change with any setting or any result of the run.

    Parameters
    ----------
    facts : Facts
        The study.

    Returns
    -------
    str
        The start of the SHA-256 of settings and results; the same for the same run.

    Examples
    --------
    >>> one, other = (Facts({}, {"study": {"horizon_years": years}}) for years in (1.0, 2.0))
    >>> len(run_digest(one)), run_digest(one) == run_digest(other)
    (12, False)
    """
    told = hashlib.sha256(json.dumps(facts.settings, sort_keys=True, default=str).encode())
    for name in (None, *facts.analyses):
        for table in OF_RUN:
            frame = facts.table(table, name)
            if frame is not None:
                frame = frame.drop(columns=[mark for mark in MARKS if mark in frame])
                told.update(f"{name}.{table}".encode() + frame.to_csv(index=False).encode())
    return told.hexdigest()[:12]


def plan_words(facts: Facts) -> str:
    """Return whether a plan was locked before the results were seen, and what departed from it."""
    if not facts.planned:
        return "no locked plan"
    frame = facts.table("deviations")
    changed = 0
    if frame is not None and "changed" in frame:
        changed = int(frame["changed"].fillna(False).astype(bool).sum())
    return f"plan locked, {counted(changed, 'deviation')}" if changed else "plan locked"


def imprint(facts: Facts, kind: str) -> str:
    """Return the lines below the title, without a date of their own.

    A date would make two runs of the same data differ; the digest says which run it is.
    """
    authors = facts.part("report").get("authors") or []
    version = (facts.context.get("versions") or {}).get("trialbalance")
    made = f"made with trialbalance {version}" if version else ""
    digest = f"run {run_digest(facts)}"
    parts = [kind, "; ".join(map(str, authors)), made, digest, plan_words(facts)]
    return joined(parts, " · ")
