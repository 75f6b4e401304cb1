"""Covariates: the columns of participants (or totals) that a study declares for itself."""

from pathlib import Path

from pandas.api.types import is_string_dtype

from trialbalance import contracts
from trialbalance.contracts import Finding
from trialbalance.contracts.files import read_head
from trialbalance.contracts.parsing import infer


def covariate_fields(covariates: dict) -> list[dict]:
    """Turn the covariates of a study into fields of a contract.

    Parameters
    ----------
    covariates : dict
        Covariate → type, levels, minimum, maximum, label, unit.

    Returns
    -------
    list of dict
        Fields as contracts hold them.

    Examples
    --------
    >>> covariate_fields({"sex": {"type": "category", "levels": ["female", "male"]}})[0]["type"]
    'string'
    """
    fields = []
    for name, rule in covariates.items():
        rules = {key: rule[key] for key in ("minimum", "maximum") if rule.get(key) is not None}
        if rule.get("levels"):
            rules["enum"] = list(rule["levels"])
        kind = "string" if rule["type"] == "category" else rule["type"]
        field = {"name": name, "type": kind, "constraints": rules}
        fields.append(field | {"description": rule.get("label") or "Covariate of this study."})
    return fields


def numbered_categories(frame, file, section) -> list[Finding]:
    """Refuse categories coded by numbers: later stages would take them for quantities."""
    findings = []
    for name, rule in section.get("covariates", {}).items():
        if rule["type"] != "category" or name not in frame or frame[name].isna().all():
            continue
        if not is_string_dtype(infer(frame[name].astype("str").fillna("")).dtype):
            row = frame[name].first_valid_index()
            found = f"'{frame.loc[row, name]}', a category written as a number"
            allowed = "words, such as band_1"
            remedy = "write words, or declare the covariate as number or boolean"
            findings.append(Finding(file, int(row), name, found, allowed, remedy))
    return findings


def absent_covariates(frame, path, file, section, table, known) -> list[Finding]:
    """Refuse a file without a covariate that the study declares, unless already told."""
    if frame is None or table not in ("participants", "totals"):
        return []
    if Path(path).suffix == ".parquet":
        return []
    there = read_head(Path(path), file)[0]
    told = {one.column for one in known if one.row == 1}
    findings = []
    for name in section.get("covariates", {}):
        if name not in there and name not in told:
            near = contracts.nearest(name, there)
            remedy = f"rename column '{near}' to '{name}'" if near else f"add column '{name}'"
            remedy += ", or remove it from data.covariates"
            found = f"no column '{name}', a covariate of the study"
            findings.append(Finding(file, 1, name, found, "every declared covariate", remedy))
    return findings
