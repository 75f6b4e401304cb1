"""Cost of a multiverse as its cells grow: seconds and memory of the algebra on one fit.

Each size runs in its own process, so that its peak memory is its own; processor seconds stand
beside, because other work on the machine moves the clock. Run with
``pytest -m slow -s tests/benchmarks/test_multiverse_growth.py -n 0``.
"""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

DRAWS, ITEMS = 4000, 40
STUDY = {"arms": {"new": {}, "usual": {}}, "comparator": "usual", "currency": "GBP"}
# Options of prices, of what is missing of cost and of utility, and of the threshold.
SIZES = {
    100: (2, 2, 5, 5), 1000: (4, 5, 10, 5), 10_000: (5, 5, 20, 20), 100_000: (5, 10, 40, 50),
}  # fmt: skip
MEASURE = """
import json, resource, sys, time
sys.path.insert(0, {folder!r})
import test_multiverse_growth as bench
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
drawn, settings = bench.drawn(), bench.settings_of({cells})
start, spent = time.perf_counter(), time.process_time()
answer = bench.spread(drawn, settings)
answer["seconds"] = time.perf_counter() - start
answer["cpu_seconds"] = time.process_time() - spent
answer["peak_gb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
answer["at_start_gb"] = before / 1024**2
print(json.dumps(answer))
"""


def drawn():
    """Return draws of two arms, what their items cost, and the people unobserved."""
    from trialbalance.decision.draws import ArmDraws
    from trialbalance.decision.missing.unobserved import Unobserved
    from trialbalance.decision.multiverse.moved import Drawn
    from trialbalance.decision.prices.quantities import ItemDraws

    rng, arms = np.random.default_rng(3), ["new", "usual"]
    items = pd.DataFrame({
        "item": [f"item_{place}" for place in range(ITEMS)],
        "source_group": ["records", "interview"] * (ITEMS // 2),
        "unit_cost": np.linspace(10, 400, ITEMS), "unit_cost_lower": np.linspace(8, 300, ITEMS),
        "unit_cost_upper": np.linspace(12, 500, ITEMS), "price_year": "2012/13", "inflation": 1.0,
    })  # fmt: skip
    cost = rng.gamma(20, 10, (DRAWS, 2, ITEMS))
    arrays = ArmDraws(
        arms, [], np.arange(DRAWS), cost.sum(axis=2), rng.normal(0.6, 0.02, (DRAWS, 2))
    )
    share, mean = rng.uniform(0.1, 0.3, (DRAWS, 2)), rng.uniform(0.4, 0.6, (DRAWS, 2))
    one = rng.uniform(800, 1200, (DRAWS, 2, 1))
    lost = Unobserved(
        share, mean, mean[:, [1, 1]], share[..., None], one, one[:, [1, 1]], share[..., None] / 2,
        np.full((DRAWS, 2, 1), -500.0), 0.0, 1.0, mean - 0.1, np.full((DRAWS, 2), 0.4),
    )  # fmt: skip
    return Drawn(arrays, "usual", ItemDraws(items, arms, np.ones((2, ITEMS)), cost), lost,
                 ["interview"])  # fmt: skip


def _choice(name, count, change):
    """Return a choice of so many options, the first of which changes nothing."""
    words = {"label": name, "defensible": "It could be."}
    options = {f"{name}_{place}": words | (change(place) if place else {})
               for place in range(count)}  # fmt: skip
    return {"label": name, "options": options}


def _dearer(place):
    return {"prices": {"unit_costs": {"item_3": 50.0 + place}}}


def settings_of(cells):
    """Return settings of a multiverse of so many cells on one fit."""
    from trialbalance.settings.sections.decision import DecisionSettings
    from trialbalance.settings.sections.multiverse import MultiverseSettings

    prices, costs, effects, thresholds = SIZES[cells]
    choices = {
        "price": _choice("price", prices, _dearer),
        "cost": _choice("cost", costs, lambda n: {"missing": {"cost_percent": 2.0 * n}}),
        "effect": _choice("effect", effects, lambda n: {"missing": {"effect": -0.001 * n}}),
        "mark": _choice("mark", thresholds, lambda n: {"threshold": 20000.0 + 500 * n}),
    }  # fmt: skip
    given = MultiverseSettings.model_validate({"analysis": "qaly", "choices": choices})
    return {
        "study": STUDY,
        "analysis": {"name": "qaly", "outcome": "qaly", "perspective": "p", "population": "all"},
        "decision": DecisionSettings().model_dump(mode="json"),
        "multiverse": given.model_dump(mode="json"),
    }


def spread(drawn, settings):
    """Work out every cell, bring them together, and count: what two rules of the workflow do."""
    from trialbalance.decision.multiverse.cells import cell_table, cells_of
    from trialbalance.settings.universes import Fit
    from trialbalance.synthesis.multiverse import gather, option_shares, variance_shares

    section, fit = settings["multiverse"], Fit("base", "qaly", ((),), 0)
    part = cell_table(drawn, cells_of(section, fit), settings, fit)
    table = gather([part], section, None, {})
    shares = option_shares(table, section, STUDY, None)
    moved = variance_shares(table, section, STUDY)["variance_share"].sum()
    whole = shares[shares["choice"].isna()]["preferred_cells"].sum()
    return {"cells": len(table), "counted": int(whole), "variance": float(moved)}


def _measured(cells):
    code = MEASURE.format(folder=str(Path(__file__).parent), cells=cells)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_every_cell_is_worked_out_and_counted_once():
    answer = spread(drawn(), settings_of(100))
    assert answer["cells"] == 100
    # Two arms never tie on draws, so that each cell prefers one.
    assert answer["counted"] == 100
    assert answer["variance"] == pytest.approx(1.0)


@pytest.mark.slow
def test_a_hundred_thousand_cells_take_under_two_gigabytes_and_ten_minutes(capsys):
    found = {cells: _measured(cells) for cells in SIZES}
    with capsys.disabled():
        for cells, one in found.items():
            sys.stdout.write(f"\n{cells:,} cells: {one}")
        sys.stdout.write("\n")
    for cells, one in found.items():
        assert one["cells"] == one["counted"] == cells
        assert one["peak_gb"] < 2
    # The cost grows no faster than the cells.
    assert found[100_000]["cpu_seconds"] < 15 * found[10_000]["cpu_seconds"]
    assert found[100_000]["cpu_seconds"] < 600
