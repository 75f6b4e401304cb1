"""The stage as a whole: death, missing visits, dates, ceilings, and what must not matter."""

import numpy as np
import pandas as pd
import pytest
from filled import filled
from trialbalance import contracts, outcomes
from trialbalance.contracts import Problems
from trialbalance.settings.sections.outcomes import OutcomesSettings

GOOD = ["11111", "11211", "11112"]


def score_outcomes(people, visits, answers, stays, sets, study, section, *given):
    """Run the stage, every setting that a test does not name at its default."""
    section = filled("outcomes", section)
    return outcomes.score_outcomes(people, visits, answers, stays, sets, study, section, *given)


def qaly(tables):
    return tables["outcomes"].set_index("outcome").loc["qaly"]


def test_a_complete_participant(score):
    found = qaly(score(GOOD))
    assert found["value"] == pytest.approx((1 + 0.883) / 4 + (0.883 + 0.848) / 4, abs=1e-12)
    assert found["observed"]
    assert not found["died"]
    assert not found["at_ceiling"]


@pytest.mark.parametrize("missing", [0, 1, 2])
def test_any_needed_visit_missing_makes_the_outcome_missing(score, missing):
    profiles = [None if place == missing else one for place, one in enumerate(GOOD)]
    found = qaly(score(profiles))
    assert np.isnan(found["value"])
    assert not found["observed"]
    assert found["at_ceiling"] is pd.NA


def test_a_blank_item_makes_the_outcome_missing(score):
    tables = score(["11111", "112.1", "11112"])
    assert not qaly(tables)["observed"]
    counts = tables["questionnaires"].query("arm == 'order'").set_index("visit")
    assert counts.loc["month_6", ["expected", "returned", "complete", "scored"]].to_list() == [
        1,
        1,
        0,
        0,
    ]


def test_visits_after_the_horizon_are_not_needed(score):
    found = qaly(score(["11111", "11211", None], study={"horizon_years": 0.5}))
    assert found["value"] == pytest.approx((1 + 0.883) / 4, abs=1e-12)
    held = qaly(score(["11111", "11211", None], study={"horizon_years": 0.75}))
    assert not held["observed"]


def test_death_is_not_missing(score):
    """Dead on day 200: the value of month 6 holds from 0.5 to 200/365.25 years."""
    tables = score(
        ["11111", "11211", None], death="2010-07-20", statuses=["attended", "attended", "dead"]
    )
    found = qaly(tables)
    assert found["observed"]
    assert found["died"]
    assert not found["at_ceiling"]
    assert found["value"] == pytest.approx(
        (1 + 0.883) / 4 + 0.883 * (200 / 365.25 - 0.5), abs=1e-12
    )
    last = tables["measures"].set_index("visit").loc["month_12"]
    assert (last["value"], last["dead"], last["at_ceiling"]) == (0, True, False)


def test_a_visit_missing_before_death_makes_the_outcome_missing(score):
    tables = score(
        ["11111", None, None], death="2010-11-01", statuses=["attended", "missed", "dead"]
    )
    assert not qaly(tables)["observed"]
    assert qaly(tables)["died"]


def test_a_visit_lost_to_death_shortly_before_it_was_held(score):
    """The planned time of month 6 is day 182.6; the visit was late and death came on day 190."""
    tables = score(["11111", None, None], death="2010-07-10", statuses=["attended", "dead", "dead"])
    assert qaly(tables)["value"] == pytest.approx(190 / 365.25, abs=1e-12)


def test_a_visit_held_early_before_a_death_before_its_planned_time(score):
    """Held on day 170, dead on day 180, planned for day 182.6: the visit counts at its date."""
    tables = score(
        ["11111", "11211", None],
        death="2010-06-30",
        statuses=["attended", "attended", "dead"],
        dates=["2010-01-01", "2010-06-20", None],
    )
    day = 1 / 365.25
    expected = (1 + 0.883) / 2 * 170 * day + 0.883 * 10 * day
    assert qaly(tables)["value"] == pytest.approx(expected, abs=1e-12)


def test_unknown_vital_status_is_missing_and_not_alive_or_dead(score):
    tables = score(["11111", None, None], statuses=["attended", "withdrawn", "withdrawn"])
    assert not qaly(tables)["observed"]
    assert not tables["measures"]["dead"].any()


