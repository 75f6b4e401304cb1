"""Seconds and memory of the decision, beside heormodel, on draws made alike.

Each measurement runs in its own process, so that its peak memory is its own. The quickest of
five repetitions counts; processor seconds stand beside, because other work on the machine moves
the clock. Run with ``pytest -m slow -s tests/benchmarks/test_decision_speed.py -n 0``; heormodel
is measured where it is installed.
"""

import importlib.util
import json
import os
import resource
import subprocess
import sys
import time

import numpy as np
import pandas as pd
import pytest

GRID = np.linspace(0, 100_000, 501)
STUDY = {"arms": {f"arm_{place:02d}": {} for place in range(4)}, "comparator": "arm_00"}
STUDY |= {"currency": "GBP"}
SECTION = {
    "thresholds": {
        "qaly": {"marked": [20000, 25000, 30000, 35000], "range": [0, 100_000], "step": 200}
    }
}
has_peer = importlib.util.find_spec("heormodel") is not None


def arm_arrays(draws, arms):
    """Costs and effects of overlapping arms, so that every arm is best somewhere."""
    rng = np.random.default_rng(1)
    severity = rng.normal(size=(draws, 1))
    cost = rng.gamma(2, 2500, (draws, arms)) + np.arange(arms) * 1500 + 500 * severity
    effect = rng.normal(0.6, 0.08, (draws, arms)) + np.arange(arms) * 0.03 - 0.02 * severity
    return cost, effect


def ours_arrays(draws, arms):
    from trialbalance.decision.comparing.curves import decision_curves
    from trialbalance.decision.comparing.quantiles import net_benefit_quantiles

    cost, effect = arm_arrays(draws, arms)

    def work():
        decision_curves(cost, effect, GRID)
        for arm in range(1, arms):
            net_benefit_quantiles(cost[:, arm] - cost[:, 0], effect[:, arm] - effect[:, 0], GRID)

    return work


def ours_fine(draws, thresholds):
    """Measure acceptability, frontier, losses and EVPI of four arms at so many thresholds."""
    from trialbalance.decision.comparing.curves import decision_curves

    cost, effect = arm_arrays(draws, 4)
    grid = np.linspace(0, 100_000, thresholds)
    return lambda: decision_curves(cost, effect, grid)


def ours_tables(draws, arms):
    from trialbalance.decision.tables import compare_arms
    from trialbalance.settings.resolve import complete

    section = complete("decision", SECTION)
    cost, effect = arm_arrays(draws, arms)
    parts = zip(STUDY["arms"], cost.T, effect.T, strict=True)
    number = np.arange(draws)
    tidy = pd.concat(
        [pd.DataFrame({"draw": number, "arm": a, "cost": c, "effect": e}) for a, c, e in parts]
    )
    return lambda: compare_arms(tidy, STUDY, section, "qaly")


def peer_outcomes(cost, effect):
    from heormodel.models import Outcomes

    names = [f"arm_{place:02d}" for place in range(cost.shape[1])]
    index = pd.RangeIndex(len(cost), name="iteration")
    return Outcomes.from_wide(
        pd.DataFrame(cost, index, names), pd.DataFrame(effect, index, names)
    )  # fmt: skip


def peer_arrays(draws, arms):
    from heormodel.cea import ceac, ceaf
    from heormodel.voi import evpi

    outcomes = peer_outcomes(*arm_arrays(draws, arms))
    return lambda: (ceac(outcomes, GRID), ceaf(outcomes, GRID), evpi(outcomes, GRID))


def plain_arrays(draws, arms):
    """Measure the plain loop over thresholds, with the same results as ours."""
    cost, effect = arm_arrays(draws, arms)

    def work():
        for threshold in GRID:
            value = threshold * effect - cost
            best = value.max(axis=1)
            np.bincount(value.argmax(axis=1), minlength=arms)
            (best - value[:, value.mean(axis=0).argmax()]).std()
            np.quantile(value[:, 1:] - value[:, :1], (0.025, 0.975), axis=0)

    return work


def parameter_draws(draws, count):
    rng = np.random.default_rng(2)
    values = rng.gamma(2, 1, (draws, 5))
    gain = 0.02 * values[:, 0] * values[:, 1] - 0.03 * np.sqrt(values[:, 2])
    gain += 0.01 * values[:, 3] * values[:, 4] / (1 + values[:, 0])
    effect = np.column_stack([np.zeros(draws), gain]) + rng.normal(0, 0.01, (draws, 2))
    cost = np.column_stack([np.zeros(draws), 500 * values[:, 2]]) + rng.normal(0, 300, (draws, 2))
    return cost, effect, values[:, :count]


def ours_partial(draws, count):
    from trialbalance.decision.information.partial_information import partial_information_value

    drawn = parameter_draws(draws, count)
    return lambda: partial_information_value(*drawn, GRID)


