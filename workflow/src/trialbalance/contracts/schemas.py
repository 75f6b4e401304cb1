"""The contract files: found, loaded, and put in words."""

import copy
from functools import cache
from pathlib import Path

import yaml

from trialbalance import house
from trialbalance.contracts.spelling import meant, quoted_list

SYNTHETIC = {
    "name": "synthetic",
    "type": "boolean",
    "description": "Whether the row stems from simulated data.",
    "constraints": {"required": True},
}
FIGURE = {
    "name": "figure",
    "type": "string",
    "description": "Identifier of the row; a figure is this, a point and the name of its column.",
    "constraints": {"required": True},
}

# What a contract says of its table and not of its rows: read by the catalogue alone.
OF_THE_TABLE = ("order", "handed_over", "written", "reported")


@cache
def _files(schemas: Path) -> dict[str, Path]:
    found = {path.stem: path for path in (schemas / "tables").glob("*/*.yaml")}
    return dict(sorted(found.items()))


def contract_files() -> dict[str, Path]:
    """Return the file of each contract, by the name of its table, in alphabetical order."""
    return _files(house.schemas())


@cache
def _shared(path: Path) -> dict[str, dict]:
    return _parsed(path)


def _parsed(path: Path) -> dict:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(path.read_text(encoding="utf-8"), Loader=loader)


@cache
def load(path: Path) -> dict:
    """Return a contract file as it stands, shared columns filled in.

    Parameters
    ----------
    path : pathlib.Path
        File of the contract.

    Returns
    -------
    dict
        One object for all who ask; it must not be changed.
    """
    found = _parsed(path)
    if "fields" in found:
        shared = _shared(house.schemas() / "fields.yaml")
        found["fields"] = [_field(one, shared) for one in found["fields"]]
    return found


def _field(said: str | dict, shared: dict[str, dict]) -> dict:
    """Return a column as its contract says it, over what tables share of that name."""
    own = {"name": said} if isinstance(said, str) else said
    if isinstance(said, str) and said not in shared:
        raise KeyError(f"no shared column {said!r} in fields.yaml{meant(said, shared)}")
    laid = {"name": own["name"], **shared.get(own["name"], {}), **own}
    order = ("name", "type", "unit", "description", "vocabulary")
    laid = {key: laid[key] for key in (*order, *laid) if key in laid}
    return {key: value for key, value in laid.items() if value is not None}


def schema(name: str, extra: list[dict] | None = None) -> dict:
    """Load the contract of a table.

    Parameters
    ----------
    name : str
        Name of the table, such as ``ledger``.
    extra : list of dict, optional
        Further fields, such as the covariates that a study declares.

    Returns
    -------
    dict
        A Frictionless Table Schema; a fresh copy at each call.

    Raises
    ------
    KeyError
        If no contract has that name.

    Examples
    --------
    >>> schema("visits")["primaryKey"]
    ['participant_id', 'visit']
    """
    if name not in contract_files():
        raise KeyError(f"no contract for table {name!r}{meant(name, tables())}")
    whole = load(contract_files()[name])
    found = copy.deepcopy({key: whole[key] for key in whole if key not in OF_THE_TABLE})
    known = {field["name"] for field in found["fields"]}
    found["fields"] += [field for field in extra or [] if field["name"] not in known]
    return found


def printed(name: str) -> dict | bool:
    """Return what the contract of a table says of the report: that it is read, or how printed.

    Examples
    --------
    >>> printed("deviations")["section"]
    'about'
    """
    return load(contract_files()[name]).get("reported", False)


def tables() -> list[str]:
    """List the tables that have a contract, in alphabetical order.

    Returns
    -------
    list of str
        Names that ``schema`` accepts.

    Examples
    --------
    >>> "participants" in tables()
    True
    """
    return list(contract_files())


def descriptor(name: str, extra: list[dict] | None = None) -> dict:
    """Give the contract of a table as it stands in a written file.

    Parameters
    ----------
    name : str
        Name of the table.
    extra : list of dict, optional
        Further fields of this study.

    Returns
    -------
    dict
        The contract with the columns ``figure`` (where rows are figures) and ``synthetic``, for
        any Frictionless validator.

    Examples
    --------
    >>> descriptor("visits")["fields"][-1]["name"]
    'synthetic'
    """
    found = schema(name, extra)
    if "figures" in found:
        found["fields"].append(copy.deepcopy(FIGURE))
    if found.get("marked", True):
        found["fields"].append(copy.deepcopy(SYNTHETIC))
    return found


def marks(contract: dict) -> list[str]:
    """Return the columns that writing adds and reading takes away.

    Examples
    --------
    >>> marks({"figures": ["arm"]}), marks({})
    (['figure', 'synthetic'], ['synthetic'])
    """
    return ["figure", "synthetic"] if "figures" in contract else ["synthetic"]


def keys(contract: dict) -> list[str]:
    """Return the primary key of a contract as a list, empty when it has none.

    Examples
    --------
    >>> keys({"primaryKey": "item", "fields": []})
    ['item']
    """
    key = contract.get("primaryKey", [])
    return [key] if isinstance(key, str) else list(key)


def allowed_values(field: dict, vocabularies: dict | None) -> list[str] | None:
    """Return the values that a column may hold, or None when they are not listed.

    Examples
    --------
    >>> allowed_values({"name": "arm", "vocabulary": "arms"}, {"arms": ["cto", "leave"]})
    ['cto', 'leave']
    """
    listed = field.get("constraints", {}).get("enum")
    if listed is not None:
        return [str(value) for value in listed]
    name = field.get("vocabulary")
    if name and vocabularies and vocabularies.get(name) is not None:
        return [str(value) for value in vocabularies[name]]
    return None


def in_words(field: dict, vocabularies: dict | None = None) -> str:
    """Say in words what a column may hold.

    Parameters
    ----------
    field : dict
        One field of a contract.
    vocabularies : dict of str to list of str, optional
        Values known to the study, by vocabulary.

    Returns
    -------
    str
        A phrase fit to follow "allowed:".

    Examples
    --------
    >>> in_words({"name": "q", "type": "number", "constraints": {"minimum": 0}})
    'a number, 0 or more, or blank'
    """
    rules = field.get("constraints", {})
    listed = allowed_values(field, vocabularies)
    kinds = {
        "number": "a number",
        "integer": "a whole number",
        "date": "a date such as 2020-01-31 (year-month-day)",
        "boolean": "true or false",
        "year": "a year of four digits",
        "string": "text",
    }
    words = f"one of {quoted_list(listed)}" if listed else kinds[field.get("type", "string")]
    low, high = rules.get("minimum"), rules.get("maximum")
    if low is not None and high is not None:
        words += f"{',' if field.get('type') == 'date' else ''} from {low} to {high}"
    elif low is not None:
        words += f", {low} or {'later' if field.get('type') == 'date' else 'more'}"
    elif high is not None:
        words += f", {high} or {'earlier' if field.get('type') == 'date' else 'less'}"
    if rules.get("pattern") and not listed:
        words += f" of the pattern {rules['pattern']}"
    return words if rules.get("required") else words + ", or blank"
