"""Figures of what drives and what could turn the answer, drawn from the tables they tell of."""

import numpy as np
import pandas as pd
import pytest
from report_study import full_study
from stated_rounding import rounded
from trialbalance.report.facts.facts import Facts
from trialbalance.report.facts.pictures import drawn_as
from trialbalance.report.figures.choice.net_benefit import benefit_curve, benefit_words
from trialbalance.report.figures.doubt.tipping_points import maps_of, tipping_map, tipping_words
from trialbalance.report.figures.doubt.tornado import swings, tornado_words
from trialbalance.report.figures.gallery import draw_figures
from trialbalance.report.figures.people.courses import modelled
from trialbalance.report.figures.people.questionnaires import seen_shares, seen_words
from trialbalance.report.sections.appendix.plain_tables import further

NAME = "qaly_health"


def sensitivity():
    rows = [("acute_bed_day", -50.0, 250.0), ("nurse", 90.0, 110.0), ("tribunal", 400.0, -200.0)]
    return pd.DataFrame(
        [
            {"analysis": NAME, "arm": "order", "comparator": "leave", "threshold": threshold,
             "parameter": key, "net_benefit": 100.0, "net_benefit_low": low,
             "net_benefit_high": high, "swing": abs(high - low)}
            for threshold in (20000.0, 30000.0)
            for key, low, high in rows
        ]
    )  # fmt: skip


def tipping_points():
    deltas = [round(value, 2) for value in np.arange(-0.2, 0.21, 0.1)]
    return pd.DataFrame(
        [
            {"component": component, "arm": "order", "comparator": "leave", "delta_arm": one,
             "delta_comparator": other, "threshold": 20000.0,
             "net_benefit": 1000.0 + 10000.0 * (one - other),
             "preferred": "order" if 1000 + 10000 * (one - other) > 0 else "leave",
             "out_of_range": False}
            for component in ("effect", "cost")
            for one in deltas
            for other in deltas
        ]
    )  # fmt: skip


def visit_means():
    return pd.DataFrame(
        [
            {"arm": arm, "kind": kind, "name": "eq5d", "moment": moment, "start_years": 0.0,
             "end_years": time, "observed": 30, "mean": 0.6 + time / 10, "lower": 0.5, "upper": 0.8}
            for arm in ("order", "leave")
            for kind in ("measure", "cost")
            for moment, time in (("baseline", 0.0), ("month_6", 0.5))
        ]
    )  # fmt: skip


@pytest.fixture(scope="module")
def facts():
    tables, settings, context = full_study()
    tables["sensitivity"] = sensitivity()
    own = {**tables["analyses"][NAME], "tipping_points": tipping_points()}
    own["visit_means"] = visit_means()
    tables["analyses"] = {NAME: own}
    return Facts(tables, settings, context)


@pytest.fixture(scope="module")
def drawn(facts):
    return Facts(facts.tables, facts.settings, {**facts.context, "figures": draw_figures(facts)})


def test_widest_swing_stands_first_at_the_primary_threshold(facts):
    found = swings(facts, NAME)
    assert list(found["words"]) == ["Tribunal", "Acute bed day", "Nurse"]
    assert list(found["swing"]) == [600.0, 300.0, 20.0]
    told = tornado_words(facts, NAME)
    assert "£100 in the base case" in told
    assert "Tribunal £400 at the low end and −£200 at the high end" in told


def test_no_accepted_threshold_no_tornado():
    tables, settings, context = full_study()
    tables["sensitivity"] = sensitivity().assign(analysis="cwly_health")
    assert swings(Facts(tables, settings, context), "cwly_health").empty


def test_map_turns_where_another_option_is_best(facts):
    assert maps_of(facts, NAME) == [("effect", "order"), ("cost", "order")]
    data = tipping_map(facts, NAME, "effect", "order")
    assert len(data) == 25 and list(data[data["turned"]].index) == list(
        data.index[data["net_benefit"] <= 0]
    )
    told = tipping_words(facts, NAME, "effect", "order")
    assert "from −0.20 to 0.20 in each arm" in told and "between −£3,000 and £5,000" in told
    turned = int(data["turned"].sum())
    assert f"another option is the best in {turned} of 25 cells" in told
    assert "from 0% to 0%" in tipping_words(facts, NAME, "cost", "order")


def test_modelled_means_are_those_of_the_measures_alone(facts):
    found = modelled(facts, NAME)
    assert list(found) == ["eq5d"] and len(found["eq5d"]) == 4
    assert set(found["eq5d"]["name"]) == {"Community order", "Extended leave"}
    assert modelled(Facts({}, {}), NAME) == {}


def test_shares_seen_are_of_those_due(facts):
    data, given = seen_shares(facts), facts.table("questionnaires")
    first = given[given["expected"] > 0].iloc[0]
    assert len(data) == (given["expected"] > 0).sum()
    assert (first["scored"] / first["expected"]) in set(data["share"])
    assert seen_words(facts).startswith("Questionnaires that could be scored")
    assert seen_shares(Facts({}, {})).empty


def test_net_benefit_is_drawn_from_its_table(facts):
    given = facts.table("net_benefit", NAME)
    data = benefit_curve(facts, NAME)
    assert data["threshold"].max() <= 70000 and set(data["arm"]) == {"order"}
    row = given[(given["threshold"] == 20000) & (given["arm"] == "order")].iloc[0]
    low, mean, high = (rounded(row, name) for name in ("lower", "net_benefit", "upper"))
    told = f"{facts.cash(mean)} ({facts.cash_interval(low, high)})"
    assert told in benefit_words(facts, NAME)


def test_each_is_drawn_with_an_alternative_and_stands_by_its_table(drawn):
    text = further(drawn, "detail")
    for start in ("tornado_", "tipping_", "modelled_"):
        names = drawn_as(drawn, start)
        assert names
        for name in names:
            figure = drawn.context["figures"][f"figures/{name}.svg"]
            assert figure["svg"].startswith("<svg") and len(figure["alternative"]) > 40
            assert f"figures/{name}.svg" in text
