"""The contract files: found, loaded, and put in words."""

import copy
import difflib
from functools import cache

import yaml

from trialbalance import house
from trialbalance.contracts.row_ids import FIGURE

SYNTHETIC = {
    "name": "synthetic",
    "type": "boolean",
    "description": "Whether the row stems from simulated data.",
    "constraints": {"required": True},
}


@cache
def _load(name: str) -> dict:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    text = (house.schemas() / "tables" / f"{name}.yaml").read_text(encoding="utf-8")
    return yaml.load(text, Loader=loader)


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
    if not (house.schemas() / "tables" / f"{name}.yaml").is_file():
        raise KeyError(f"no contract for table {name!r}{meant(name, tables())}")
    found = copy.deepcopy(_load(name))
    known = {field["name"] for field in found["fields"]}
    found["fields"] += [field for field in extra or [] if field["name"] not in known]
    return found


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
    return sorted(path.stem for path in (house.schemas() / "tables").glob("*.yaml"))


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


def nearest(name: str, known) -> str | None:
    """Return the known spelling nearest to a name, or None when none is near.

    Parameters
    ----------
    name : str
        What was written.
    known : iterable of str
        What could have been meant.

    Returns
    -------
    str or None
        The nearest known spelling.

    Examples
    --------
    >>> nearest("quantitty", ["quantity", "item"])
    'quantity'
    >>> nearest("Female", ["female", "male"])
    'female'
    """
    folded = {str(option).strip().lower().replace(" ", "_"): str(option) for option in known}
    wanted = str(name).strip().lower().replace(" ", "_")
    close = difflib.get_close_matches(wanted, list(folded)[:5000], n=1, cutoff=0.6)
    return folded[close[0]] if close else None


def meant(name: str, known) -> str:
    """Return a hint naming the nearest spelling, or nothing when none is near.

    Examples
    --------
    >>> meant("visist", ["visits"])
    "; perhaps 'visits' was meant"
    """
    close = nearest(name, known)
    return f"; perhaps '{close}' was meant" if close else ""


def quoted_list(values, limit: int = 12) -> str:
    """Return values quoted and joined, the tail counted when there are many.

    Examples
    --------
    >>> quoted_list(["a", "b", "c"], limit=2)
    "'a', 'b' and 1 other"
    """
    values = [str(value) for value in values]
    shown = ", ".join(f"'{value}'" for value in values[:limit])
    rest = len(values) - limit
    if rest > 0:
        shown += f" and {rest} other{'s' if rest > 1 else ''}"
    return shown or "nothing"


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
