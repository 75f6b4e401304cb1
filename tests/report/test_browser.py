"""The page in a real browser: it opens without a network, moves, sorts, and is accessible."""

import csv
import io
import os
import re
from pathlib import Path

import pytest
from browser import Browser, program
from report_study import MARKED, full_study, made_report
from stated_rounding import rounded
from trialbalance import house
from trialbalance.report.text.numbers import MINUS, likelihood

pytestmark = pytest.mark.skipif(program() is None, reason="no Chromium here")
AXE = Path(os.environ.get("AXE_CORE", house.root() / "node_modules/axe-core/axe.min.js"))
SAID = "document.querySelector('#explore {}').textContent"


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    place = tmp_path_factory.mktemp("page") / "report.html"
    place.write_text(made_report()["html"], encoding="utf-8")
    with Browser() as browser:
        browser.open(place)
        yield browser


@pytest.fixture
def fresh(page):
    page.tell("Page.reload")
    page.run("new Promise(done => setTimeout(done, 300))")
    until = "document.readyState === 'complete' && !!document.querySelector('#explore h3')"
    for _ in range(100):
        if page.run(until):
            return page
        page.run("new Promise(done => setTimeout(done, 100))")
    raise TimeoutError


def pounds(value):
    return f"{MINUS if round(value) < 0 else ''}£{abs(value):,.0f}"


def shown(page):
    """Return what the panel says: sentence, chance, net benefit, interval, ends of the line."""
    return page.run(
        "(() => { const all = [...document.querySelectorAll('#explore dd')]"
        ".map(d => d.textContent);"
        "const line = document.querySelector('#explore svg line.threshold');"
        "return [document.querySelector('#explore .sentence').textContent, ...all,"
        " ['x1','y1','x2','y2'].map(k => Number(line.getAttribute(k)))]; })()"
    )


def test_opens_from_disk_without_a_network_or_a_complaint(page):
    assert page.run("document.querySelectorAll('#explore svg').length") == 2
    assert page.complaints() == []


def test_no_other_program_runs(fresh):
    fresh.run(
        "(() => { const other = document.createElement('script'); other.text = 'window.ran = 1';"
        " document.body.append(other); })()"
    )
    assert fresh.run("window.ran") is None
    fresh.events.clear()


@pytest.mark.parametrize("threshold", MARKED)
def test_slider_moves_line_chance_net_benefit_and_sentence_to_the_tables(fresh, threshold):
    tables, _, _ = full_study()
    own = tables["analyses"]["qaly_health"]
    fresh.run(
        "(() => { const slider = document.querySelector('#explore input');"
        f" slider.value = {threshold // 1000}; slider.dispatchEvent(new Event('input')); }})()"
    )
    sentence, chance, gain, interval, (x1, y1, x2, y2) = shown(fresh)
    share = (
        own["acceptability"]
        .query("threshold == @threshold and arm == 'order'")["probability"]
        .iloc[0]
    )
    row = own["net_benefit"].query("threshold == @threshold and arm == 'order'").iloc[0]
    assert chance == f"{100 * share:.0f}%"
    assert gain == pounds(rounded(row, "net_benefit"))
    ends = [pounds(rounded(row, end)) for end in ("lower", "upper")]
    assert interval == " to ".join(ends)
    best, right = (
        ("Community order", share) if row["net_benefit"] > 0 else ("Extended leave", 1 - share)
    )
    assert f"worth £{threshold:,}" in sentence and f"on average is {best}." in sentence
    assert sentence.endswith(f"{100 * right:.0f}%: {likelihood(right)}.")
    far, high = fresh.run(
        "JSON.parse(document.getElementById('report-data').textContent).analyses[0].limits"
    )
    slope = ((y1 - y2) / 218 * 2 * high) / ((x2 - x1) / 272 * 2 * far)
    assert slope == pytest.approx(threshold, rel=1e-6)


def test_other_analysis_is_chosen_and_an_exploratory_one_gives_no_verdict(fresh):
    choose = (
        "(() => { const box = document.querySelector('#explore select'); box.value = %d;"
        " box.dispatchEvent(new Event('change')); })()"
    )
    fresh.run(choose % 1)
    row = full_study()[0]["analyses"]["qaly_societal"]["net_benefit"]
    expected = rounded(row.query("threshold == 20000").iloc[0], "net_benefit")
    assert shown(fresh)[2] == pounds(expected)
    fresh.run(choose % 2)
    sentence = shown(fresh)[0]
    assert sentence.startswith("No threshold is accepted") and "best value" not in sentence


