"""What a mapping writes as text: codes, marks, formats of dates and factors."""

import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator

from trialbalance.settings.section import Refused

Reason = Literal["not_answered", "not_asked"]


def as_word(value: Any) -> Any:
    """Return a code as the text that stands in an export; a bare yes or no is refused."""
    if isinstance(value, bool):
        raise Refused(
            "yes, no, true or false without quotation marks", "the word in quotation marks"
        )
    if isinstance(value, int | float):
        return f"{value:g}" if isinstance(value, float) else str(value)
    return value


def _words(value: Any) -> Any:
    """Return a map whose keys, and plain values, are text."""
    if not isinstance(value, dict):
        return value
    return {
        as_word(key): one if isinstance(one, list | dict) else as_word(one)
        for key, one in value.items()
    }


def _many(value: Any) -> Any:
    """Return one word, or a list of words, as a list of words."""
    return [as_word(one) for one in (value if isinstance(value, list) else [value])]


def _formats(value: Any) -> Any:
    """Return formats of dates as a list, each with its day, month and year."""
    found = _many(value)
    for one in found:
        codes = re.findall(r"%(.?)", str(one))
        if not codes or set(codes) - set("dmyYbBjHMSfpIzZaA%"):
            allowed = "codes such as %d (day), %m (month), %Y (year of four digits), %y (of two)"
            raise Refused(str(one), allowed)
    return found


def _many_each(value: Any) -> Any:
    """Return a map of words to lists of words; a list stands for a map to itself."""
    if isinstance(value, list):
        return {as_word(one): [as_word(one)] for one in value}
    if not isinstance(value, dict):
        return value
    return {as_word(key): _many(one) for key, one in value.items()}


def _ratio(value: Any) -> Any:
    """Return a factor written as a ratio, such as 1/60, as a number."""
    parts = value.split("/") if isinstance(value, str) else []
    if len(parts) == 2 and all(part.strip().replace(".", "", 1).isdigit() for part in parts):
        return float(parts[0]) / float(parts[1]) if float(parts[1]) else value
    return value


Word = Annotated[str, BeforeValidator(as_word)]
Factor = Annotated[float, BeforeValidator(_ratio)]
Codes = Annotated[dict[str, Reason], BeforeValidator(_words)]
Recoded = Annotated[dict[str, str], BeforeValidator(_words)]
Words = Annotated[list[str], BeforeValidator(_many)]
Formats = Annotated[list[str], BeforeValidator(_formats)]
Marks = Annotated[dict[str, Words], BeforeValidator(_many_each)]
