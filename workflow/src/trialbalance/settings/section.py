"""The base of every settings section: strict, typed, and described in one place."""

from typing import Any, get_args

from pydantic import BaseModel, ConfigDict, Field


class Section(BaseModel):
    """A part of a study file; an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", validate_default=True, frozen=True)


class Refused(ValueError):  # noqa: N818
    """A value that a section refuses by a rule of its own.

    Parameters
    ----------
    found : str
        What was found, in words.
    allowed : str, optional
        What is allowed.
    at : str
        Dotted place of the setting below the section; blank for the section itself.

    Examples
    --------
    >>> str(Refused("month_7", "month_6, month_12", at="visit"))
    'visit: found month_7; allowed: month_6, month_12'
    """

    def __init__(self, found: str, allowed: str | None = None, at: str = ""):
        self.found, self.allowed, self.at = found, allowed, at
        text = f"{at}: found {found}" if at else f"found {found}"
        super().__init__(f"{text}; allowed: {allowed}" if allowed else text)


def setting(
    default: Any = ...,
    description: str = "",
    *,
    unit: str | None = None,
    reference: str | None = None,
    **constraints: Any,
) -> Any:
    """Declare one setting with its default, meaning, unit and source.

    Parameters
    ----------
    default : object
        Value when the study file is silent; ``...`` makes the setting required.
    description : str
        What the setting means, in one sentence; goes to the manual and the editor.
    unit : str, optional
        Unit of the value.
    reference : str, optional
        Where the default or the convention comes from.
    **constraints
        Bounds passed to pydantic (``ge``, ``le``, ``gt``, ``min_length``, …).

    Returns
    -------
    pydantic.fields.FieldInfo
        The declared field.

    Examples
    --------
    >>> class Example(Section):
    ...     rate: float = setting(0.035, "Yearly discount rate.", unit="per year", ge=0, le=0.2)
    >>> Example().rate
    0.035
    """
    named = {"unit": unit, "reference": reference}
    extra: dict[str, Any] = {key: value for key, value in named.items() if value}
    if isinstance(default, (dict, list)):
        return Field(
            default_factory=default.copy,
            description=description,
            json_schema_extra=extra or None,
            **constraints,
        )
    return Field(default, description=description, json_schema_extra=extra or None, **constraints)


def sections_in(annotation: Any) -> list[type[BaseModel]]:
    """Return the section classes inside an annotation such as ``dict[str, Item] | None``.

    Parameters
    ----------
    annotation : type
        Annotation of a setting.

    Returns
    -------
    list of type
        Each section class once, in order.

    Examples
    --------
    >>> sections_in(dict[str, Section] | None)
    [<class 'trialbalance.settings.section.Section'>]
    """
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    found = [section for inner in get_args(annotation) for section in sections_in(inner)]
    return list(dict.fromkeys(found))


def section_in(annotation: Any) -> type[BaseModel] | None:
    """Return the first section class inside an annotation, None when there is none."""
    return next(iter(sections_in(annotation)), None)
