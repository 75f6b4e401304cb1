"""Clean tables, notes, populations and flow; and the other doors."""

import pandas as pd
import pytest
from filled import filled
from trialbalance import contracts
from trialbalance.data import check_records, read_records
from trialbalance.data.checks.use_checks import episode_overlaps
from trialbalance.data.record_set import Records

ARMS = {"usual": {"label": "Usual care"}, "new": {"label": "New care"}}
NOTES = [
    (
        "byte-order mark",
        lambda tiny: tiny.paths["visits"].write_bytes(
            b"\xef\xbb\xbf" + tiny.paths["visits"].read_bytes()
        ),
        "visits.csv, row 1: found a byte-order mark at the start; it was left out.",
    ),
    (
        "blanks around a value",
        lambda tiny: tiny.change("visits", "P1,month_6,", "P1 , month_6,"),
        "visits.csv, row 3, column participant_id: found 'P1' with blanks before or after it; "
        "the blanks were left out.",
    ),
    (
        "use before randomisation",
        lambda tiny: tiny.change("resource_use", "2010-04-01", "2010-01-01"),
        "resource_use.csv, row 3, column date: found '2010-01-01', before randomisation on "
        "2010-01-10; it counts as baseline, in no total.",
    ),
    (
        "use after the horizon",
        lambda tiny: tiny.change("resource_use", "2010-04-01", "2012-04-01"),
        "resource_use.csv, row 3, column date: found '2012-04-01', after the horizon ended on "
        "2011-01-10; it will be set aside and counted.",
    ),
    (
        "use after death",
        lambda tiny: tiny.add("resource_use", "U6,P3,gp_visit,1,,2010-05-09"),
        "resource_use.csv, row 7, column date: found '2010-05-09', after death on 2010-05-01; "
        "it will be set aside and counted; correct the date if it is wrong.",
    ),
    (
        "stay past the horizon",
        lambda tiny: tiny.change("episodes", "2010-11-01,", "2010-11-01,2011-03-01"),
        "episodes.csv, row 6, column end_date: found '2011-03-01', after the horizon ended on "
        "2011-01-12; nights outside the follow-up are set aside and counted.",
    ),
    (
        "stay from before randomisation",
        lambda tiny: tiny.change("episodes", "2010-03-01,2010-03-11", "2010-01-01,2010-03-11"),
        "episodes.csv, row 2, column start_date: found '2010-01-01', before randomisation on "
        "2010-01-10; nights outside the follow-up are set aside and counted.",
    ),
    (
        "baseline visit before randomisation",
        lambda tiny: tiny.change("visits", "P1,baseline,2010-01-10", "P1,baseline,2010-01-08"),
        "visits.csv, row 2, column date: found '2010-01-08', before randomisation on 2010-01-10; "
        "taken as the baseline all the same.",
    ),
    (
        "missed after death",
        lambda tiny: tiny.change("visits", "P3,month_6,,dead", "P3,month_6,,missed"),
        "visits.csv, row 9, column status: found 'missed' at a visit planned after death on "
        "2010-05-01; counted as dead, not as missing.",
    ),
    (
        "visit without a row",
        lambda tiny: tiny.change("visits", "P4,month_12,,missed\n", ""),
        "visits.csv: found 1 of 18 combinations of participant and visit without a row; "
        "they count as missed.",
    ),
]


@pytest.mark.parametrize(("name", "change", "sentence"), NOTES, ids=[note[0] for note in NOTES])
def test_what_is_odd_but_possible_is_noted(tiny, name, change, sentence):
    change(tiny)
    tables, findings = tiny.check()
    assert sentence in [finding.sentence() for finding in findings]
    assert {finding.severity for finding in findings} == {"note"}
    told = tables["data_checks"]
    assert (told["severity"] == "note").sum() == len(findings)


def test_windows_line_ends_and_blank_lines_pass(tiny):
    before = tiny.read()["visits"]
    text = tiny.text("visits").replace("\n", "\r\n") + "\r\n,,,\r\n"
    tiny.paths["visits"].write_bytes(text.encode())
    pd.testing.assert_frame_equal(tiny.read()["visits"], before)