def test_actual_dates_cut_a_late_visit_and_hold_an_early_one(score):
    late = score(GOOD, dates=["2010-01-01", "2010-07-01", "2011-03-01"], visit_times="actual")
    assert qaly(late)["held_years"] == 0
    early = score(GOOD, dates=["2010-01-01", "2010-07-01", "2010-12-01"], visit_times="actual")
    assert qaly(early)["held_years"] == pytest.approx(1 - 334 / 365.25, abs=1e-12)
    assert "held_to_horizon" in early["outcome_working"]["basis"].to_list()
    expected = (
        (1 + 0.883) / 2 * 181 + (0.883 + 0.848) / 2 * (334 - 181) + 0.848 * (365.25 - 334)
    ) / 365.25
    assert qaly(early)["value"] == pytest.approx(expected, abs=1e-12)


def test_two_years_with_a_visit_held_on_day_380(score):
    """The line to day 380 is cut at the anniversary; what lies beyond is divided by 1.035."""
    found = qaly(
        score(
            GOOD,
            dates=["2010-01-01", "2011-01-16", "2012-06-01"],
            visit_times="actual",
            study={
                "horizon_years": 2.0,
                "visits": {"baseline": 0.0, "month_6": 1.0, "month_12": 2.0},
            },
        )
    )
    late, end = 380 / 365.25, 882 / 365.25
    at_one = 1 - 0.117 / late
    at_two = 0.883 + (0.848 - 0.883) * (2 - late) / (end - late)
    second = (at_one + 0.883) / 2 * (late - 1) + (0.883 + at_two) / 2 * (2 - late)
    assert found["value"] == pytest.approx((1 + at_one) / 2 + second / 1.035, abs=1e-12)


def test_events_need_no_visits(trial):
    stays = pd.DataFrame(
        {
            "participant_id": ["p1"],
            "type": "occupancy",
            "item": "bed",
            "start_date": pd.to_datetime(["2010-05-01"]),
            "end_date": pd.to_datetime([None]),
        }
    )
    section = trial.SECTION | {
        "instruments": {},
        "effects": {},
        "endpoints": {"readmission": {"kind": "admission", "items": ["bed"]}},
    }
    tables = score_outcomes(
        trial.person(), None, None, stays, {}, trial.STUDY | {"visits": {}}, section
    )
    assert tables["outcomes"]["value"].to_list() == [1.0]


def test_areas_of_the_working_add_up(score):
    tables = score(
        ["11111", "11211", None], death="2010-07-20", statuses=["attended", "attended", "dead"]
    )
    working = tables["outcome_working"]
    assert working["area"].sum() == pytest.approx(qaly(tables)["value"], abs=1e-15)
    assert working["end_years"].max() == 1.0
    assert working["segment"].to_list() == [1, 2, 3]


def test_only_the_best_profile_throughout_is_at_the_ceiling(score):
    best = ["11111"] * 3
    found = qaly(score(best, study={"horizon_years": 1.0}))
    assert found["at_ceiling"]
    assert found["value"] == pytest.approx(1.0)
    assert not qaly(score(["11111", "11112", "11111"]))["at_ceiling"]
    dead = score(
        ["11111", "11111", None], death="2010-12-20", statuses=["attended", "attended", "dead"]
    )
    assert not qaly(dead)["at_ceiling"]


def test_handed_over_measures_know_a_ceiling_only_when_told(trial):
    given = pd.DataFrame(
        {
            "participant_id": "p1",
            "visit": list(trial.STUDY["visits"]),
            "measure": "utility",
            "value": [1.0, 1.0, 1.0],
        }
    )
    for ceiling, expected in ((None, pd.NA), (1.0, True), (1.1, False)):
        section = trial.SECTION | {
            "instruments": {},
            "measures_given": {"utility": {"ceiling": ceiling}},
        }
        tables = score_outcomes(trial.person(), None, None, None, {}, trial.STUDY, section, given)
        assert qaly(tables)["at_ceiling"] is expected or qaly(tables)["at_ceiling"] == expected
        assert qaly(tables)["value"] == 1.0


