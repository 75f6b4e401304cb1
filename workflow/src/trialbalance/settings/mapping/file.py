"""Load ``mapping.yaml``: every mistake in it at once, and every question that is still open."""

from pathlib import Path
from typing import Any

from pydantic import ValidationError

from trialbalance.contracts.problems import Finding, Problems
from trialbalance.contracts.spelling import did_you_mean
from trialbalance.settings.checks.messages import worded_findings
from trialbalance.settings.checks.own_files import what_is_wrong
from trialbalance.settings.mapping.blocks import Mapping
from trialbalance.settings.yamlfile import read_yaml

# The tables that a mapping may make, in the order of their contracts.
TABLES = (
    *("participants", "visits", "responses", "measures_given", "resource_use", "episodes"),
    "legal_events",
)


def load_mapping(path: Path) -> tuple[dict[str, Any], list[Finding]]:
    """Return a mapping with every default filled in, and what is wrong with it.

    Parameters
    ----------
    path : Path
        The file mapping.yaml.

    Returns
    -------
    mapping : dict
        As section `Mapping`; empty where it cannot be used.
    findings : list of Finding
        Every mistake, and each open question.

    Raises
    ------
    Problems
        The file cannot be read as YAML.
    """
    raw, lines = read_yaml(path)
    asked: dict[str, str] = {}
    content = _without_questions(raw, "", asked)
    findings = [
        Finding(
            str(path), lines.get(f"{place}.ask".strip(".")), place or "ask",
            f"an open question ({question})", None,
            "answer it by correcting the setting, and delete the word ask with its question",
        )
        for place, question in asked.items()
    ]  # fmt: skip
    try:
        mapping = Mapping.model_validate(content).model_dump(mode="json")
    except ValidationError as error:
        mapping = {}
        findings += [
            one
            for one in worded_findings(error, path, lines, "base", model=Mapping, content=content)
            if not _is_asked(one.column or "", asked)
        ]
    return mapping, findings


def _without_questions(value: Any, place: str, asked: dict[str, str]) -> Any:
    """Return settings without the word ``ask``, each question noted by the place it stands at."""
    if isinstance(value, dict):
        if "ask" in value:
            asked[place] = str(value["ask"])
        return {
            key: _without_questions(below, f"{place}.{key}".strip("."), asked)
            for key, below in value.items()
            if key != "ask"
        }
    if isinstance(value, list):
        return [
            _without_questions(below, f"{place}.{number}".strip("."), asked)
            for number, below in enumerate(value)
        ]
    return value


def _is_asked(place: str, asked: dict[str, str]) -> bool:
    """Return whether a mistake is only that a question at its place is still open."""
    return any(
        place == other or place.startswith(f"{other}.") or other.startswith(f"{place}.")
        for other in asked
    )


def study_mapping(
    folder: Path, settled: dict[str, dict[str, Any]]
) -> tuple[dict[str, Any], list[Finding]]:
    """Return the mapping of a study that hands over exports, held against its other settings.

    Parameters
    ----------
    folder : Path
        Folder of the study.
    settled : dict of dict
        Scenario -> settled settings; empty where they could not be read.

    Returns
    -------
    mapping : dict
        As from `load_mapping`; empty where the study hands over no export.
    findings : list of Finding
        Mistakes, open questions, and recall windows that do not fit their periods.
    """
    base = settled.get("base")
    names = {settings["data"]["mapping"] for settings in settled.values()}
    if base is None or names == {None}:
        return {}, []
    if len(names) > 1:
        found, allowed = "another in a scenario", "one import for every scenario"
        remedy = "make it a study of its own"
        return {}, [Finding("study.yaml", None, "data.mapping", found, allowed, remedy)]
    elsewhere, name = base["data"]["files_elsewhere"], base["data"]["mapping"]
    if not elsewhere and what_is_wrong(folder.resolve(), name):
        return {}, []  # Said by the checks of the study's files.
    path = folder / name
    try:
        mapping, findings = load_mapping(path)
    except Problems as problems:
        return {}, problems.findings
    findings += [] if elsewhere else _strayed_exports(mapping, folder.resolve(), name)
    return mapping, findings + disagreements(mapping, base, str(path))


def _strayed_exports(mapping: dict[str, Any], folder: Path, file: str) -> list[Finding]:
    """Return every export and dictionary that is no file of the study's folder."""
    remedy = "copy it there, or set data.files_elsewhere: true"
    wrong = {place: what_is_wrong(folder, name) for place, name in files_of(mapping).items()}
    return [
        Finding(file, None, setting_of(place), what, "a file in the study's folder", remedy)
        for place, what in wrong.items()
        if what
    ]


