"""The manual's tables and the editor's schema, generated from the settings model."""

import json
import types
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from trialbalance.settings.mapping.blocks import Mapping
from trialbalance.settings.section import sections_in
from trialbalance.settings.study_file import StudyFile

PLAIN = {str: "text", int: "whole number", float: "number", bool: "true or false", Any: "anything"}


def schema_text() -> str:
    """Return the JSON Schema of a study file, for editors.

    Returns
    -------
    str
        JSON text that ends in a newline.
    """
    schema = StudyFile.model_json_schema()
    return json.dumps(schema, indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def manual_text() -> str:
    """Return one Markdown table for each section of a study file, and those of a mapping.

    Returns
    -------
    str
        Markdown, sections in the order of the study file.
    """
    parts, told = [], set()
    for word, info in StudyFile.model_fields.items():
        parts.append(f"### `{word}`\n\n{info.description}\n")
        for section in sections_in(info.annotation):
            parts += _tables(
                section, word if _is_plain(info.annotation) else f"{word}.<name>", told
            )
    parts.append(f"### The file `mapping.yaml`\n\n{Mapping.__doc__}\n")
    parts += _tables(Mapping, "", told)
    return "\n".join(parts).replace("`.", "`")


def descriptions() -> dict[str, str]:
    """Return the meaning of every setting by its dotted name, for the tables of the report.

    Returns
    -------
    dict
        Such as ``model.priors.slope`` -> one sentence.

    Examples
    --------
    >>> descriptions()["costs.discount_rate"]
    'Discount rate of costs; 0.035 means 3.5 % a year.'
    """
    found: dict[str, str] = {}

    def walk(section: type[BaseModel], path: str) -> None:
        for name, info in section.model_fields.items():
            found[f"{path}{name}"] = info.description or ""
            for below in sections_in(info.annotation):
                walk(below, f"{path}{name}.")

    walk(StudyFile, "")
    return found


def _is_plain(annotation: Any) -> bool:
    return get_origin(annotation) is not dict


def _tables(section: type[BaseModel], path: str, told: set) -> list[str]:
    """Return the table of a section, then those of the sections inside it."""
    if section in told:
        return []
    told.add(section)
    rows = ["| setting | type | default | range | meaning |", "|---|---|---|---|---|"]
    inner = []
    for name, info in section.model_fields.items():
        rows.append(
            f"| `{path}.{name}` | {_type(info.annotation)} | {_default(info)} | {_range(info)} "
            f"| {_meaning(info)} |"
        )
        dotted = f"{path}.{name}"
        plain = _is_plain(_without_none(info.annotation))
        for below in sections_in(info.annotation):
            inner += _tables(below, dotted if plain else f"{dotted}.<name>", told)
    return [f"{section.__doc__.splitlines()[0]}\n", "\n".join(rows) + "\n", *inner]


def _without_none(annotation: Any) -> Any:
    if get_origin(annotation) in (Union, types.UnionType):
        kinds = [kind for kind in get_args(annotation) if kind is not type(None)]
        return kinds[0] if len(kinds) == 1 else annotation
    return annotation


def _type(annotation: Any) -> str:
    """Return a type in words."""
    origin, inner = get_origin(annotation), get_args(annotation)
    if hasattr(annotation, "__metadata__"):
        return _type(inner[0])
    if annotation in PLAIN:
        return PLAIN[annotation]
    if annotation is type(None):
        return "none"
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return "section"
    if origin is Literal:
        return " or ".join(f"`{value}`" for value in inner)
    if origin in (Union, types.UnionType):
        return " or ".join(_type(kind) for kind in inner)
    if origin is dict:
        return f"map of {_type(inner[1])}"
    if origin in (list, tuple):
        return f"list of {_type(inner[0])}"
    return "value"


def _default(info: Any) -> str:
    """Return the default as the study file would write it."""
    if info.is_required():
        return "**required**"
    value = info.get_default(call_default_factory=True)
    if value is PydanticUndefined or value is None:
        return "none"
    if isinstance(value, BaseModel) or (isinstance(value, dict) and not value):
        return "see below" if isinstance(value, BaseModel) else "empty"
    return f"`{json.dumps(_plain(value), ensure_ascii=False)}`".replace("|", "\\|")


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value


def _range(info: Any) -> str:
    """Return the bounds of a setting."""
    words = []
    for rule in info.metadata:
        for name, sign in (("ge", "≥"), ("gt", ">"), ("le", "≤"), ("lt", "<")):
            if getattr(rule, name, None) is not None:
                words.append(f"{sign} {getattr(rule, name):g}")
    return " and ".join(words)


def _meaning(info: Any) -> str:
    """Return description, unit and reference."""
    extra = info.json_schema_extra or {}
    text = info.description or ""
    if unit := extra.get("unit"):
        text += f" Unit: {unit}."
    if reference := extra.get("reference"):
        text += f" Source: {reference}."
    return text.replace("|", "\\|").replace("\n", " ")
