"""The certificate: each quantity of the first program beside that of the second."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from trialbalance.audit.second.tolerance import Tolerance
from trialbalance.contracts import Finding, Problems
from trialbalance.provenance.certificate import (
    AGREES,
    DIFFERS,
    EXPLAINED,
    NOT_RECOMPUTED,
    NOT_RUN,
)

COLUMNS = [
    *("quantity", "of", "numbers", "at", "ours", "second", "difference", "tolerance", "verdict"),
    *("reason", "our_version", "second_version"),
]
# What many people have is told by its sum: no participant is named in a certificate.
OF_PEOPLE = ("score", "effect", "cost of a participant")


def compare_figures(
    ours: pd.DataFrame,
    second: pd.DataFrame,
    reasons: Mapping[str, str],
    versions: tuple[str, str],
    left_out: list[tuple[str, str]] | None = None,
) -> pd.DataFrame:
    """Return the certificate of two programs.

    Parameters
    ----------
    ours, second : pandas.DataFrame
        Columns quantity, of, within and value.
    reasons : mapping of str to str
        Why a quantity differs: by its name, or by ``name: of``.
    versions : tuple of str
        Version of this program and of R.
    left_out : list of tuple of str, optional
        Quantities, and what they are of, that the second program does not compute.

    Returns
    -------
    pandas.DataFrame
        One row a quantity; where it holds many numbers, the pair that lies farthest apart and the
        threshold at which that is, or for participants the sums and the largest difference.

    Notes
    -----
    Two numbers agree when they lie no farther apart than `Tolerance` allows. A number that one of
    the two programs lacks differs.

    Examples
    --------
    >>> one = pd.DataFrame({"quantity": ["cost"], "of": ["bed / a"], "within": [""],
    ...                     "value": [100.0]})
    >>> compare_figures(one, one.assign(value=100.1), {}, ("1", "4"))["verdict"].tolist()
    ['differs']
    """
    keys = ["quantity", "of", "within"]
    both = ours.merge(second, on=keys, how="outer", suffixes=("_ours", "_second"), sort=False)
    allowed = Tolerance(ours)
    groups = both.groupby(["quantity", "of"], sort=False)
    rows = [_row(quantity, of, part, reasons, allowed) for (quantity, of), part in groups]
    rows += [
        {"quantity": quantity, "of": of, "numbers": 0, "verdict": NOT_RECOMPUTED}
        for quantity, of in left_out or []
    ]
    table = pd.DataFrame(rows, columns=COLUMNS[:-2])
    return table.assign(our_version=versions[0], second_version=versions[1])[COLUMNS]


def _row(
    quantity: str, of: str, part: pd.DataFrame, reasons: Mapping[str, str], allowed: Tolerance
) -> dict[str, object]:
    """Return the line of one quantity."""
    a, b = part["value_ours"].to_numpy(float), part["value_second"].to_numpy(float)
    blank = np.isnan(a) & np.isnan(b)
    apart = np.where(blank, 0.0, np.abs(a - b))
    apart = np.where(np.isnan(apart), np.inf, apart)
    tolerance = allowed.of(quantity, of, part["within"], np.column_stack([a, b]))
    agrees = bool((apart <= tolerance).all())
    worst = int((apart / tolerance).argmax())
    people = quantity in OF_PEOPLE
    reason = reasons.get(f"{quantity}: {of}", reasons.get(quantity))
    verdict = AGREES if agrees else EXPLAINED if reason else DIFFERS
    return {
        "quantity": quantity,
        "of": of or None,
        "numbers": int((~blank).sum()) if people else len(part),
        "at": None if people else part["within"].iloc[worst] or None,
        "ours": np.nansum(a) if people else a[worst],
        "second": np.nansum(b) if people else b[worst],
        "difference": apart[worst] if np.isfinite(apart[worst]) else np.nan,
        "tolerance": tolerance[worst],
        "verdict": verdict,
        "reason": None if agrees else reason,
    }


def not_run(our_version: str) -> pd.DataFrame:
    """Return the certificate of a machine without R: one line that says so.

    Examples
    --------
    >>> not_run("1.0")["verdict"].tolist()
    ['did not run']
    """
    row = dict.fromkeys(COLUMNS) | {"quantity": "every quantity", "numbers": 0, "verdict": NOT_RUN}
    reason = "R is not installed on the machine that made these results"
    table = pd.DataFrame([row | {"our_version": our_version, "reason": reason}], columns=COLUMNS)
    numbers = ["ours", "second", "difference", "tolerance"]
    return table.astype(dict.fromkeys(numbers, float))


def must_agree(certificate: pd.DataFrame, reasons: Mapping[str, str] | None = None) -> None:
    """Refuse to go on while a quantity differs and no reason is given.

    Parameters
    ----------
    certificate : pandas.DataFrame
        Table certificate.
    reasons : mapping of str to str, optional
        Section audit.differences; each reason must belong to a difference.

    Raises
    ------
    Problems
        One sentence a quantity, and one a reason that explains nothing.

    Examples
    --------
    >>> must_agree(not_run("1.0"))
    """
    findings = []
    for row in certificate[certificate["verdict"] == DIFFERS].itertuples():
        name = f"{row.quantity}: {row.of}" if isinstance(row.of, str) else row.quantity
        findings.append(
            Finding(
                "certificate.csv",
                int(row.Index) + 2,
                "second",
                f"{row.second:.10g} for {name}, where this program has {row.ours:.10g}",
                f"a difference up to {row.tolerance:.3g}",
                f"correct what is wrong, or give the reason in audit.differences under {name!r}",
            )
        )
    ran = not (certificate["verdict"] == NOT_RUN).any()
    told = certificate[certificate["verdict"] == EXPLAINED]
    used = set(told["quantity"]) | set(told["quantity"] + ": " + told["of"].fillna("").astype(str))
    for name in sorted(set(reasons or {}) - used) if ran else []:
        findings.append(
            Finding(
                "study.yaml",
                None,
                f"audit.differences.{name}",
                "a reason for a quantity that does not differ",
                "quantities of certificate.csv that differ",
                "take it out, or correct the name",
            )
        )
    if findings:
        raise Problems(findings)
