"""The study that completes a drafted mapping: study.yaml and the prices still to be filled in."""

from typing import Any

import yaml

from trialbalance.commands.drafting.fields import time_of
from trialbalance.commands.drafting.meanings import usual_arms

HEAD = """\
# yaml-language-server: $schema={schema}
# Drafted by `trialbalance import` from {files}. What the export says stands here; look at arms,
# comparator, visits (years from randomisation), periods, items and analyses. All settings stand in
# config/README.md; `trialbalance check {name}` answers with every mistake.
"""
MAPPING_HEAD = """\
# Drafted by `trialbalance import`. Every `ask` is an open question: answer it by correcting the
# setting and delete the ask; until then nothing runs. {{}} stands for the mark of a visit or place.
# Columns that nothing here names, and so are not used:
{unused}
"""
VALUE_SETS = {"eq5d3l": "eq5d3l_uk_mvh_a1", "eq5d5l": "eq5d5l_uk_2026"}
LABELS = {"eq5d3l": "EQ-5D-3L", "eq5d5l": "EQ-5D-5L"}


def mapping_text(mapping: dict[str, Any], unused: dict[str, list[str]]) -> str:
    """Return mapping.yaml, the columns that are not used named at its head.

    Parameters
    ----------
    mapping : dict
        Drafted mapping.
    unused : dict of list
        Export -> columns that nothing names.

    Returns
    -------
    str
        YAML text.

    Examples
    --------
    >>> mapping_text({"exports": {}}, {"main": ["free_text"]}).splitlines()[3]
    '#   main: free_text'
    """
    lines = "\n".join(f"#   {name}: {', '.join(columns)}" for name, columns in unused.items())
    kept = {name: part for name, part in mapping.items() if part}
    text = yaml.safe_dump(kept, sort_keys=False, allow_unicode=True, width=100)
    return MAPPING_HEAD.format(unused=lines or "#   none") + text


def study_settings(
    template: dict[str, Any], mapping: dict[str, Any], title: str, money: set[str] | None = None
) -> dict[str, Any]:
    """Return the settings of a study that hands over exports, as far as the draft tells them.

    Parameters
    ----------
    template : dict
        Settings of the template.
    mapping : dict
        Drafted mapping.
    title : str
        Title of the study.
    money : set of str, optional
        Items that are amounts of money already.

    Returns
    -------
    dict
        Settings in the order of the template.

    Examples
    --------
    >>> template = {"analyses": {}, "costs": {}, "outcomes": {}}
    >>> people = {"columns": {"arm": {"column": "a", "recode": {"1": "new", "2": "usual_care"}}}}
    >>> names = ("visits", "responses", "measures_given", "resource_use", "episodes")
    >>> tables = {name: [] for name in names}
    >>> study_settings(template, {"participants": people, **tables}, "T")["study"]["comparator"]
    'usual_care'
    """
    arm = mapping["participants"]["columns"]["arm"]
    arms = list(dict.fromkeys(arm.get("recode", {}).values())) or ["arm_a", "arm_b"]
    usual = usual_arms(arms)
    visits = _visits(mapping)
    study = {
        "title": title,
        "synthetic": False,
        "currency": "GBP",
        "arms": {name: {"label": name.replace("_", " ").capitalize()} for name in arms},
        "comparator": (usual or arms)[0],
        "horizon_years": max(visits.values(), default=0.0) or 1.0,
        "visits": visits,
        "periods": _periods(mapping, visits),
    }
    covariates = _covariates(mapping)
    tools = {block["instrument"]: block for block in mapping["responses"]}
    settings = dict(template) | {"study": study}
    settings["data"] = {
        "door": "export",
        "covariates": covariates,
        "questionnaires": {
            name: {"levels": int(name[4]), "items": _questions(block)}
            for name, block in tools.items()
        },
    }
    # The index of the template is invented; a draft has none until its prices need one.
    settings["costs"] = {**template["costs"], "price_index": None}
    settings["costs"]["items"] = _items(mapping, money or set())
    scores = _scores(mapping)
    settings["outcomes"] = _outcomes(template, tools, scores)
    beside = [name for name in ("sex",) if name in covariates]
    before = ["baseline_effect"] if tools or scores else []
    settings["dataset"] = {"covariates": [*before, *beside]}
    settings["model"] = {"effect": {"family": "normal"}, "cost": {"family": "gamma"}}
    settings["report"] = {}
    return settings


