"""The script of the second opinion: a fixed text in R, and above it the settings of one study."""

from collections.abc import Mapping
from typing import Any

from trialbalance.contracts.input_names import under
from trialbalance.decision.thresholds import outcome_thresholds

MARK = "#<settings>"
WIDTH = 100
FOR_PEOPLE = ("label", "description", "unit", "title", "range")
# What the script reads of each section; it is to be read by people, so nothing else is written.
STUDY = ("synthetic", "arms", "comparator", "horizon_years", "visits", "periods")
DATA = ("populations", "follow_up_end", "covariates", "zero_rule")
COSTS = (
    *("price_year", "discount_rate", "discounting", "records_win", "interviews", "perspectives"),
    "items",
)
OUTCOMES = (
    *("instruments", "measures_given", "effects", "discount_rate", "discounting", "death"),
    "visit_times",
)


def in_r(value: Any, indent: int = 0) -> str:
    """Return a setting as R writes it.

    Parameters
    ----------
    value : dict, list, str, bool, number or None
        A setting; a map becomes a named list, a list of plain values a vector.
    indent : int
        Spaces before the lines after the first.

    Returns
    -------
    str
        Text that R reads back as the same value.

    Examples
    --------
    >>> print(in_r({"rate": 0.035, "payers": ["nhs", "family"], "blind": False, "end": None}))
    list(
      "rate" = 0.035, "payers" = c("nhs", "family"), "blind" = FALSE, "end" = NULL)
    """
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, Mapping):
        parts = [f"{in_r(str(key))} = {in_r(one, indent + 2)}" for key, one in value.items()]
        return _laid("list", parts, indent)
    if isinstance(value, list | tuple):
        plain = all(one is None or isinstance(one, str | bool | int | float) for one in value)
        word = "c" if plain else "list"
        return _laid(word, [in_r(one, indent + 2) for one in value], indent)
    text = str(value).replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
    return f'"{text}"'


def _laid(word: str, parts: list[str], indent: int) -> str:
    """Return a call on one line where it fits, else its parts filled into lines."""
    line = f"{word}({', '.join(parts)})"
    if len(line) + indent <= WIDTH - 20 and "\n" not in line:
        return line
    margin, lines = " " * (indent + 2), [""]
    for part in (f"{part}," for part in parts):
        joined = f"{lines[-1]} {part}".strip()
        if "\n" in part or "\n" in lines[-1] or len(joined) + indent + 2 > WIDTH:
            lines.append(part)
        else:
            lines[-1] = joined
    return f"{word}(\n" + "\n".join(margin + one for one in lines if one).rstrip(",") + ")"


def second_script(template: str, settings: Mapping[str, Any], files: Mapping[str, str]) -> str:
    """Return the script that computes a study a second time.

    Parameters
    ----------
    template : str
        The fixed text, with the line ``#<settings>``.
    settings : mapping
        As from `settings.resolve.certificate_settings`.
    files : mapping of str to str
        ``recorded.<table>``, ``prices.<table>``, ``value_set.<name>`` and
        ``<analysis>.wide_costs`` and ``.wide_effects`` → path.

    Returns
    -------
    str
        The text of the script.

    Raises
    ------
    ValueError
        When the fixed text has no place for settings.

    Examples
    --------
    >>> settings = {"study": {"arms": {"a": {}}}, "data": {"door": "draws"}, "each": {}}
    >>> settings |= dict.fromkeys(("costs", "outcomes", "legal"))
    >>> print(second_script("#<settings>", settings, {}).splitlines()[3])
    costs <- NULL
    """
    if MARK not in template:
        raise ValueError(f"the template has no line {MARK}")
    costs, outcomes = settings["costs"], settings["outcomes"]
    each = settings["each"]
    header = {
        "study": _some(settings["study"], STUDY),
        "door": settings["data"]["door"],
        "data": _some(settings["data"], DATA),
        "costs": _some(costs, COSTS) if costs else None,
        "event_use": settings["legal"]["resource_use"] if settings["legal"] else {},
        "outcomes": _some(outcomes, OUTCOMES) if outcomes else None,
        "files": under(files, "recorded"),
        "price_files": under(files, "prices"),
        "value_sets": under(files, "value_set"),
        "draw_files": {name: _draws(files, name) for name in each if _draws(files, name)},
        "analyses": {name: _analysis(one) for name, one in each.items()},
        "thresholds": {name: _thresholds(one) for name, one in each.items()},
    }
    lines = [f"{name} <- {in_r(value)}" for name, value in header.items()]
    return template.replace(MARK, "\n".join(lines) + "\n", 1)


def _some(section: Mapping[str, Any], words: tuple[str, ...]) -> dict[str, Any]:
    """Return those of the named settings that a section has, without words and blanks."""
    return {word: _bare(section[word]) for word in words if word in section}


def _bare(value: Any) -> Any:
    """Return a setting without what is for people to read, and without what is left blank."""
    if not isinstance(value, Mapping):
        return value
    return {
        key: _bare(one)
        for key, one in value.items()
        if key not in FOR_PEOPLE and one is not None and one is not False and one not in ("", [])
    }


def _draws(files: Mapping[str, str], analysis: str) -> dict[str, str]:
    found = {word: files.get(f"{analysis}.wide_{word}") for word in ("costs", "effects")}
    return {} if None in found.values() else found


def _analysis(one: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the regressions of an analysis rest on."""
    dataset, model = one["dataset"], one["model"]
    covariates = dataset["covariates"]
    named = covariates if isinstance(covariates, Mapping) else {name: {} for name in covariates}
    wanted = {
        f"{kind}_covariates": model[kind]["covariates"]
        for kind in ("cost", "effect")
        if model[kind]["covariates"] is not None
    }
    ceiling = dataset["totals_ceiling"]["baseline_effect"]
    return {
        **one["analysis"],
        "covariates": _bare(named),
        **wanted,
        **({} if ceiling is None else {"ceiling_at_baseline": ceiling}),
        "shown": shown_thresholds(one),
    }


def shown_thresholds(one: Mapping[str, Any]) -> list[float]:
    """Return the thresholds at which normal theory is set beside: those marked, or eleven."""
    return outcome_thresholds(one["decision"], one["analysis"]["outcome"]).shown().tolist()


def _thresholds(one: Mapping[str, Any]) -> dict[str, Any]:
    """Return how the thresholds of the curves are laid out, and the interval of their analysis."""
    declared = one["decision"]["thresholds"][one["analysis"]["outcome"]]
    low, high = declared["range"]
    return {
        "low": low,
        "high": high,
        "step": declared["step"],
        "marked": sorted(declared["marked"]),
        "interval": one["decision"]["interval"],
    }