def peer_partial(draws, count):
    from heormodel.voi import evppi

    cost, effect, values = parameter_draws(draws, count)
    outcomes = peer_outcomes(cost, effect)
    names = [f"p{place}" for place in range(count)]
    table = pd.DataFrame(values, pd.RangeIndex(draws, name="iteration"), names)
    return lambda: evppi(outcomes, table, names, 25_000.0)


def measured(work, draws, count):
    """Seconds, processor seconds and peak memory (GB) of one piece of work in its own process."""
    command = [sys.executable, __file__, work, str(draws), str(count)]
    # One thread, as a rule of the workflow has.
    alone = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    answer = subprocess.run(
        command, capture_output=True, text=True, check=True, env=os.environ | alone
    ).stdout
    return json.loads(answer.splitlines()[-1])


def shown(title, figures):
    line = f"{title:<52} {figures['seconds']:7.3f} s {figures['processor']:7.3f} s "
    sys.stdout.write(f"{line}processor {figures['memory']:6.2f} GB\n")


@pytest.mark.parametrize(
    ("work", "draws", "count"),
    [
        ("ours_arrays", 200, 3),
        ("ours_fine", 200, 51),
        ("ours_tables", 200, 4),
        ("plain_arrays", 200, 3),
        ("ours_partial", 300, 2),
    ],
)
def test_every_measurement_runs_in_its_own_process(work, draws, count):
    figures = measured(work, draws, count)
    assert set(figures) == {"seconds", "processor", "memory"}
    assert all(figure > 0 for figure in figures.values())


def test_the_measured_curves_are_those_of_the_plain_loop():
    from trialbalance.decision.comparing.curves import decision_curves

    cost, effect = arm_arrays(400, 4)
    found = decision_curves(cost, effect, GRID[::100])
    for place, threshold in enumerate(GRID[::100]):
        value = threshold * effect - cost
        shares = np.bincount(value.argmax(axis=1), minlength=4) / len(value)
        gain = value.max(axis=1) - value[:, value.mean(axis=0).argmax()]
        np.testing.assert_allclose(found.probability[place], shares)
        np.testing.assert_allclose(found.evpi[place], gain.mean(), atol=1e-8)


@pytest.mark.slow
@pytest.mark.parametrize(("draws", "arms", "limit"), [(100_000, 4, 0.3), (10_000, 11, 0.2)])
def test_curves_with_intervals_and_information(draws, arms, limit):
    figures = measured("ours_arrays", draws, arms)
    sys.stdout.write("\n")
    shown(f"curves, intervals, EVPI: {draws:,} draws, {arms} arms", figures)
    shown("  the plain loop, the same", measured("plain_arrays", draws, arms))
    if has_peer:
        shown("  heormodel, without intervals", measured("peer_arrays", draws, arms))
    assert min(figures["seconds"], figures["processor"]) <= limit
    assert figures["memory"] <= 0.5


@pytest.mark.slow
def test_the_cost_does_not_grow_with_the_number_of_thresholds():
    sys.stdout.write("\n")
    spent = {}
    for thresholds in (51, 501, 5_001):
        figures = measured("ours_fine", 100_000, thresholds)
        shown(f"curves and EVPI: 100,000 draws, {thresholds:,} thresholds", figures)
        spent[thresholds] = min(figures["seconds"], figures["processor"])
    # A hundred times as many thresholds.
    assert spent[5_001] < 2 * spent[51]


@pytest.mark.slow
def test_all_tables():
    figures = measured("ours_tables", 100_000, 4)
    sys.stdout.write("\n")
    shown("every table from tidy draws: 100,000 draws, 4 arms", figures)
    assert figures["memory"] <= 0.5


@pytest.mark.slow
@pytest.mark.parametrize("count", [1, 2, 3, 4, 5])
def test_partial_information(count):
    figures = measured("ours_partial", 10_000, count)
    sys.stdout.write("\n")
    shown(f"EVPPI with error, 501 thresholds: {count} parameters", figures)
    if has_peer:
        shown("  heormodel, no error, 1 threshold", measured("peer_partial", 10_000, count))
    assert min(figures["seconds"], figures["processor"]) <= 0.3


if __name__ == "__main__":
    task = globals()[sys.argv[1]](*map(int, sys.argv[2:]))
    task()
    seconds, processor = [], []
    for _ in range(5 if not sys.argv[1].startswith("plain") else 1):
        clock, spent = time.perf_counter(), time.process_time()
        task()
        seconds.append(time.perf_counter() - clock)
        processor.append(time.process_time() - spent)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    result = {"seconds": min(seconds), "processor": min(processor), "memory": peak}
    sys.stdout.write(json.dumps(result) + "\n")
