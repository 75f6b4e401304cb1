"""What a user says of how exports are written, and the names under which they are kept."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from trialbalance.commands.drafting.fields import word_of
from trialbalance.contracts.problems import Finding, Problems
from trialbalance.contracts.spelling import did_you_mean
from trialbalance.data.exports.formats.reading import BOOKS, TEXTS

# Option -> endings of the files that it can be said of.
OPTIONS = {
    "header_row": (*TEXTS, *BOOKS),
    "delimiter": TEXTS,
    "encoding": TEXTS,
    "sheet": BOOKS,
    "decimal": TEXTS,
}
DELIMITERS = {"\t": "tab", "\\t": "tab", "comma": ",", "semicolon": ";", "bar": "|"}
ALLOWED = {"delimiter": (",", ";", "|", "tab"), "decimal": (".", ",")}
# Words of a sentence about a file that cannot be read -> options that answer it.
ANSWERS = {
    "one column only": ("delimiter", "header_row"),
    "one delimiter": ("delimiter",),
    "header": ("header_row",),
    "encoding": ("encoding",),
    "no sheet": ("sheet",),
    "decimal of": ("decimal",),
}


def choices_of(files: list[Path], said: dict[str, list[str]]) -> list[dict[str, Any]]:
    """Return what is said of each file: header_row, delimiter, encoding, sheet, decimal.

    Parameters
    ----------
    files : list of Path
        Exports.
    said : dict of list of str
        Option -> values; ``FILE=VALUE`` is of one file, any other value of all that it fits.

    Returns
    -------
    list of dict
        One a file, as its entry in the mapping holds it.

    Raises
    ------
    Problems
        Every value that cannot be, and every one that is of no file.

    Examples
    --------
    >>> files = [Path("a.csv"), Path("b.xlsx")]
    >>> choices_of(files, {"delimiter": ["semicolon"], "header_row": ["b.xlsx=3"]})
    [{'delimiter': ';'}, {'header_row': 3}]
    """
    found: list[dict[str, Any]] = [{} for _ in files]
    wrong: list[Finding] = []
    for option, values in said.items():
        # What is said of one file goes before what is said of all.
        for value in sorted(values, key=lambda value: "=" in value):
            name, _, plain = value.rpartition("=")
            kept, findings = _worded(option, plain)
            fitting = [
                place
                for place, path in enumerate(files)
                if path.suffix.lower() in OPTIONS[option] and name in ("", path.name, str(path))
            ]
            if not fitting:
                findings.append(_of_no_file(option, name, files))
            wrong += findings
            for place in fitting:
                found[place][option] = kept
    if wrong:
        raise Problems(wrong)
    return found


def _worded(option: str, value: str) -> tuple[Any, list[Finding]]:
    """Return a value as the mapping holds it, and what is wrong with it."""
    allowed = ALLOWED.get(option)
    if option == "header_row":
        if value.isdigit() and int(value) > 0:
            return int(value), []
        allowed = ("a number of a row, from 1",)
    if option == "delimiter":
        value = DELIMITERS.get(value, value)
    if allowed is None or value in allowed:
        return value, []
    words = " or ".join(allowed)
    return value, [Finding(flag(option), None, None, repr(value), words, "correct it")]


def _of_no_file(option: str, name: str, files: list[Path]) -> Finding:
    """Return the sentence about an option that is of none of the files."""
    endings = ", ".join(OPTIONS[option])
    found = f"no file {name!r} of this kind" if name else "no file of this kind"
    names = [path.name for path in files]
    remedy = did_you_mean(name, names, "leave the option out") if name else "leave the option out"
    return Finding(flag(option), None, None, found, f"files that end in {endings}", remedy)


def flag(option: str) -> str:
    """Return an option as it is written on the command line.

    Examples
    --------
    >>> flag("header_row")
    '--header-row'
    """
    return f"--{option.replace('_', '-')}"


def with_options(finding: Finding, ending: str) -> Finding:
    """Return the sentence about a file that cannot be read, with the option that answers it.

    Parameters
    ----------
    finding : Finding
        As the reader raised it.
    ending : str
        Ending of the file.

    Returns
    -------
    Finding
        The same where no option answers it.

    Examples
    --------
    >>> finding = Finding("a.csv", 1, None, "commas and bars", "one delimiter", "name it")
    >>> with_options(finding, ".csv").remedy
    'name it: option --delimiter of trialbalance import'
    """
    text = " ".join(part or "" for part in (finding.found, finding.allowed, finding.remedy)).lower()
    options = [option for word, answer in ANSWERS.items() if word in text for option in answer]
    flags = [flag(option) for option in dict.fromkeys(options) if ending in OPTIONS[option]]
    if not flags:
        return finding
    words = f"option {' or '.join(flags)} of trialbalance import"
    return replace(finding, remedy=f"{finding.remedy}: {words}" if finding.remedy else words)


def names_apart(files: list[Path]) -> list[tuple[str, str]]:
    """Return the name of each export and of its copy, each once.

    Parameters
    ----------
    files : list of Path
        Exports, the first of which is ``main``; after them a data dictionary may stand.

    Returns
    -------
    list of tuple of str
        Name in the mapping and name of the copy, numbered where another has it already.

    Raises
    ------
    Problems
        A file is given twice.

    Examples
    --------
    >>> names_apart([Path("s1/data.csv"), Path("s2/data.csv"), Path("main.csv")])
    [('main', 'data.csv'), ('data', 'data_2.csv'), ('main_2', 'main.csv')]
    """
    places = [path.resolve() for path in files]
    twice = [path for n, path in enumerate(files) if places[n] in places[:n]]
    if twice:
        remedy = "leave one out; another sheet of it is added in mapping.yaml afterwards"
        raise Problems(
            [
                Finding(path.name, None, None, "this file twice", "each once", remedy)
                for path in twice
            ]
        )
    found: list[tuple[str, str]] = []
    for number, path in enumerate(files):
        name = word_of(path.stem, "export") if number else "main"
        names = {name for name, _ in found}
        copies = {copy.lower() for _, copy in found}
        found.append((_free(name, "", names), _free(path.stem, path.suffix, copies)))
    return found


def _free(stem: str, ending: str, taken: set[str]) -> str:
    """Return a name, numbered where it is taken; names of files differ by more than capitals."""
    number, name = 1, f"{stem}{ending}"
    while name.lower() in taken:
        number += 1
        name = f"{stem[:36]}_{number}{ending}"
    return name