def test_many_participants_in_any_order(trial):
    rng = np.random.default_rng(4)
    profiles = {
        f"p{number}": ["".join(map(str, rng.integers(1, 4, 5))) for _ in range(3)]
        for number in range(20)
    }
    people = pd.concat(
        [
            trial.person(name, "order" if place % 2 else "leave")
            for place, name in enumerate(profiles)
        ],
        ignore_index=True,
    )
    visits = pd.concat([trial.visits(p, n) for n, p in profiles.items()], ignore_index=True)
    answers = pd.concat([trial.responses(p, n) for n, p in profiles.items()], ignore_index=True)
    usual = (people, visits, answers, None, {"tariff": trial.TARIFF}, trial.STUDY, trial.SECTION)
    first = score_outcomes(*usual)
    shuffled = [
        table.sample(frac=1, random_state=2).reset_index(drop=True) for table in (visits, answers)
    ]
    second = score_outcomes(people, *shuffled, *usual[3:])
    for name in first:
        pd.testing.assert_frame_equal(first[name], second[name])
    assert first["outcomes"]["observed"].all()
    assert len(first["measures"]) == 60


def test_readmission_is_an_endpoint_and_an_outcome(trial):
    people = pd.concat([trial.person("p1"), trial.person("p2", "leave")], ignore_index=True)
    stays = pd.DataFrame(
        {
            "participant_id": ["p1", "p1"],
            "type": "occupancy",
            "item": "acute_bed_day",
            "start_date": pd.to_datetime(["2009-12-01", "2010-05-01"]),
            "end_date": pd.to_datetime(["2010-01-10", "2010-05-09"]),
        }
    )
    section = trial.SECTION | {
        "instruments": {},
        "effects": {"kept_out": {"kind": "event", "endpoint": "readmission", "count": "avoided"}},
        "endpoints": {"readmission": {"kind": "admission", "items": ["acute_bed_day"]}},
    }
    tables = score_outcomes(people, None, None, stays, {}, trial.STUDY, section)
    values = tables["outcomes"].pivot_table("value", "participant_id", "outcome")
    assert values["readmission"].to_list() == [1, 0]
    assert values["kept_out"].to_list() == [0, 1]
    assert tables["endpoints"]["events"].sum() == 1
    areas = tables["outcome_working"].groupby("outcome")["area"].sum()
    assert areas.to_dict() == {"kept_out": 1.0, "readmission": 1.0}


def test_capability_index_over_a_hundred_is_a_weight(trial):
    items = [f"item_{number:02d}" for number in range(1, 17)]
    answers = pd.DataFrame(
        [
            ("p1", visit, "capability", item, level)
            for visit, level in zip(trial.STUDY["visits"], (1, 3, 5), strict=True)
            for item in items
        ],
        columns=["participant_id", "visit", "instrument", "item", "level"],
    )
    section = OutcomesSettings(
        instruments={
            "capability": {
                "kind": "sum_score",
                "measure": "capability",
                "items": items,
                "levels": 5,
            }
        },
        effects={"cwly": {"kind": "area_under_curve", "measure": "capability"}},
    ).model_dump(mode="json")
    tables = score_outcomes(
        trial.person(), trial.visits(["x"] * 3), answers, None, {}, trial.STUDY, section
    )
    assert tables["measures"]["value"].to_list() == [0, 0.5, 1]
    assert tables["outcomes"]["value"].iloc[0] == pytest.approx(0.5)


@pytest.mark.parametrize(
    "table", ["measures", "outcomes", "outcome_working", "questionnaires", "endpoints"]
)
def test_tables_keep_their_contracts(trial, tmp_path, table):
    people = pd.concat([trial.person("p1"), trial.person("p2", "leave")], ignore_index=True)
    stays = pd.DataFrame(
        {
            "participant_id": ["p1"],
            "type": "occupancy",
            "item": "bed",
            "start_date": pd.to_datetime(["2010-05-01"]),
            "end_date": pd.to_datetime(["2010-05-09"]),
        }
    )
    section = trial.SECTION | {
        "endpoints": {"readmission": {"kind": "admission", "items": ["bed"]}}
    }
    tables = score_outcomes(
        people,
        trial.visits(GOOD),
        trial.responses(GOOD),
        stays,
        {"tariff": trial.TARIFF},
        trial.STUDY,
        section,
    )
    words = {"arms": ["order", "leave"], "visits": list(trial.STUDY["visits"])}
    contracts.write(tables[table], tmp_path / f"{table}.csv", table, True, words)
    again = contracts.read(tmp_path / f"{table}.csv", table, words)
    assert len(again) == len(tables[table])


