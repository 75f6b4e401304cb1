"""Fits of 336 participants by family: seconds, effective draws a second and memory.

Each family is fitted in a process of its own, first with an empty compile cache where ``cold`` is
said, so that compiling counts and the peak memory is its own. Processor seconds stand beside the
clock, because other work on the machine moves the clock. Run with
``pytest -m slow -s tests/benchmarks/test_model_speed.py -n 0``.

For scale, missingHE 1.6.0 (JAGS, 2 chains × 10,000) took 26–74 s on the 159 people of MenSS, with
45–69 effective draws of the worst parameter under gamma costs: 1–2 a second.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PEOPLE, MISSING = 336, 0.27
BETA = {"family": "beta", "lower": -0.594}
CASES = {
    "normal, normal": {"effect": {"family": "normal"}, "cost": {"family": "normal"}},
    "beta with spike, gamma with zeros": {"effect": BETA, "cost": {"family": "gamma"}},
    "the same, effect given cost": {
        "effect": BETA, "cost": {"family": "gamma"}, "dependence": "effect_given_cost"},
    "beta with spike, lognormal with zeros": {"effect": BETA, "cost": {"family": "lognormal"}},
    "decrement with spike, gamma with zeros": {
        "effect": {"family": "decrement_gamma"}, "cost": {"family": "gamma"},
        "dependence": "effect_given_cost"},
    "beta, bounded first cost": {
        "effect": BETA, "dependence": "none",
        "cost": {"family": "gamma", "maximum": {"total": 150_000}}},
    "normal, normal, clusters": {
        "effect": {"family": "normal"}, "cost": {"family": "normal"}, "clusters": "site"},
}  # fmt: skip


def say(line):
    sys.stdout.write(f"{line}\n")


def measure(case, people=PEOPLE, seeds=(1, 2)):
    """Fit in this process, twice where asked, and print what it took."""
    import resource
    import time

    import numpy as np
    from simulated_trial import STUDY, dataset, section
    from trialbalance.model.checking.diagnostics import effective_draws, r_hat
    from trialbalance.model.compiling.cache import cache_folder
    from trialbalance.model.forms import fit

    frame = dataset(people, missing=MISSING, seed=5)
    frame["site"] = np.random.default_rng(1).choice(list("abcdefghijkl"), people)
    found = []
    for seed in seeds:
        clock, processor = time.perf_counter(), time.process_time()
        fitted = fit(frame, [], STUDY, section(**CASES[case]), seed)
        found.append((time.perf_counter() - clock, time.process_time() - processor))
    effective = min(float(x.min()) for x in effective_draws(fitted.posterior, "bulk").values())
    say(json.dumps({
        "clock": found[0][0], "processor": found[0][1], "again": found[-1][1],
        "effective": effective,
        "densities": len(list((cache_folder() / "densities").glob("*/entry.json"))),
        "r_hat": max(float(x.max()) for x in r_hat(fitted.posterior).values()),
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }))  # fmt: skip


def in_own_process(case, cache, **small):
    here = Path(__file__).resolve()
    paths = [str(here.parent), str(here.parents[1] / "model"), os.environ.get("PYTHONPATH", "")]
    environment = os.environ | {
        "XDG_CACHE_HOME": str(cache), "PYTHONPATH": os.pathsep.join(paths),
        "OMP_NUM_THREADS": "1",
    }  # fmt: skip
    code = f"from test_model_speed import measure; measure({case!r}, **{small!r})"
    answer = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True
    )
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout.splitlines()[-1])


@pytest.mark.model
def test_a_small_fit_converges_by_one_compiled_density(tmp_path):
    case = next(iter(CASES))
    one = in_own_process(case, tmp_path, people=80, seeds=(1,))
    assert one["densities"] == 1
    assert one["r_hat"] < 1.05
    assert one["effective"] > 100
    assert one["clock"] > 0 < one["megabytes"]


@pytest.mark.slow
def test_families(tmp_path):
    lines = {"(cold) " + next(iter(CASES)): in_own_process(next(iter(CASES)), tmp_path)}
    lines |= {case: in_own_process(case, tmp_path) for case in CASES}
    say(f"\n{'family':48} clock  CPU  again  eff.draws  a second  R-hat   MB")
    for case, one in lines.items():
        rate = one["effective"] / one["processor"]
        seconds = f"{one['clock']:5.1f} {one['processor']:5.1f} {one['again']:5.1f}"
        rest = f"{one['effective']:8.0f}  {rate:8.0f}  {one['r_hat']:.3f} {one['megabytes']:5.0f}"
        say(f"{case:48} {seconds}  {rest}")
        assert one["r_hat"] < 1.01
