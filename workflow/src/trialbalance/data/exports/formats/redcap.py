"""The data dictionary of REDCap: labels, codes and checkboxes of an export's columns."""

import re
from pathlib import Path

from trialbalance.data.exports.export import Export, stop
from trialbalance.data.exports.formats.text_files import read_csv_export

FIELD = ("Variable / Field Name", "field_name")
KIND = ("Field Type", "field_type")
LABEL = ("Field Label", "field_label")
CHOICES = ("Choices, Calculations, OR Slider Labels", "select_choices_or_calculations")
EVENT = "redcap_event_name"
REPEAT = "redcap_repeat_instrument"


def with_dictionary(export: Export, path: Path) -> Export:
    r"""Return an export with the labels and codes that its data dictionary gives.

    Parameters
    ----------
    export : Export
        Export of REDCap, raw codes rather than labels.
    path : Path
        The data dictionary, as REDCap downloads it.

    Returns
    -------
    Export
        With labels and codes; each choice of a checkbox labels its column ``name___code``.

    Raises
    ------
    Problems
        The file is no data dictionary.

    Examples
    --------
    >>> import pandas as pd, tempfile
    >>> path = Path(tempfile.mkdtemp()) / "dictionary.csv"
    >>> _ = path.write_text("field_name,field_type,field_label,select_choices_or_calculations\n"
    ...                     'used,checkbox,Services used,"1, GP | 2, Nurse"\n')
    >>> export = Export("main", "a.csv", pd.DataFrame({"used___1": ["1"], "used___2": ["0"]}))
    >>> with_dictionary(export, path).labels
    {'used___1': 'Services used: GP', 'used___2': 'Services used: Nurse'}
    """
    table = read_csv_export(path, "dictionary").cells
    found = {}
    for word, names in (("field", FIELD), ("kind", KIND), ("label", LABEL), ("choices", CHOICES)):
        column = next((name for name in names if name in table), None)
        if column is None:
            stop(
                path, f"no column {names[0]!r}", "a data dictionary of REDCap", "download it again"
            )
        found[word] = table[column]
    for row in table.index:
        field, label = found["field"][row], _without_markup(found["label"][row])
        choices = _choices(found["choices"][row]) if found["kind"][row] in CODED else {}
        if found["kind"][row] == "checkbox":
            for code, words in choices.items():
                name = f"{field}___{code.lower().replace('-', '_')}"
                if name in export.cells:
                    export.labels[name] = f"{label}: {words}"
                    export.codes[name] = {"0": "unticked", "1": "ticked"}
        elif field in export.cells:
            export.labels[field] = label
            if choices:
                export.codes[field] = choices
    export.notes.append(f"data dictionary {path.name}: {len(table)} fields")
    return export


CODED = ("radio", "dropdown", "checkbox", "yesno", "truefalse")


def _choices(text: str) -> dict[str, str]:
    """Return code -> label of ``1, GP | 2, Nurse``."""
    parts = [part.partition(",") for part in text.split("|") if part.strip()]
    return {code.strip(): _without_markup(label) for code, _, label in parts}


def _without_markup(text: str) -> str:
    """Return a label without the tags that REDCap lets it hold."""
    return " ".join(re.sub(r"<[^>]*>", " ", text).split())
