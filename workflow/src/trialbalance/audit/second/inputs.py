"""The tables of the first program that a certificate compares with, read under their contracts."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from trialbalance import contracts
from trialbalance.contracts.input_names import parts
from trialbalance.provenance.stage import vocabularies

# Read by the second program alone.
OTHERS = frozenset(("prices", "value_set"))
EXPORTS = ("wide_costs", "wide_effects")


def read_first(files: Mapping[str, Any], settings: Mapping[str, Any]) -> dict[str, pd.DataFrame]:
    """Return the tables of the first program, and the raw files to count their rows.

    Parameters
    ----------
    files : mapping of str to path-like
        As from `graph.audit_paths.second_inputs`.
    settings : mapping
        As from `settings.resolve.certificate_settings`.

    Returns
    -------
    dict of str to pandas.DataFrame
        By the names of the files; raw files as text.

    Examples
    --------
    >>> study = {"arms": {}, "visits": {}, "periods": {}}
    >>> read_first({"template": "second_opinion.R"}, {"study": study})
    {}
    """
    words, found = vocabularies(dict(settings)), {}
    for name, file in files.items():
        *places, table = parts(name)
        if name == "template" or table in EXPORTS or OTHERS.intersection(places):
            continue
        if "recorded" in places:
            found[name] = contracts.read_text(Path(str(file)))[0]
        else:
            found[name] = contracts.read(Path(str(file)), table, words)
    return found
