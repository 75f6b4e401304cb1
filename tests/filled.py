"""A section for a test of a stage: what the test says, every other setting at its default.

Unlike `settings.resolve.complete` it lets pass what settings would refuse, so that a test can show
what a stage says of it.
"""

from typing import Any, get_args, get_origin

from pydantic_core import to_jsonable_python
from trialbalance.settings.section import Section, section_in, sections_in
from trialbalance.settings.sections.data import DataSettings
from trialbalance.settings.study_file import StudyFile


def filled(stage: str, given: dict[str, Any]) -> dict[str, Any]:
    """Return a stage's section with each setting that is not given at its default."""
    section = _section(section_in(StudyFile.model_fields[stage].annotation), given)
    if stage == "costs":
        rule = DataSettings.model_fields["zero_rule"].get_default(call_default_factory=True)
        section = {"zero_rule": rule} | section
    return {"groupings": []} | section if stage == "dataset" else section


def _section(model: type[Section], given: dict[str, Any]) -> dict[str, Any]:
    found = dict(given)
    for name, field in model.model_fields.items():
        if name not in given and field.is_required():
            continue
        default = field.get_default(call_default_factory=True) if name not in given else None
        found[name] = _value(field.annotation, given.get(name, to_jsonable_python(default)))
    return found


def _value(annotation: Any, value: Any) -> Any:
    choices = sections_in(annotation)
    if not choices or not isinstance(value, dict):
        return value
    if _is_map(annotation):
        return {name: _value(choices[0] | None, one) if len(choices) == 1 else _one_of(choices, one)
                for name, one in value.items()}  # fmt: skip
    return _section(choices[0], value)


def _is_map(annotation: Any) -> bool:
    return get_origin(annotation) is dict or any(_is_map(one) for one in get_args(annotation))


def _one_of(choices: list[type[Section]], value: dict[str, Any]) -> dict[str, Any]:
    kinds = {kind: one for one in choices for kind in get_args(one.model_fields["kind"].annotation)}
    return _section(kinds.get(value.get("kind"), choices[0]), value)
