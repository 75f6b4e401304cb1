"""What a setting allows, in the words of the manual: no pattern, no class, no tag."""

from typing import Any, get_args

from pydantic import BaseModel

from trialbalance.settings.section import sections_in

NAME = "small letters, digits and _, a letter first, at most 41"
FILE_NAME = "letters, digits and _"
# Every pattern of a setting, in words; a test holds the list complete.
PATTERNS = {
    r"^[a-z][a-z0-9_]{0,40}$": NAME,
    r"^[A-Za-z][A-Za-z0-9_]{0,60}$": "letters, digits and _, a letter first, at most 61",
    r"^[A-Za-z0-9_]+$": FILE_NAME,
    r"^[A-Z]{3}$": "three capital letters, such as GBP",
    r"^[0-9]{4}(/[0-9]{2})?$": "a year such as 2020, or 2020/21",
    r"^\d{4}-\d{2}-\d{2}$": "a date such as 2020-01-31",
    r"^#[0-9A-Fa-f]{6}$": "a colour such as #1A6FB0",
    r"^[0-9a-f]{64}$": "64 digits and letters from a to f, as sha256sum prints",
    r"^[\w-]+(/[\w-]+)*\.(svg|png)$": "an SVG or PNG file in the study's folder",
}
KINDS = {
    "string_type": "text",
    "string_sub_type": "text",
    "string_unicode": "text",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_parsing_size": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "finite_number": "a number that ends",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "dict_type": "a map: names with a value each",
    "list_type": "a list",
    "tuple_type": "a list",
    "model_type": "a section: settings with a value each",
    "model_attributes_type": "a section: settings with a value each",
    "date_type": "a date such as 2020-01-31",
    "date_parsing": "a date such as 2020-01-31",
    "date_from_datetime_parsing": "a date such as 2020-01-31",
    "date_from_datetime_inexact": "a date such as 2020-01-31",
    "none_required": "nothing",
    "invalid_key": "a word as its name",
}


def allowed_in_words(problem: dict[str, Any]) -> str:
    """Return what would have been allowed where the validator found something else.

    Parameters
    ----------
    problem : dict
        One error of pydantic: type, ctx, msg.

    Returns
    -------
    str
        Words of the manual.

    Examples
    --------
    >>> allowed_in_words({"type": "string_too_short", "ctx": {"min_length": 1}})
    'text that is not empty'
    >>> allowed_in_words({"type": "string_pattern_mismatch", "ctx": {"pattern": "^[A-Z]{3}$"}})
    'three capital letters, such as GBP'
    """
    kind, given = problem["type"], problem.get("ctx") or {}
    if kind == "string_pattern_mismatch":
        return PATTERNS[given["pattern"]]
    if kind == "literal_error":
        return given["expected"]
    if kind == "string_too_short":
        least = given["min_length"]
        return "text that is not empty" if least == 1 else f"at least {least} letters"
    if kind == "string_too_long":
        return f"at most {given['max_length']} letters"
    if kind == "too_short":
        return f"at least {_entries(given['min_length'])}"
    if kind == "too_long":
        return f"at most {_entries(given['max_length'])}"
    return KINDS.get(kind, "another value, as the manual (config/README.md) says")


def _entries(count: int) -> str:
    return f"{count} entry" if count == 1 else f"{count} entries"


def kinds_of(sections: list[type[BaseModel]]) -> dict[str, type[BaseModel]]:
    """Return the sections that may stand at one place, by the value of ``kind`` that chooses one.

    Examples
    --------
    >>> from trialbalance.settings.sections.outcomes import OutcomesSettings
    >>> tools = sections_in(OutcomesSettings.model_fields["instruments"].annotation)
    >>> sorted(kinds_of(tools))[-1]
    'value_set'
    """
    found = {}
    for section in sections:
        info = section.model_fields.get("kind")
        words = get_args(info.annotation) if info is not None else ()
        found |= dict.fromkeys(map(str, words), section)
    return found


def sections_at(model: type[BaseModel], place: tuple[str, ...]) -> list[type[BaseModel]]:
    """Return the sections that may stand at a place of a study file.

    Parameters
    ----------
    model : type
        Section where the place begins.
    place : tuple of str
        Names of settings, of entries of maps, and tags of kinds.

    Returns
    -------
    list of type
        More than one where ``kind`` chooses; none where no section stands.
    """
    here = [model]
    for word in place:
        annotations = [
            section.model_fields[word].annotation
            for section in here
            if word in section.model_fields
        ]
        if annotations:
            here = [one for annotation in annotations for one in sections_in(annotation)]
        elif word in (kinds := kinds_of(here)):
            here = [kinds[word]]
    return here
