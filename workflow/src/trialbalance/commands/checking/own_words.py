"""A study's own texts and its logo, typeset before any fit: what no form of a report can take."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from trialbalance.contracts.problems import HIDDEN, Finding
from trialbalance.report.facts.study_texts import own_markdown
from trialbalance.report.forms.docx import to_docx
from trialbalance.report.forms.pdf import to_pdf
from trialbalance.report.text.pandoc import convert
from trialbalance.settings.checks.own_files import text_files

ALLOWED = "headings, paragraphs, lists, tables, quotes, emphasis, code and links"
PICTURE = "an SVG or PNG picture that shows nothing from another file"


def own_word_findings(
    report: Mapping[str, Any], folder: Path, lines: Mapping[str, int]
) -> list[Finding]:
    """Return every text and logo of a study that cannot be typeset in each form of the report.

    Parameters
    ----------
    report : mapping
        Section ``report`` of the settings.
    folder : Path
        Folder of the study.
    lines : mapping
        Dotted setting -> line of study.yaml.

    Returns
    -------
    list of Finding
        One a text or logo, with the line of a text where it goes wrong.
    """
    found, files = [], text_files(report)
    given: dict[str, tuple[str, Path | None]] = {}
    texts = {f"report.texts.{name}": text for name, text in report["texts"].items() if text}
    texts |= {f"report.sections.{n}.text": own["text"] for n, own in enumerate(report["sections"])}
    for setting, text in texts.items():
        path = folder / files[setting] if setting in files else None
        if path is not None:
            text, some = _read(path) if path.is_file() else ("", [])
            found += some
        given[setting] = (text, path)
    # One document for all takes a moment; only where it fails is each text tried by itself.
    if not can_be_typeset(*(text for text, _ in given.values())):
        for setting, (text, path) in given.items():
            if line := first_line_refused(text):
                row = line if path else lines.get(setting)
                what = "Markdown that cannot be typeset" + ("" if path else f" in its line {line}")
                where, at = (str(path), None) if path else ("study.yaml", setting)
                found.append(Finding(where, row, at, what, ALLOWED, "write that line another way"))
    return found + _logo_findings(report["logo"], folder, lines)


def _read(path: Path) -> tuple[str, list[Finding]]:
    """Return the text of a file of the study, and what is wrong with it as such."""
    data = path.read_bytes()
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        row = data[: error.start].count(b"\n") + 1
        allowed, remedy = "text in UTF-8", "save it as UTF-8"
        found = "bytes that are not UTF-8"
        return "", [Finding(str(path), row, None, found, allowed, remedy)]
    if odd := HIDDEN.search(text):
        row = text[: odd.start()].count("\n") + 1
        found, allowed = f"the hidden mark U+{ord(odd[0]):04X}", "letters, digits and signs"
        return text, [Finding(str(path), row, None, found, allowed, "remove it")]
    return text, []


def first_line_refused(text: str, typeset: Callable[[str], bool] | None = None) -> int:
    r"""Return the first line of a text with which it can no longer be typeset; 0 where it can.

    Parameters
    ----------
    text : str
        Markdown of a study.
    typeset : callable, optional
        Whether a text can be typeset; all forms of the report by default.

    Returns
    -------
    int
        Line, from 1.

    Examples
    --------
    >>> first_line_refused("one\ntwo\nbad\nfour", lambda text: "bad" not in text)
    3
    """
    able = typeset or can_be_typeset
    if able(text):
        return 0
    rows = text.split("\n")
    low, high = 0, len(rows)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if able("\n".join(rows[:middle])) else (low, middle)
    return high


def can_be_typeset(*texts: str) -> bool:
    r"""Return whether each form of the report takes texts of a study, one below the other.

    Parameters
    ----------
    *texts : str
        Markdown of a study.

    Returns
    -------
    bool
        True where HTML, Word and PDF can be made of them.

    Examples
    --------
    >>> can_be_typeset("Before\n\n---\n\n* after", "More")
    True
    """
    try:
        markdown = "# Title {#top}\n\n## Part {#part}"
        for number, text in enumerate(texts):
            markdown += f"\n\n### Text {{#text-{number}}}\n\n{own_markdown(text, 4)}"
        convert(markdown, "html")
        to_docx(markdown, {}, "Title")
        to_pdf(markdown, {}, "Title")
    except Exception:
        # Whatever stops a form, it stops the report.
        return False
    return True


def _logo_findings(
    logo: Mapping[str, Any] | None, folder: Path, lines: Mapping[str, int]
) -> list[Finding]:
    """Return what is wrong with a study's logo."""
    path = folder / logo["file"] if logo else folder
    if not path.is_file():
        return []
    name = f"figures/logo{path.suffix}"
    picture: Mapping[str, Any] = {name: {"file": path.read_bytes(), "alternative": "logo"}}
    markdown = f'![]({name}){{.logo alt="logo"}}\n\n# Title {{#top}}'
    try:
        to_docx(markdown, picture, "Title")
        to_pdf(markdown, picture, "Title")
    except Exception:
        # Whatever stops a form, it stops the report.
        setting, remedy = "report.logo.file", "export it again with everything inside it"
        what = "a picture that cannot be shown"
        line = lines.get(setting) or lines.get("report.logo")
        return [Finding("study.yaml", line, setting, what, PICTURE, remedy)]
    return []
