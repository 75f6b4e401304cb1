"""Odd records reach page one, under "how far to trust this", and name nobody there."""

import pandas as pd
import pytest
from report_described import described_study
from report_study import full_study, page_without_figures
from trialbalance.data.checks.check_table import check_table
from trialbalance.data.checks.unlikely import COPIES, FAR_AMOUNTS, FAR_DATES, Finding
from trialbalance.data.reading import CHECKS
from trialbalance.report.sections.front.described import ODD


def checks(*counted: tuple[str, int]) -> pd.DataFrame:
    found = [
        Finding("use.csv", 2, "record_id", "P017's note", further=count - 1, severity="note")
        for _, count in counted
    ]
    done = [(name, "use.csv", [one]) for (name, _), one in zip(counted, found, strict=True)]
    return check_table([*done, ("dates of visits", "visits.csv", [])])


@pytest.mark.parametrize("study", [full_study, described_study])
def test_what_is_odd_is_counted_by_kind_on_page_one(study):
    tables, settings, context = study()
    tables["data_checks"] = checks((COPIES, 1), (FAR_DATES, 12), (FAR_AMOUNTS, 2))
    words = " ".join(page_without_figures((tables, settings, context)).words.split())
    assert (
        "Odd records: 2 amounts hundreds of times the usual, 12 dates years from their plan and "
        "1 record that repeats another. They count as they stand" in words
    )
    assert "P017" not in words
    trust = words.index("How far to trust this")
    assert trust < words.index("Odd records:") < trust + 2000


@pytest.mark.parametrize("found", [None, checks()])
def test_without_odd_records_page_one_says_nothing_of_them(found):
    tables, settings, context = full_study()
    tables["data_checks"] = found
    assert "Odd records" not in page_without_figures((tables, settings, context)).words


def test_every_odd_check_is_one_that_is_made():
    assert set(ODD) <= {name for name, *_ in CHECKS}
