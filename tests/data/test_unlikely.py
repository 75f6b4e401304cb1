"""Records that are possible and hardly true are told: copies, dates years away, odd amounts."""

import re

import pandas as pd
import pytest
from trialbalance.commands.check import check_study
from trialbalance.data.checks.unlikely import amounts_far_from_usual, copied_records
from trialbalance.data.record_set import Records


def notes(study) -> list[str]:
    """Return the notes of a check."""
    return [line for line in check_study(str(study.file)) if line.startswith("note: ")]


def rows(study, table: str) -> list[str]:
    return (study.folder / "data" / f"{table}.csv").read_text(encoding="utf-8").splitlines()


def put(study, table: str, lines: list[str]) -> None:
    path = study.folder / "data" / f"{table}.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def test_the_records_as_they_are_have_nothing_odd(study):
    assert not [line for line in notes(study) if "same as" in line or "times the usual" in line]


def test_a_record_under_a_new_identifier_is_told_with_the_row_of_the_first(study):
    table = "resource_use"
    lines = rows(study, table)
    place = next(n for n, line in enumerate(lines) if n and ",1," not in line)
    first, _, rest = lines[place].partition(",")
    put(study, table, [*lines, f"NEW_1,{rest}"])
    told = [line for line in notes(study) if "the same as" in line]
    assert told == [
        f"note: {table}.csv, row {len(lines) + 1}, column record_id: found NEW_1, the same as "
        f"{first} (row {place + 1}) but for record_id; remove it if it was entered twice; it "
        "counts as it stands."
    ]


def test_a_person_under_a_new_identifier_is_told(study):
    people = rows(study, "participants")
    old = people[1].partition(",")[0]
    for table in ("participants", "visits", "responses", "resource_use", "episodes"):
        lines = rows(study, table)
        copies = [re.sub(rf"\b{old}\b", "TWIN", line) for line in lines
                  if old in line.split(",")[:2]]  # fmt: skip
        if lines[0].startswith("record_id"):
            copies = [f"{table}_{n},{line.partition(',')[2]}" for n, line in enumerate(copies)]
        put(study, table, [*lines, *copies])
    told = [line for line in notes(study) if "the same as" in line]
    assert len(told) == 1
    assert f"column participant_id: found TWIN, the same as {old} (row 2)" in told[0]


def test_single_contacts_of_the_same_kind_are_no_copies():
    use = pd.DataFrame({"record_id": range(40), "participant_id": "p1", "item": "visit",
                        "quantity": 1.0, "date": pd.NaT})  # fmt: skip
    few = use.assign(participant_id=[f"p{n}" for n in range(39)] + ["p0"])
    for frame, count in ((use, 0), (few, 1), (use.assign(quantity=3.0), 1)):
        found = copied_records(Records({"resource_use": frame}, {"resource_use": "u.csv"}, {}))
        assert len(found) == count


def test_equal_totals_of_two_people_are_told():
    totals = pd.DataFrame({"participant_id": ["a", "b", "c"], "arm": "x", "cost": [1.5, 1.5, None],
                           "effect": [0.7, 0.7, None]}, index=[2, 3, 4])  # fmt: skip
    found = copied_records(Records({"totals": totals}, {"totals": "t.csv"}, {}))
    assert [one.row for one in found] == [3]


def test_a_randomisation_years_before_the_visits_is_told(study):
    people = rows(study, "participants")
    column = people[0].split(",").index("randomisation_date")
    cells = people[1].split(",")
    cells[column] = str(int(cells[column][:4]) - 10) + cells[column][4:]
    put(study, "participants", [people[0], ",".join(cells), *people[2:]])
    told = [line for line in notes(study) if "years from its plan" in line]
    assert len(told) == 1
    assert "visits.csv" in told[0] and "10.0 years" in told[0]
    assert "further rows" in told[0] or "more" in told[0]


@pytest.mark.parametrize(("year", "word"), [(-6, "before"), (9, "after")])
def test_use_years_outside_of_follow_up_is_told(study, year, word):
    lines = rows(study, "episodes")
    head, cells = lines[0].split(","), lines[1].split(",")
    for column in ("start_date", "end_date"):
        place = head.index(column)
        cells[place] = str(int(cells[place][:4]) + year) + cells[place][4:]
    put(study, "episodes", [lines[0], ",".join(cells), *lines[2:]])
    told = [line for line in notes(study) if f"years {word} randomisation" in line]
    assert len(told) == 2 and all("episodes.csv, row 2" in line for line in told)


def test_an_amount_a_thousand_times_the_usual_is_told_and_twice_is_not(study):
    lines = rows(study, "resource_use")
    head, cells = lines[0].split(","), lines[1].split(",")
    place = head.index("quantity")
    for times, count in ((2, 0), (1000, 1)):
        changed = [*cells]
        changed[place] = str(float(cells[place]) * times)
        put(study, "resource_use", [lines[0], ",".join(changed), *lines[2:]])
        assert len([line for line in notes(study) if "times the usual" in line]) == count


def test_amounts_of_a_kind_that_few_have_are_not_judged():
    use = pd.DataFrame({"item": "x", "quantity": [1.0, 1.0, 1.0, 5000.0]})
    assert not amounts_far_from_usual(Records({"resource_use": use}, {"resource_use": "u"}, {}))
    costs = pd.DataFrame({"item": "x", "cost": [1.0, 1.0, 1.0, 1.0, None, 5000.0]})
    found = amounts_far_from_usual(Records({"costs_given": costs}, {"costs_given": "c"}, {}))
    assert found[0].found == "5000 of x, 5000 times the usual 1"