def test_populations_are_counted_and_exclusions_named(tiny):
    tables = tiny.read()
    people = tables["participants"].set_index("participant_id")
    assert people["randomised"].all()
    assert list(people.index[~people["intention_to_treat"]]) == ["P5"]
    assert list(people.index[~people["alive"]]) == ["P3", "P5"]
    flow = tables["flow"].set_index(["step", "arm"])
    assert flow.loc[("population alive", "usual"), "participants"] == 1
    assert flow.loc[("population alive", "usual"), "reason"] == "died 1; withdrew_consent 1"
    assert flow.loc[("attended month_6 in randomised", "new"), "participants"] == 2
    assert flow.loc[("attended month_6 in randomised", "usual"), "reason"] == "dead 1; withdrawn 1"
    out = tables["exclusions"].to_numpy().tolist()
    assert ["P3", "alive", "died"] in out
    assert ["P5", "intention_to_treat", "withdrew_consent"] in out


def test_a_population_may_be_a_column(tiny):
    text = tiny.text("participants").splitlines()
    flags = ["per_protocol", *["true"] * 5, "false"]
    joined = [",".join(pair) for pair in zip(text, flags, strict=True)]
    tiny.paths["participants"].write_text("\n".join(joined) + "\n", encoding="utf-8")
    rule = {"per_protocol": {"excludes": ["excluded"], "column": "per_protocol"}}
    tables, findings = tiny.check(section=tiny.section | {"populations": rule})
    assert findings == []
    assert tables["exclusions"]["reason"].tolist() == [
        "withdrew_consent",
        "not marked in per_protocol",
    ]


def test_tables_not_handed_over_are_empty_and_columns_left_out_are_blank(tiny):
    tiny.paths = {"participants": tiny.paths["participants"], "visits": tiny.paths["visits"]}
    tiny.change("participants", ",exclusion,sex", ",sex")
    text = tiny.text("participants").replace(",withdrew_consent", "")
    rows = [
        line.replace(",,,female", ",,female").replace(",,,male", ",,male")
        for line in text.splitlines()
    ]
    rows[3] = "P3,usual,north,2010-02-01,2010-05-01,male,60"
    tiny.paths["participants"].write_text("\n".join(rows) + "\n", encoding="utf-8")
    tables = tiny.read()
    assert tables["participants"]["exclusion"].isna().all()
    assert tables["episodes"].empty and tables["episodes"]["start_date"].dtype == "datetime64[ns]"


def test_clean_tables_keep_their_contracts(tiny, tmp_path):
    words = {"arms": list(ARMS), "visits": list(tiny.study["visits"])}
    for name, table in tiny.read().items():
        contracts.write(table, tmp_path / "out" / f"{name}.csv", name, True, words)
        again = contracts.read(tmp_path / "out" / f"{name}.csv", name, words)
        assert len(again) == len(table)


def test_a_long_stay_hides_no_overlap_behind_a_short_one():
    people = pd.DataFrame(
        {"participant_id": ["P1"], "randomisation_date": ["2010-01-01"], "death_date": [None]}
    ).astype({"randomisation_date": "datetime64[ns]", "death_date": "datetime64[ns]"})
    spans = [
        ("2010-01-01", "2010-06-01"),
        ("2010-02-01", "2010-02-02"),
        ("2010-05-01", "2010-05-02"),
    ]
    stays = pd.DataFrame(spans, columns=["start_date", "end_date"], index=[2, 3, 4])
    stays = stays.astype("datetime64[ns]").assign(participant_id="P1", type="occupancy", item="bed")
    tables = {"participants": people, "episodes": stays}
    found = episode_overlaps(Records(tables, {"episodes": "e.csv"}, {"horizon_years": 1.0}))
    assert found[0].row == 3 and found[0].further == 1
    assert "overlapping row 2" in found[0].found


STUDY = {
    "arms": ARMS,
    "horizon_years": 1.0,
    "visits": {"start": 0.0, "end": 1.0},
    "periods": {"year": [0.0, 1.0]},
}


def _files(folder, **texts):
    for name, text in texts.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return {name: folder / f"{name}.csv" for name in texts}


