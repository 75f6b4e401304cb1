"""A small export with its mapping, and the sentences in which its import ends."""

from pathlib import Path

import pandas as pd
import yaml
from trialbalance.contracts import Problems
from trialbalance.data.exports.formats.reading import read_exports
from trialbalance.data.exports.importing import import_records
from trialbalance.settings.mapping.file import load_mapping

STUDY = {
    "visits": {"baseline": 0.0, "month_6": 0.5},
    "periods": {"first_half": [0.0, 0.5]},
    "horizon_years": 1.0,
}
CELLS = {
    "id": ["P1", "P2", "P3"],
    "alloc": ["1", "2", "1"],
    "day": ["2021-01-02", "2021-02-03", "2021-03-04"],
    "dead": ["", "", "2021-04-01"],
    "seen_0": ["2021-01-02", "2021-02-03", "2021-03-04"],
    "seen_6": ["2021-07-02", "", ""],
    "any_6": ["1", "0", ""],
    "gp_6": ["2", "", ""],
    "mo_6": ["1", "", ""],
    "adm": ["2021-03-01", "", ""],
    "dis": ["2021-03-04", "", ""],
    "nights": ["3", "", ""],
}
MAPPING = {
    "exports": {"main": {"file": "a.csv", "id": "id"}},
    "participants": {
        "columns": {
            "arm": {"column": "alloc", "recode": {"1": "new", "2": "usual"}},
            "randomisation_date": "day",
            "death_date": "dead",
        }
    },
    "visits": [{"at": {"baseline": "0", "month_6": "6"}, "date": "seen_{}"}],
    "responses": [{"at": {"month_6": "6"}, "instrument": "eq5d3l", "items": {"mobility": "mo_{}"}}],
    "resource_use": [
        {"item": "gp", "at": {"first_half": "6"}, "used": "any_{}", "quantity": "gp_{}"}
    ],
    "episodes": [{"item": "night", "start": "adm", "end": "dis"}],
}


def changed(place: str, value) -> dict:
    """Return the mapping with one setting replaced, or removed where the value is None."""
    content = yaml.safe_load(yaml.safe_dump(MAPPING))
    part = content
    *way, last = place.split("/")
    for word in way:
        part = part[int(word) if isinstance(part, list) else word]
    if value is None:
        del part[last]
    elif isinstance(part, list):
        part[int(last)] = value
    else:
        part[last] = value
    return content


def said(tmp_path: Path, cells: dict, content: dict) -> list[str]:
    """Return the sentences that an import ends in; none where it does not stop."""
    pd.DataFrame(cells).to_csv(tmp_path / "a.csv", index=False)
    (tmp_path / "mapping.yaml").write_text(yaml.safe_dump(content))
    mapping, findings = load_mapping(tmp_path / "mapping.yaml")
    if findings:
        return [finding.sentence() for finding in findings]
    try:
        exports = read_exports(mapping, {"export.main": tmp_path / "a.csv"})
        import_records(mapping, exports, STUDY, {})
    except Problems as problems:
        return [finding.sentence() for finding in problems.findings]
    return []
