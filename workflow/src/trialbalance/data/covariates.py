"""Covariates: the columns of participants (or totals) that a study declares for itself."""

from pathlib import Path

import pandas as pd
from pandas.api.types import is_string_dtype

from trialbalance.contracts import Finding
from trialbalance.contracts.checks.columns import same_column
from trialbalance.contracts.checks.parsing import infer
from trialbalance.contracts.files import read_head


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
    >>> from trialbalance.settings.sections.data import Covariate
    >>> sex = Covariate(type="category", levels=["female", "male"]).model_dump()
    >>> covariate_fields({"sex": sex})[0]["type"]
    'string'
    """
    fields = []
    for name, rule in covariates.items():
        rules = {key: rule[key] for key in ("minimum", "maximum") if rule[key] is not None}
        if rule["levels"]:
            rules["enum"] = list(rule["levels"])
        kind = "string" if rule["type"] == "category" else rule["type"]
        field = {"name": name, "type": kind, "constraints": rules}
        field |= {"category": True} if rule["type"] == "category" else {}
        fields.append(field | {"description": rule["label"] or "Covariate of this study."})
    return fields


def numbered_categories(frame: pd.DataFrame, file: str, section: dict) -> list[Finding]:
    """Refuse categories coded by numbers: later stages would take them for quantities."""
    findings = []
    for name, rule in section["covariates"].items():
        if rule["type"] != "category" or name not in frame or frame[name].isna().all():
            continue
        if not is_string_dtype(infer(frame[name].astype("str").fillna("")).dtype):
            row = frame[name].first_valid_index()
            found = f"'{frame.loc[row, name]}', a category written as a number"
            allowed = "words, such as band_1"
            remedy = "write words, or declare the covariate as number or boolean"
            findings.append(Finding(file, int(row), name, found, allowed, remedy))
    return findings


def _columns_of(path: Path, file: str) -> list[str]:
    """Return the names of the columns that a file has."""
    if path.suffix == ".parquet":
        import pyarrow.parquet as reader

        return reader.read_schema(path).names
    return read_head(path, file)[0]


def absent_covariates(
    frame: pd.DataFrame, path: Path, file: str, section: dict, table: str, known: list[Finding]
) -> list[Finding]:
    """Refuse a file without a covariate that the study declares, unless already told."""
    if frame is None or table not in ("participants", "totals"):
        return []
    there = _columns_of(Path(path), file)
    told = {one.column for one in known if one.row == 1}
    findings = []
    for name in section["covariates"]:
        if name not in there and name not in told:
            near = same_column(name, there)
            remedy = f"rename column '{near}' to '{name}'" if near else f"add column '{name}'"
            remedy += ", or remove it from data.covariates"
            found = f"no column '{name}', a covariate of the study"
            findings.append(Finding(file, 1, name, found, "every declared covariate", remedy))
    return findings