def test_scored_data_become_records(tmp_path):
    paths = _files(
        tmp_path,
        participants="participant_id,arm,randomisation_date,death_date\n"
        "a,usual,2010-01-01,\nb,new,2010-01-01,2010-02-01\n",
        measures_given="participant_id,visit,measure,value\n"
        "a,start,utility,0.5\na,end,utility,\nb,start,utility,0.4\n",
        costs_given="participant_id,period,item,cost\na,year,everything,120.5\nb,year,everything,\n",
    )
    populations = {"randomised": {"excludes": []}}
    tables = read_records(
        paths, STUDY, filled("data", {"door": "scored", "populations": populations})
    )
    status = tables["visits"].set_index(["participant_id", "visit"])["status"]
    assert status.to_dict() == {
        ("a", "start"): "attended",
        ("a", "end"): "missed",
        ("b", "start"): "attended",
        ("b", "end"): "dead",
    }
    quantities = tables["resource_use"]["quantity"]
    assert quantities.dropna().tolist() == [120.5]
    assert quantities.isna().sum() == 1
    blank = tables["data_checks"].query("check == 'costs are observed'")
    assert blank["found"].tolist() == ["1 of 2 costs blank"]
    assert tables["unit_costs"].empty


def test_totals_and_draws_are_handed_over_as_they_are(tmp_path):
    paths = _files(
        tmp_path,
        totals="participant_id,arm,cost,effect,age\na,usual,100,0.5,40\nb,new,,0.6,\n",
        draws_given="draw,arm,cost,effect\n1,usual,10,0.5\n1,new,20,0.6\n"
        "2,usual,11,0.5\n2,new,21,0.6\n",
    )
    totals = read_records({"totals": paths["totals"]}, STUDY, filled("data", {"door": "totals"}))
    assert totals["totals"]["age"].tolist()[0] == 40
    assert totals["flow"]["participants"].tolist()[:2] == [1, 1]
    draws = read_records(
        {"draws_given": paths["draws_given"]}, STUDY, filled("data", {"door": "draws"})
    )
    assert len(draws["draws_given"]) == 4
    assert draws["flow"].empty


def test_draws_without_one_row_for_each_arm_are_refused(tmp_path):
    paths = _files(tmp_path, draws_given="draw,arm,cost,effect\n1,usual,10,0.5\n2,new,20,0.6\n")
    _, findings = check_records(paths, STUDY, filled("data", {"door": "draws"}))
    assert findings[0].sentence() == (
        "draws_given.csv, row 2, column arm: found draw 1 without arm new; allowed: one row for "
        "each arm in each draw; add the row or remove the draw; and 1 further row."
    )


def test_participants_of_totals_are_judged_as_such(tmp_path):
    paths = _files(tmp_path, totals="participant_id,arm,cost,effect\na,usuall,1O0,0.5\n")
    _, findings = check_records(paths, STUDY, filled("data", {"door": "totals"}))
    errors = [finding.sentence() for finding in findings if finding.severity == "error"]
    assert any("perhaps 'usual' was meant" in error for error in errors)
    assert any("found '1O0', which is not a number" in error for error in errors)


def test_an_arm_without_any_draws_is_one_that_nobody_entered(tmp_path):
    rows = "".join(f"{draw},usual,{draw},0.5\n" for draw in range(100))
    paths = _files(tmp_path, draws_given="draw,arm,cost,effect\n" + rows)
    tables, findings = check_records(paths, STUDY, filled("data", {"door": "draws"}))
    assert [one.severity for one in findings] == ["note"]
    assert "no draws of new; taken as entered by nobody" in findings[0].sentence()
    assert len(tables["draws_given"]) == 100
    wide = _files(tmp_path, costs_drawn="usual\n10\n20\n", effects_drawn="usual\n0.5\n0.6\n")
    tables, findings = check_records(wide, STUDY, filled("data", {"door": "draws"}))
    assert not [one for one in findings if one.severity == "error"]
    assert tables["draws_given"]["arm"].unique().tolist() == ["usual"]
    wide = _files(tmp_path, costs_drawn="usual,nwe\n10,1\n", effects_drawn="usual,new\n0.5,1\n")
    _, findings = check_records(wide, STUDY, filled("data", {"door": "draws"}))
    assert any("rename it to new" in one.sentence() for one in findings)
