"""Column names held against a contract."""

from trialbalance.contracts.keys import show
from trialbalance.contracts.problems import Finding
from trialbalance.contracts.schemas import marks, meant, nearest, quoted_list


def check_columns(names: list[str], contract: dict, file: str, lenient: bool) -> list[Finding]:
    """Hold the column names of a table against its contract.

    Parameters
    ----------
    names : list of str
        Columns found.
    contract : dict
        Contract of the table.
    file : str
        Name of the file for the findings.
    lenient : bool
        Whether a column that may be blank throughout may be left out.

    Returns
    -------
    list of Finding
        Missing and unexpected columns, with the nearest spelling.

    Examples
    --------
    >>> contract = {"fields": [{"name": "item", "constraints": {"required": True}}]}
    >>> check_columns(["itm"], contract, "x.csv", False)[0].remedy
    "rename column 'itm' to 'item'"
    """
    known = [field["name"] for field in contract["fields"]]
    strangers = [name for name in names if name not in known and name not in marks(contract)]
    findings, used = [], set()
    for field in contract["fields"]:
        name = field["name"]
        if name in names:
            continue
        close = nearest(name, [other for other in strangers if other not in used])
        if close is None and lenient and not field.get("constraints", {}).get("required"):
            continue
        remedy = f"add column '{name}'"
        if close:
            used.add(close)
            remedy = f"rename column '{close}' to '{name}'"
        found = f"no column '{name}'"
        allowed = f"columns {quoted_list(known, 30)}"
        findings.append(Finding(file, 1, name, found, allowed, remedy))
    if contract.get("fieldsMatch") != "subset":
        for name in strangers:
            if name not in used:
                allowed = f"columns {quoted_list(known, 30)}"
                remedy = f"remove the column{meant(name, known)}"
                found = f"an unexpected column {show(name)}"
                findings.append(Finding(file, 1, name, found, allowed, remedy))
    return findings
