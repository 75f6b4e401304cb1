"""Contracts of tables: what each column may hold, checked when written and when read."""

from trialbalance.contracts.checks.checking import check
from trialbalance.contracts.checks.keys import check_references
from trialbalance.contracts.dictionary import dictionary
from trialbalance.contracts.files import read_text
from trialbalance.contracts.problems import Finding, Problems
from trialbalance.contracts.reading import examine, read
from trialbalance.contracts.schemas import descriptor, schema, tables
from trialbalance.contracts.spelling import nearest
from trialbalance.contracts.writing import row_identifiers, write, write_text

__all__ = [
    "Finding",
    "Problems",
    "check",
    "check_references",
    "descriptor",
    "dictionary",
    "examine",
    "nearest",
    "read",
    "read_text",
    "row_identifiers",
    "schema",
    "tables",
    "write",
    "write_text",
]
