"""Areas under curves: closed forms, death, early and late visits, and what must not matter."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from trialbalance.outcomes.curves import SHORTEST, integrate_segments, trace_curves

ALIVE = np.inf


def area(
    times, values, horizon=1.0, rate=0.0, death=ALIVE, discounting="yearly", fall="hold_then_zero"
):
    pieces = trace_curves(
        np.array([times], float), np.array([values], float), np.array([death]), horizon, fall
    )
    real = pieces.end - pieces.start > SHORTEST
    return float(integrate_segments(pieces, rate, discounting)[1][real].sum())


def bases(times, values, horizon=1.0, death=ALIVE, fall="hold_then_zero"):
    pieces = trace_curves(
        np.array([times], float), np.array([values], float), np.array([death]), horizon, fall
    )
    real = pieces.end - pieces.start > SHORTEST
    return list(dict.fromkeys(pieces.basis[real]))


def test_the_four_visits_of_the_textbook():
    assert area([0, 0.25, 0.5, 1], [0.5, 0.6, 0.7, 0.8]) == pytest.approx(0.675, abs=1e-12)


def test_one_year_is_not_discounted_by_completed_year():
    values = ([0, 0.25, 0.5, 1], [0.5, 0.6, 0.7, 0.8])
    assert area(*values, rate=0.035) == area(*values)


def test_two_years_with_a_visit_at_day_380_discount_to_the_closed_form():
    """The line from the baseline to day 380 is cut at the anniversary, day 365.25."""
    late, rate = 380 / 365.25, 0.035
    at_one_year = 0.4 + (0.7 - 0.4) / late
    first = (0.4 + at_one_year) / 2
    second = (at_one_year + 0.7) / 2 * (late - 1) + (0.7 + 0.6) / 2 * (2 - late)
    found = area([0, late, 2], [0.4, 0.7, 0.6], horizon=2, rate=rate)
    assert found == pytest.approx(first + second / (1 + rate), abs=1e-14)


@pytest.mark.parametrize("rate", [1e-9, 0.001, 0.035, 0.2])
def test_continuous_discounting_equals_numerical_integration(rate):
    times, values = [0, 0.3, 1.4, 3], [0.2, 0.9, -0.3, 0.8]

    def integrand(t):
        return np.interp(t, times, values) * (1 + rate) ** -t

    expected = quad(integrand, 0, 3, points=times[1:-1], epsabs=1e-13)[0]
    found = area(times, values, horizon=3, rate=rate, discounting="continuous")
    assert found == pytest.approx(expected, abs=1e-11)


def test_continuous_closed_form_of_a_constant():
    force = np.log(1.035)
    found = area([0, 2], [0.6, 0.6], horizon=2, rate=0.035, discounting="continuous")
    assert found == pytest.approx(0.6 * (1 - np.exp(-2 * force)) / force, abs=1e-14)


def test_utility_holds_to_the_date_of_death_and_is_then_zero():
    """Baseline 0.6 and 0.8 at half a year; dead at 0.7 years: 0.35 + 0.8 x 0.2."""
    times, values = [0, 0.5, np.nan], [0.6, 0.8, np.nan]
    assert area(times, values, death=0.7) == pytest.approx(0.35 + 0.16, abs=1e-14)
    assert bases(times, values, death=0.7) == ["between_visits", "held_to_death", "dead"]


def test_linear_decline_to_death():
    times, values = [0, 0.5, np.nan], [0.6, 0.8, np.nan]
    found = area(times, values, death=0.7, fall="linear")
    assert found == pytest.approx(0.35 + 0.08, abs=1e-14)
    assert "declined_to_death" in bases(times, values, death=0.7, fall="linear")


def test_linear_changes_nothing_for_the_living():
    times, values = [0, 0.9], [0.6, 0.8]
    assert area(times, values, fall="linear") == area(times, values)


def test_death_before_any_follow_up():
    assert area([0, np.nan], [0.6, np.nan], death=0.25) == pytest.approx(0.15, abs=1e-14)
    assert area([0, np.nan], [0.6, np.nan], death=0.0) == 0


def test_death_after_the_horizon_counts_as_alive():
    times, values = [0, 0.5, np.nan], [0.6, 0.8, np.nan]
    assert area(times, values, death=1.05) == pytest.approx(0.35 + 0.4, abs=1e-14)
    assert "held_to_horizon" in bases(times, values, death=1.05)


def test_a_late_last_visit_is_cut_by_its_line():
    """From 0.5 at 0 to 0.8 at 1.25 years the line stands at 0.74 at the horizon."""
    assert area([0, 1.25], [0.5, 0.8]) == pytest.approx((0.5 + 0.74) / 2, abs=1e-14)
    assert bases([0, 1.25], [0.5, 0.8]) == ["between_visits"]


def test_an_early_last_visit_is_held():
    assert area([0, 0.8], [0.5, 0.7]) == pytest.approx(0.6 * 0.8 + 0.7 * 0.2, abs=1e-14)
    assert bases([0, 0.8], [0.5, 0.7]) == ["between_visits", "held_to_horizon"]


def test_a_baseline_after_or_before_randomisation():
    assert area([0.1, 1], [0.5, 0.7]) == pytest.approx(0.05 + 0.6 * 0.9, abs=1e-14)
    assert bases([0.1, 1], [0.5, 0.7])[0] == "held_to_first_visit"
    assert area([-0.25, 1], [0.5, 0.75]) == pytest.approx((0.55 + 0.75) / 2, abs=1e-14)


def test_pieces_cover_the_horizon_without_gap():
    pieces = trace_curves(
        np.array([[0, 0.4, 1.3, np.nan]]), np.array([[0.5, 0.7, 0.2, np.nan]]), np.array([2.2]), 2.5
    )
    real = pieces.end - pieces.start > SHORTEST
    assert pieces.start[real][0] == 0
    assert pieces.end[real][-1] == 2.5
    np.testing.assert_allclose(pieces.start[real][1:], pieces.end[real][:-1], atol=1e-12)


curves = st.lists(
    st.tuples(st.floats(0.02, 1.2), st.floats(-0.6, 1.0)), min_size=1, max_size=6
).map(
    lambda gaps: ([0.0, *np.cumsum([gap for gap, _ in gaps])], [0.3, *(value for _, value in gaps)])
)
quick = settings(max_examples=60, deadline=None)
options = st.tuples(
    st.floats(0.5, 4),
    st.floats(0, 0.1),
    st.one_of(st.just(ALIVE), st.floats(0.05, 4)),
    st.sampled_from(["yearly", "continuous"]),
)


def alive_part(times, values, death):
    keep = np.array(times) < death
    return np.where(keep, times, np.nan), np.where(keep, values, np.nan)


@quick
@given(curves, options, st.floats(-1, 1))
def test_adding_a_constant_adds_constant_times_discounted_time_alive(curve, option, constant):
    horizon, rate, death, how = option
    times, values = alive_part(*curve, death)
    ones = area(times, np.where(np.isnan(values), np.nan, 1.0), horizon, rate, death, how)
    base = area(times, values, horizon, rate, death, how)
    raised = area(times, values + constant, horizon, rate, death, how)
    assert raised - base == pytest.approx(constant * ones, abs=1e-10)


@quick
@given(curves, options, st.floats(0.05, 0.95))
def test_splitting_a_line_changes_nothing(curve, option, share):
    horizon, rate, death, how = option
    times, values = curve
    between = times[0] + share * (times[1] - times[0])
    on_line = values[0] + share * (values[1] - values[0])
    more = ([times[0], between, *times[1:]], [values[0], on_line, *values[1:]])
    if times[1] >= death:
        return
    whole = area(*alive_part(*curve, death), horizon, rate, death, how)
    split = area(*alive_part(*more, death), horizon, rate, death, how)
    assert split == pytest.approx(whole, abs=1e-10)


@quick
@given(curves, options)
def test_rate_zero_is_undiscounted_and_a_rate_never_adds(curve, option):
    horizon, rate, death, how = option
    times, values = alive_part(*curve, death)
    plain = area(times, values, horizon, 0.0, death, "yearly")
    assert area(times, values, horizon, 0.0, death, how) == pytest.approx(plain, abs=1e-12)
    positive = np.abs(values)
    assert area(times, positive, horizon, rate, death, how) <= (
        area(times, positive, horizon, 0.0, death, how) + 1e-12
    )


@quick
@given(curves, options)
def test_the_best_possible_is_the_discounted_horizon(curve, option):
    horizon, rate, _, _ = option
    times, values = curve
    years = np.arange(np.ceil(horizon))
    lengths = np.minimum(horizon - years, 1)
    expected = (lengths * (1 + rate) ** -years).sum()
    assert area(times, np.ones(len(values)), horizon, rate) == pytest.approx(expected, abs=1e-10)