def test_a_study_without_any_outcome_still_has_its_tables(trial):
    section = trial.SECTION | {"instruments": {}, "effects": {}}
    tables = score_outcomes(trial.person(), None, None, None, {}, trial.STUDY, section)
    assert all(table.empty for table in tables.values())


def broken(trial, change):
    """Return the arguments of the stage with one mistake in them."""
    parts = {
        "people": trial.person(),
        "visits": trial.visits(GOOD),
        "answers": trial.responses(GOOD),
        "sets": {"tariff": trial.TARIFF},
        "study": dict(trial.STUDY),
        "section": dict(trial.SECTION),
        "episodes": None,
        "given": None,
    }
    change(parts)
    return parts


def put(table, row, column, value):
    def change(parts):
        parts[table] = parts[table].astype({column: object})
        parts[table].loc[row, column] = value

    return change


def twice(table, row):
    def change(parts):
        parts[table] = pd.concat([parts[table], parts[table].iloc[[row]]], ignore_index=True)

    return change


def setting(section, **values):
    return lambda parts: parts[section].update(values)


def both(*changes):
    def change(parts):
        for one in changes:
            one(parts)

    return change


def giving(**values):
    def change(parts):
        parts["given"] = pd.DataFrame(
            {
                "participant_id": ["p1"],
                "visit": ["baseline"],
                "measure": ["utility"],
                "value": [0.5],
            }
            | {column: [value] for column, value in values.items()}
        )
        parts["answers"] = None
        parts["section"] |= {"instruments": {}, "measures_given": {"utility": {"range": [0, 1]}}}

    return change


