"""A report of any size: what is drawn is thinned by rule and said; tables keep every option."""

import re

import pandas as pd
import pytest
from report_page import Page
from report_stress import decided, drawn, stress_settings
from trialbalance.report.facts.facts import Facts
from trialbalance.report.figures.drawing import scale
from trialbalance.report.figures.thinning import drawn_options, points, steps
from trialbalance.report.forms.explorer import explore_data
from trialbalance.report.making import make_report
from trialbalance.report.sections.front.lead import lead

SIZES = {
    # Options, draws, and how far and how finely thresholds are looked at.
    "100 options": (100, 300, {"range": [0, 50000], "step": 1000}),
    "5,000 thresholds": (2, 300, {"range": [0, 50000], "step": 10}),
    "16 arms and 100,000 draws": (16, 100_000, {"range": [0, 50000], "step": 1000}),
}


def sized(options, draws, grid):
    arms = {f"option_{k}": f"Option {k}" for k in range(options)}
    marked = {"marked": [20000, 30000], "primary": 20000, **grid}
    settings = stress_settings(arms, thresholds=marked)
    return decided(drawn(arms, draws), settings), settings


@pytest.fixture(scope="module", params=SIZES)
def study(request):
    tables, settings = sized(*SIZES[request.param])
    return request.param, tables, settings, make_report(tables, settings)


def test_every_option_stands_in_the_tables(study):
    _, _, settings, made = study
    page = Page(made["html"])
    for caption in ("Mean cost and effect per person", "Chance of each quadrant"):
        words = {cell.strip() for row in page.table(caption)["rows"] for cell in row}
        labels = [one["label"] for one in settings["study"]["arms"].values()]
        assert all(any(label in cell for cell in words) for label in labels[1:]), caption


def test_no_table_is_wider_than_a_page_and_no_sentence_names_a_crowd(study):
    _, _, _, made = study
    for table in Page(made["html"]).tables:
        assert max(len(row) for row in table["rows"]) <= 9, table["caption"]
    assert max(map(len, made["markdown"].splitlines())) < 2500


def test_what_is_not_drawn_is_said_in_the_caption(study):
    name, tables, settings, made = study
    said = " ".join(one["caption"] for one in made["figures"].values())
    drawn_are = f"Drawn are 6 of {len(settings['study']['arms'])} options"
    assert (drawn_are in said) == (len(settings["study"]["arms"]) > 6)
    grid = tables["analyses"]["main"]["acceptability"]["threshold"].nunique()
    assert (f"of {grid:,} thresholds" in said) == (grid > 240)
    draws = tables["analyses"]["main"]["draws"]["draw"].nunique()
    assert (f"of {draws:,} draws" in said) == (draws > 600), name


def test_no_drawing_has_more_marks_than_can_be_told_apart(study):
    *_, made = study
    for path, figure in made["figures"].items():
        # A symbol of the cloud is a path of its own in the drawing.
        assert figure["svg"].count("<path") < 5000, path
    assert len(made["html"]) < 6_000_000


def test_drawn_are_the_comparator_and_the_highest_net_benefits():
    tables, settings = sized(12, 300, {"range": [0, 50000], "step": 5000})
    facts = Facts(tables, settings)
    frame = tables["analyses"]["main"]["net_benefit"]
    rows = frame[frame["threshold"] == 20000].nlargest(5, "net_benefit")
    assert set(drawn_options(facts, "main")) == {facts.comparator, *rows["arm"]}
    colours = scale(facts, drawn_options(facts, "main")).range
    assert len(set(colours)) == 6
    others = [arm for arm in drawn_options(facts, "main") if arm != facts.comparator]
    same = dict(zip(others, scale(facts, others).range, strict=True))
    every = dict(zip(drawn_options(facts, "main"), colours, strict=True))
    assert same == {arm: every[arm] for arm in others}


def test_six_options_are_all_drawn():
    tables, settings = sized(6, 60, {"range": [0, 50000], "step": 5000})
    assert drawn_options(Facts(tables, settings), "main") == list(settings["study"]["arms"])


def test_marked_thresholds_are_among_those_drawn():
    kept = steps(pd.Series(range(100_000)), (12_345.0, 7.0))
    assert {12_345.0, 7.0, 0.0, 99_999.0} <= kept and len(kept) <= 242


def test_marks_of_a_plane_are_shared_out_among_the_options():
    assert [points(600, options) for options in (1, 6, 20)] == [600, 600, 200]


def test_the_lead_counts_options_where_it_cannot_name_them():
    tables, settings = sized(30, 300, {"range": [0, 50000], "step": 5000})
    facts = Facts(tables, settings)
    frame = tables["analyses"]["main"]["incremental"]
    dearer = int((frame["cost_lower"] > 0).sum())
    said = str(lead(facts, "main"))
    assert said.startswith("Of 29 options set against Option 0, ")
    assert re.search(rf"\b{dearer} clearly cost more\b", said) and dearer > 0


def test_the_panel_offers_every_option_and_at_most_400_thresholds():
    tables, settings = sized(12, 300, {"range": [0, 50000], "step": 100})
    (one,) = explore_data(Facts(tables, settings))["analyses"]
    assert len(one["chance"]) == 12 and len(one["grid"]) <= 402
    assert sum(map(len, one["cloud"].values())) <= 4000