def disagreements(mapping: dict[str, Any], settings: dict[str, Any], file: str) -> list[Finding]:
    """Return where a mapping names what the study does not declare, or asks about another span.

    Parameters
    ----------
    mapping : dict
        As from `load_mapping`.
    settings : dict
        Settled settings of the base case.
    file : str
        The mapping, as messages name it.

    Returns
    -------
    list of Finding
        Unknown visits, periods and items; recall windows.

    Examples
    --------
    >>> study = {"visits": {"month_6": 0.5}, "periods": {}}
    >>> mapping = {"visits": [{"at": {"month_7": ["7"]}}]}
    >>> disagreements(mapping, {"study": study, "costs": None}, "mapping.yaml")[0].allowed
    'month_6'
    """
    study, found = settings["study"], []
    for table, known in (
        ("visits", "visits"),
        ("responses", "visits"),
        ("measures_given", "visits"),
        ("resource_use", "periods"),
    ):
        for number, block in enumerate(mapping.get(table, [])):
            for name in block["at"]:
                if name not in study[known]:
                    remedy = did_you_mean(name, study[known], f"declare it under study.{known}")
                    allowed = ", ".join(study[known]) or f"none: study.{known} is empty"
                    place = f"{table}.{number}.at.{name}"
                    found.append(Finding(file, None, place, name, allowed, remedy))
    declared = (settings.get("outcomes") or {}).get("measures_given", {})
    if mapping and declared and not mapping.get("measures_given"):
        words, allowed = "no block", f"a block for {', '.join(declared)}"
        remedy = "write it, or take them out of outcomes.measures_given"
        found.append(Finding(file, None, "measures_given", words, allowed, remedy))
    for number, block in enumerate(mapping.get("resource_use", [])):
        found += _windows(block, settings, file, f"resource_use.{number}.recall_years")
        found += _zeros(block, settings, file, f"resource_use.{number}.zeros")
    return found


def _zeros(block: dict, settings: dict, file: str, place: str) -> list[Finding]:
    """Return why answers of 0 may not be left out: a missing row would not mean 0."""
    name = block["item"]["value"]
    item = (settings["costs"] or {"items": {}})["items"].get(name)
    rule = settings["data"]["zero_rule"]
    if block["zeros"] == "rows" or item is None or {name, item["source"]} & set(rule):
        return []
    found = f"left_out, where no row of {name} means not answered"
    return [Finding(file, None, place, found, "rows", f"write rows, or {name} in data.zero_rule")]


def _windows(block: dict, settings: dict, file: str, place: str) -> list[Finding]:
    """Return where a recall window differs from its period, or from what costs are told of it."""
    asked, periods, found = block["recall_years"], settings["study"]["periods"], []
    if asked is None:
        return []
    for name in [one for one in block["at"] if one in periods]:
        start, end = periods[name]
        gap = (end - start) - asked
        if abs(gap) > 0.02:
            what = "a gap" if gap > 0 else "an overlap"
            words = f"{asked:g} years asked about in period {name} of {end - start:g}: {what}"
            remedy = "say under costs.items recall_years, and scale_to_period if it is to be scaled"
            found.append(Finding(file, None, place, words, None, remedy, severity="note"))
    item = (settings["costs"] or {"items": {}})["items"].get(block["item"]["value"])
    told = item["recall_years"] if item else None
    if found and item and told != asked:
        words = f"{asked:g}, where costs.items.{block['item']['value']}.recall_years is {told}"
        found.append(
            Finding(file, None, place, words, "the same in both", "correct one of the two")
        )
    return found


def tables_of(mapping: dict[str, Any]) -> list[str]:
    """Return the tables that a mapping makes.

    Examples
    --------
    >>> tables_of({"participants": {"columns": {}}, "visits": [{"at": {}}], "responses": []})
    ['participants', 'visits']
    """
    return [name for name in TABLES if mapping.get(name)]


def files_of(mapping: dict[str, Any]) -> dict[str, str]:
    """Return every file that a mapping names, below the study's folder.

    Examples
    --------
    >>> files_of({"exports": {"main": {"file": "a.csv", "dictionary": "b.csv"}}})
    {'export.main': 'a.csv', 'dictionary.main': 'b.csv'}
    """
    found = {}
    for name, export in mapping.get("exports", {}).items():
        found[f"export.{name}"] = export["file"]
        if export["dictionary"]:
            found[f"dictionary.{name}"] = export["dictionary"]
    return found


def setting_of(name: str) -> str:
    """Return the setting that names a file of `files_of`, or the mapping itself.

    Examples
    --------
    >>> setting_of("export.main"), setting_of("dictionary.main"), setting_of("mapping")
    ('exports.main.file', 'exports.main.dictionary', 'data.mapping')
    """
    kind, _, export = name.partition(".")
    return f"exports.{export}.{'file' if kind == 'export' else kind}" if export else "data.mapping"