MISTAKES = {
    "level above the highest": (
        put("answers", 3, "level", 4),
        "responses.csv, row 5, column level: found 4 for pain_discomfort of eq5d3l; "
        "allowed: whole numbers from 1 to 3",
    ),
    "level below 1": (put("answers", 0, "level", 0), "row 2, column level: found 0 for mobility"),
    "half a level": (put("answers", 0, "level", 1.5), "found 1.5 for mobility of eq5d3l"),
    "unknown item": (
        put("answers", 6, "item", "selfcare"),
        "responses.csv, row 8, column item: found selfcare of eq5d3l; allowed: mobility, self_care",
    ),
    "unknown instrument": (
        put("answers", 0, "instrument", "eq5d5l"),
        "row 2, column instrument: found eq5d5l; allowed: eq5d3l; correct it or declare it in "
        "outcomes.instruments",
    ),
    "unknown visit": (
        put("answers", 0, "visit", "month_9"),
        "column visit: found month_9; allowed: baseline",
    ),
    "unknown participant": (
        put("answers", 0, "participant_id", "p7"),
        "column participant_id: found p7; allowed: p1",
    ),
    "answer twice": (
        twice("answers", 2),
        "responses.csv, row 17, column item: found p1 baseline eq5d3l",
    ),
    "visit twice": (
        twice("visits", 1),
        "visits.csv, row 5, column visit: found p1 month_6 for the second time",
    ),
    "participant twice": (twice("people", 0), "participants.csv, row 3, column participant_id"),
    "visit of nobody": (put("visits", 0, "participant_id", "p7"), "visits.csv, row 2"),
    "answers at a visit not held": (
        put("visits", 1, "status", "missed"),
        "responses.csv, row 7, column visit: found answers of p1 at month_6, which was not held; "
        "allowed: answers only at a visit whose status is attended; correct the status in "
        "visits.csv or take the answers out; and 4 further rows",
    ),
    "dead without a date": (
        put("visits", 2, "status", "dead"),
        "visits.csv, row 4, column status: found dead for p1, who has no date of death",
    ),
    "visit after death": (
        both(
            put("people", 0, "death_date", pd.Timestamp("2010-03-01")),
            put("visits", 1, "date", pd.Timestamp("2010-07-01")),
        ),
        "visits.csv, row 3, column date: found a visit of p1 after the date of death",
    ),
    "death before randomisation": (
        put("people", 0, "death_date", pd.Timestamp("2009-03-01")),
        "participants.csv, row 2, column death_date: found a death of p1 before randomisation",
    ),
    "no dates for actual times": (
        setting("section", visit_times="actual"),
        "visits.csv, row 2, column date: found no date",
    ),
    "dates out of order": (
        both(
            setting("section", visit_times="actual"),
            lambda parts: parts["visits"].update(
                {"date": pd.to_datetime(["2010-01-01", "2010-07-01", "2010-07-01"])}
            ),
        ),
        "visits.csv, row 4, column date: found month_12 of p1 on or before",
    ),
    "two visits at one time": (
        setting("study", visits={"baseline": 0.0, "month_6": 0.5, "month_12": 0.5}),
        "study.yaml, setting study.visits.month_12: found 0.5, the time of month_6",
    ),
    "unknown value set": (
        setting("sets", tariff=None),
        "setting outcomes.instruments.eq5d3l.value_set: found tariff; allowed: none is loaded",
    ),
    "too few items": (
        setting(
            "section",
            instruments={
                "eq5d3l": {
                    "kind": "value_set",
                    "value_set": "tariff",
                    "measure": "utility",
                    "items": ["mobility"],
                }
            },
        ),
        "setting outcomes.instruments.eq5d3l.items: found 1 items; allowed: 5, in the order",
    ),
    "nobody answered": (
        setting(
            "section",
            instruments={
                "eq5d3l": {"kind": "value_set", "value_set": "tariff", "measure": "utility"},
                "other": {"kind": "sum_score", "measure": "m", "items": ["a"], "levels": 5},
            },
        ),
        "responses.csv, column instrument: found no answers to other",
    ),
    "measure nobody scored": (
        setting("section", effects={"qaly": {"kind": "area_under_curve", "measure": "utilty"}}),
        "study.yaml, setting outcomes.effects.qaly.measure: found utilty; allowed: utility",
    ),
    "outcome out of range": (
        setting(
            "section",
            effects={"qaly": {"kind": "area_under_curve", "measure": "utility", "range": [0, 0.5]}},
        ),
        "study.yaml, setting outcomes.effects.qaly.range: found 0.9035 for p1; allowed: 0 to 0.5",
    ),
    "endpoint without episodes": (
        setting("section", endpoints={"readmission": {"kind": "admission", "items": ["bed"]}}),
        "episodes.csv: found no episodes; allowed: occupancy episodes",
    ),
    "given value out of range": (
        giving(value=1.2),
        "measures_given.csv, row 2, column value: found 1.2 for utility",
    ),
    "given measure unknown": (
        giving(measure="utilty"),
        "measures_given.csv, row 2, column measure: found utilty",
    ),
    "given at a visit unknown": (
        giving(visit="month_9"),
        "measures_given.csv, row 2, column visit: found month_9",
    ),
}


@pytest.mark.parametrize(("change", "sentence"), MISTAKES.values(), ids=MISTAKES.keys())
def test_mistakes_are_told_in_a_sentence(trial, change, sentence):
    parts = broken(trial, change)
    sets = {name: table for name, table in parts["sets"].items() if table is not None}
    with pytest.raises(Problems) as caught:
        score_outcomes(
            parts["people"],
            parts["visits"],
            parts["answers"],
            parts["episodes"],
            sets,
            parts["study"],
            parts["section"],
            parts["given"],
        )
    assert sentence in str(caught.value)


def test_several_mistakes_are_told_at_once(trial):
    answers = trial.responses(GOOD)
    answers.loc[0, "item"] = "mobilty"
    answers.loc[3, "level"] = 9
    with pytest.raises(Problems) as caught:
        score_outcomes(
            trial.person(),
            trial.visits(GOOD),
            answers,
            None,
            {"tariff": trial.TARIFF},
            trial.STUDY,
            trial.SECTION,
        )
    assert len(caught.value.findings) == 2