def test_keyboard_alone_reaches_and_moves_the_slider_and_sorts(fresh):
    fresh.run("document.body.focus()")
    for _ in range(60):
        fresh.press("Tab")
        if fresh.run("document.activeElement.type") == "range":
            break
    assert fresh.run("document.activeElement.type") == "range"
    before = fresh.run(SAID.format("output"))
    fresh.press("ArrowRight")
    after = fresh.run(SAID.format("output"))
    assert (before, after) == ("£20,000 per QALY", "£21,000 per QALY")
    assert fresh.run("document.activeElement.getAttribute('aria-valuetext')") == after
    assert fresh.run("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    # The table stands behind a line of state: a fold that opens by key.
    fresh.run("document.querySelector('#table-unit-costs').closest('details').firstChild.focus()")
    fresh.press("Enter")
    fresh.run("document.querySelector('#table-unit-costs button.sort').focus()")
    fresh.press("Enter")
    assert (
        fresh.run("document.activeElement.closest('th').getAttribute('aria-sort')") == "ascending"
    )


COLUMN = (
    "[...document.querySelectorAll('#table-unit-costs tbody tr')]"
    ".map(row => row.cells[%d].textContent)"
)


def test_columns_sort_by_number_both_ways_and_back(fresh):
    press = "document.querySelectorAll('#table-unit-costs button.sort')[2].click()"
    given = fresh.run(COLUMN % 2)
    numbers = sorted(float(re.sub(r"[£,]", "", words)) for words in given)
    for order in (numbers, numbers[::-1]):
        fresh.run(press)
        assert [float(re.sub(r"[£,]", "", words)) for words in fresh.run(COLUMN % 2)] == order
    fresh.run(press)
    assert fresh.run(COLUMN % 2) == given


def test_a_table_is_taken_away_as_csv_and_no_cell_is_a_formula(fresh):
    fresh.run(
        "(() => { window.taken = []; URL.createObjectURL = blob => { window.taken.push(blob);"
        " return 'blob:x'; }; HTMLAnchorElement.prototype.click = () => {}; })()"
    )
    fresh.run("document.querySelector('#table-unit-costs tbody th').textContent = '=1+1'")
    fresh.run("document.querySelector('#table-unit-costs ~ button.take').click()")
    text = fresh.run("window.taken[0].text()").lstrip("\ufeff")
    assert text.splitlines()[0].startswith('"Item","Unit","Unit cost"')
    assert '"\'=1+1"' in text
    assert len(text.splitlines()) == 5


def test_numbers_stand_in_columns_of_their_own_beside_the_formatted_ones(fresh):
    fresh.run(
        "(() => { window.taken = []; URL.createObjectURL = blob => { window.taken.push(blob);"
        " return 'blob:x'; }; HTMLAnchorElement.prototype.click = () => {}; })()"
    )
    fresh.run("document.querySelector('#table-thresholds-qaly_health ~ button.take').click()")
    text = fresh.run("window.taken[0].text()").lstrip("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert rows[0]["Threshold"] == "£20,000" and rows[0]["Threshold (value)"] == "20000"
    frame = full_study()[0]["analyses"]["qaly_health"]["net_benefit"]
    gain = frame[frame["threshold"] == 20000].iloc[0]
    assert float(rows[0]["Net benefit, Community order (value)"]) == rounded(gain, "net_benefit")
    ends = [float(rows[0][f"95% interval ({end})"]) for end in ("lower", "upper")]
    assert ends == [rounded(gain, "lower"), rounded(gain, "upper")] and ends[0] < 0
    told = rows[0]["Chance best: Community order"]
    assert rows[0]["Chance best: Community order (value, %)"] == told.rstrip("%")


BESIDE = (
    "(() => [document.querySelectorAll('#explore .sentence')[1].textContent,"
    " ...[...document.querySelectorAll('table.beside tbody tr')]"
    ".map(r => [...r.cells].map(c => c.textContent))])()"
)


def test_another_assumption_stands_beside_the_base_case_as_its_table_has_it(fresh):
    frame = full_study()[0]["scenarios"].query("analysis == 'qaly_health'")
    titles = fresh.run(
        "[...[...document.querySelectorAll('#explore select')].at(-1).options]"
        ".map(o => o.textContent)"
    )
    assert titles == ["Base case", "Utility falls in a line before death"]
    sentence, *lines = fresh.run(BESIDE)
    other = frame[frame["scenario"] == "linear_death"].iloc[0]
    cost = pounds(rounded(other, "cost"))
    assert sentence.startswith(f"{titles[1]}: the difference is {cost} and ")
    assert lines[0][0] == f"£{other['threshold']:,.0f}"
    benefit, *ends = (pounds(rounded(other, name)) for name in ("net_benefit", "lower", "upper"))
    assert lines[0][3] == f"{benefit} ({' to '.join(ends)})"
    assert lines[0][4] == f"{100 * other['probability_positive']:.0f}%"


FIRST = "document.querySelector('.number.known')"
WAY = "document.querySelector('dialog.way')"


COST = "document.querySelector('.card .number.known[title$=\"order.cost\"]')"


def test_a_number_shows_its_figure_and_a_click_opens_its_way_back(fresh):
    name = fresh.run(f"{COST}.title")
    entry = fresh.run(
        f"JSON.parse(document.getElementById('report-data').textContent).trace.figures['{name}']"
    )
    assert name == "base/qaly_health/incremental/order.cost"
    fresh.run(f"{COST}.click()")
    assert fresh.run(f"{WAY}.open")
    told = fresh.run(f"{WAY}.textContent")
    for words in (
        name,
        entry["value"],
        entry["file"],
        "row 2",
        "column cost",
        "equal",
        "500 draws",
    ):
        assert words in told
    # What the trace says is text, never markup; a long step opens when asked.
    assert "<b>a row</b>" in told and fresh.run(f"{WAY}.querySelector('b')") is None
    assert fresh.run(f"{WAY}.querySelectorAll('details').length") == 1
    fresh.run(f"{WAY}.querySelector('.close').click()")
    assert not fresh.run(f"{WAY}.open")


def test_keyboard_alone_asks_for_numbers_and_opens_and_leaves_one(fresh):
    assert fresh.run(f"{FIRST}.tabIndex") == -1
    fresh.run("document.querySelector('.asking button').focus()")
    fresh.press("Enter", "Tab")
    assert fresh.run(f"document.activeElement === {FIRST}")
    fresh.press("Enter")
    assert fresh.run(f"{WAY}.open") and fresh.run("document.activeElement.className") == "close"
    fresh.press("Enter")
    assert not fresh.run(f"{WAY}.open") and fresh.run(f"document.activeElement === {FIRST}")


def test_figures_stand_in_the_csv_of_their_table(fresh):
    fresh.run(
        "(() => { window.taken = []; URL.createObjectURL = blob => { window.taken.push(blob);"
        " return 'blob:x'; }; HTMLAnchorElement.prototype.click = () => {}; })()"
    )
    fresh.run("document.querySelector('#table-incremental-qaly_health ~ button.take').click()")
    first, *rows = fresh.run("window.taken[0].text()").splitlines()
    assert first.endswith('"Figures of Mean QALYs","Figures of 95% interval"')
    assert (
        '"base/qaly_health/arms/order.cost_lower; base/qaly_health/arms/order.cost_upper"'
        in rows[0]
    )


@pytest.mark.parametrize("width", [375, 1280])
def test_nothing_but_tables_is_wider_than_the_window(fresh, width):
    fresh.size(width, 800)
    wide = (
        "[...document.querySelectorAll('main *')].filter(e =>"
        " !e.closest('.table-frame, .wide, svg, nav')"
        " && e.getBoundingClientRect().right > innerWidth + 1).map(e => e.outerHTML.slice(0, 80))"
    )
    assert fresh.run("innerWidth") == width
    assert fresh.run(wide) == []
    fresh.size(1280, 900)


def test_print_leaves_out_what_moves(fresh):
    fresh.tell("Emulation.setEmulatedMedia", media="print")
    hidden = "getComputedStyle(document.querySelector('{}')).display"
    assert fresh.run(hidden.format("#explore")) == fresh.run(hidden.format("button.take")) == "none"
    fresh.tell("Emulation.setEmulatedMedia", media="")


@pytest.mark.skipif(not AXE.exists(), reason="no axe-core here: npm install --no-save axe-core")
@pytest.mark.parametrize("width", [375, 1280])
def test_accessibility_engine_finds_no_violation(fresh, width):
    fresh.size(width, 900)
    fresh.run(AXE.read_text(encoding="utf-8") + "; true")
    found = fresh.run(
        "axe.run({runOnly: ['wcag2a','wcag2aa','wcag21a','wcag21aa','wcag22aa','best-practice']})"
        ".then(r => [r.passes.length,"
        " ...r.violations.map(v => [v.id, v.nodes.length, v.nodes[0].html.slice(0, 200)])])"
    )
    fresh.size(1280, 900)
    assert found[0] > 25 and found[1:] == []


def test_page_is_small(page):
    assert len(made_report()["html"].encode()) < 5_000_000