def _questions(block: dict[str, Any]) -> list[str]:
    """Return the items of a questionnaire, whichever shape its answers have."""
    if "items" in block:
        return list(block["items"])
    return list(dict.fromkeys(block["item"]["recode"].values()))


def _visits(mapping: dict[str, Any]) -> dict[str, float]:
    """Return the planned time of each visit, as far as its name tells it."""
    tables = ("visits", "responses", "measures_given")
    names = [name for table in tables for b in mapping[table] for name in b["at"]]
    # Periods are named for the visit at their end, which may hold nothing else.
    if not names:
        names = [name.removeprefix("to_") for b in mapping["resource_use"] for name in b["at"]]
    found: dict[str, float] = {}
    for name in dict.fromkeys(names):
        told = time_of(name)
        # Of a visit without one the draft asks; the first is taken as the start meanwhile, any
        # other has to stand after those before it.
        found[name] = max([-0.5, *found.values()]) + 0.5 if told is None else told
    return found


def _periods(mapping: dict[str, Any], visits: dict[str, float]) -> dict[str, list[float]]:
    """Return the span before each visit that asks for counts."""
    named = list(dict.fromkeys(name for b in mapping["resource_use"] for name in b["at"]))
    times = sorted(visits.values())
    found = {}
    for name in named:
        end = visits.get(name.removeprefix("to_"), 0.0)
        start = max([time for time in times if time < end], default=0.0 if end > 0 else end - 0.5)
        found[name] = [start, end]
    return found


def _covariates(mapping: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the columns of participants beyond the fixed ones."""
    columns, found = mapping["participants"]["columns"], {}
    if "sex" in columns:
        words = columns["sex"].get("recode", {}) if isinstance(columns["sex"], dict) else {}
        levels = list(dict.fromkeys(words.values()))
        found["sex"] = {"type": "category", "label": "Sex"} | ({"levels": levels} if levels else {})
    if "age" in columns:
        found["age"] = {"type": "number", "label": "Age", "unit": "years"}
    return found


def _items(mapping: dict[str, Any], money: set[str]) -> dict[str, dict[str, str]]:
    """Return every item that is counted, as one of health care until a person says otherwise."""
    uses = [block["item"] for block in mapping["resource_use"]]
    counted = {name: "given" if name in money else "interview" for name in uses}
    stays = {block["item"]: "records" for block in mapping["episodes"]}
    return {
        name: {"category": name, "payer": "nhs", "source": source}
        for name, source in (counted | stays).items()
    }


def _scores(mapping: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the measures that come scored already."""
    names = [name for block in mapping["measures_given"] for name in block["measures"]]
    return {
        name: {"range": [-1.0, 1.0], "label": name.replace("_", " ").capitalize()} for name in names
    }


def _outcomes(
    template: dict[str, Any], tools: dict[str, Any], scores: dict[str, Any]
) -> dict[str, Any]:
    """Return how questionnaires are scored."""
    instruments = {
        name: {"kind": "value_set", "value_set": VALUE_SETS[name], "measure": "utility",
               "label": LABELS[name]}
        for name in tools
    }  # fmt: skip
    given = {"measures_given": scores} if scores else {}
    return {**template["outcomes"], "instruments": instruments, **given}


def study_text(settings: dict[str, Any], schema: str, files: list[str], name: str) -> str:
    """Return study.yaml.

    Parameters
    ----------
    settings : dict
        As from `study_settings`.
    schema : str
        Path of the editor's schema.
    files : list of str
        Names of the exports.
    name : str
        Name of the study.

    Returns
    -------
    str
        YAML text.

    Examples
    --------
    >>> study_text({"study": {"title": "T"}}, "s.json", ["a.csv"], "own").splitlines()[-1]
    '  title: T'
    """
    head = HEAD.format(schema=schema, files=", ".join(files), name=name)
    return head + yaml.safe_dump(settings, sort_keys=False, allow_unicode=True, width=100)


def prices_text(items: dict[str, Any], header: str) -> str:
    r"""Return the table of unit costs, a row without a price for each item.

    Parameters
    ----------
    items : dict
        Items of the study.
    header : str
        First line of the template's table.

    Returns
    -------
    str
        CSV text.

    Examples
    --------
    >>> prices_text({"gp": {}}, "item,unit,unit_cost")
    'item,unit,unit_cost\ngp,,\n'
    """
    blank = "," * header.count(",")
    priced = [name for name, item in items.items() if item.get("source") != "given"]
    return "\n".join([header, *(f"{name}{blank}" for name in priced)]) + "\n"
