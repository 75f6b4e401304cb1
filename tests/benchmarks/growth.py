"""Seconds and memory of each stage as what it is given grows, one process a measurement.

``python tests/benchmarks/growth.py measure [axis ...] [--most SIZE]`` measures and keeps the
figures in ``growth.csv`` beside this file; ``python tests/benchmarks/growth.py page`` writes
``workflow/benchmarks.md`` and its drawing from them. Processor seconds are what is compared: other
work on a machine moves the clock, and hardly them.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Callable
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

HERE = Path(__file__).parent
FIGURES = HERE / "growth.csv"
GRID = {"marked": [20000, 30000], "range": [0, 100_000], "step": 1000}
ALONE = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
Work = Callable[[], Any]


def records(size: int, folder: Path) -> Work:
    """Value so many records, half dated and half counted: the ledger alone."""
    import test_ledger

    if not (folder / "use.parquet").exists():
        test_ledger.make_inputs(folder, size)
    return lambda: test_ledger.run_ledger(folder)["lines"]


def plainest(size: int, folder: Path) -> Work:
    """Join the same records in DuckDB's plainest query, unchecked."""
    import test_ledger

    if not (folder / "use.parquet").exists():
        test_ledger.make_inputs(folder, size)
    return lambda: test_ledger.run_plainest(folder)["lines"]


def participants(size: int, _: Path) -> Work:
    """Make the dataset of so many participants, with what is missing and what predicts it."""
    from filled import filled
    from trialbalance.dataset import build_dataset

    tables = tables_of_people(size)
    study = {
        "arms": {"new": {}, "usual": {}}, "comparator": "usual", "horizon_years": 1.0,
        "visits": {"baseline": 0.0, "month_12": 1.0}, "periods": {"year": [0.0, 1.0]},
    }  # fmt: skip
    analysis = {"outcome": "qaly", "perspective": "health", "population": "everyone"}
    section = filled("dataset", {"covariates": ["baseline_effect", "age"]})
    return lambda: len(build_dataset(*tables, study, section, analysis)["dataset"])


def tables_of_people(size: int) -> list[pd.DataFrame]:
    """Draw participants, their costs and what was seen of them, a fifth missing."""
    rng = np.random.default_rng(5)
    ids = np.array([f"P{number:07d}" for number in range(size)])
    people = pd.DataFrame(
        {
            "participant_id": ids,
            "arm": rng.choice(["new", "usual"], size),
            "age": rng.normal(50, 12, size).round(),
            "everyone": True,
        }
    )
    key = {"participant_id": ids, "period": "year", "perspective": "health"}
    key |= {"source_group": "records"}
    costs = pd.DataFrame(key | {"cost": rng.gamma(2, 900, size)})
    seen = pd.DataFrame(key | {"observed": rng.random(size) > 0.2})
    scores = pd.DataFrame(
        {
            "participant_id": np.tile(ids, 2),
            "visit": np.repeat(["baseline", "month_12"], size),
            "measure": "utility",
            "value": rng.normal(0.7, 0.15, 2 * size),
            "at_ceiling": False,
            "dead": False,
        }
    )
    known = rng.random(size) > 0.2
    scores.loc[np.flatnonzero(~known) + size, "value"] = np.nan
    gained = pd.DataFrame(
        {
            "participant_id": ids,
            "outcome": "qaly",
            "measure": "utility",
            "value": np.where(known, rng.normal(0.7, 0.15, size), np.nan),
            "observed": known,
            "at_ceiling": False,
            "died": False,
        }
    )
    return [people, costs, seen, scores, gained]


def draws(size: int, _: Path) -> Work:
    """Decide between two options from so many draws: every table, EVPPI of each group too."""
    return decision(size, 2)


def options(size: int, _: Path) -> Work:
    """Decide between so many options (arms) from 4,000 draws, in the same way."""
    return decision(4000, size)


def decision(count: int, arms: int) -> Work:
    """Return the work of the whole decision stage."""
    from test_decision_speed import arm_arrays
    from trialbalance.decision import decide
    from trialbalance.settings.resolve import complete

    names = [f"option_{place:03d}" for place in range(arms)]
    cost, effect = arm_arrays(count, arms)
    tidy = pd.DataFrame(
        {
            "draw": np.tile(np.arange(count), arms),
            "arm": np.repeat(names, count),
            "cost": cost.T.ravel(),
            "effect": effect.T.ravel(),
        }
    )
    study = {"arms": {name: {} for name in names}, "comparator": names[0], "currency": "GBP"}
    section = complete("decision", {"thresholds": {"qaly": GRID}})
    analysis = {"name": "main", "outcome": "qaly", "perspective": "p", "population": "all"}
    rng = np.random.default_rng(1)

    def work() -> int:
        tables = decide(tidy, study, section, analysis, rng)
        best = tables["acceptability"].groupby("threshold")["probability"].sum()
        assert np.allclose(best, 1)
        return len(tables["arms"])

    return work


def cells(size: int, _: Path) -> Work:
    """Compare the arms in so many cells of a multiverse that share one fit of 1,000 draws."""
    from trialbalance.decision.draws import ArmDraws
    from trialbalance.decision.missing.unobserved import Unobserved
    from trialbalance.decision.multiverse.cells import cell_table, cells_of
    from trialbalance.decision.multiverse.moved import Drawn
    from trialbalance.settings.sections.decision import DecisionSettings
    from trialbalance.settings.universes import Fit

    rng, shape = np.random.default_rng(8), (1000, 2)
    share, mean = rng.uniform(0.1, 0.3, shape), rng.uniform(0.4, 0.6, shape)
    one = rng.uniform(800, 1200, (*shape, 1))
    lost = Unobserved(
        share, mean, mean[:, [1, 1]], share[..., None], one, one[:, [1, 1]], share[..., None] / 2,
        np.full((*shape, 1), -500.0), 0.0, 1.0, mean - 0.1, np.full(shape, 0.4),
    )  # fmt: skip
    cost, effect = rng.gamma(20, 500, shape), rng.normal(0.6, 0.02, shape)
    arrays = ArmDraws(["new", "usual"], [], np.arange(1000), cost, effect)
    settings = {
        "study": {"arms": {"new": {}, "usual": {}}, "comparator": "usual", "currency": "GBP"},
        "analysis": {"name": "qaly", "outcome": "qaly", "perspective": "p", "population": "all"},
        "decision": DecisionSettings().model_dump(mode="json"),
        "multiverse": many_choices(size),
    }
    fit = Fit("base", "qaly", ((),), size)
    mine = cells_of(settings["multiverse"], fit)
    drawn = Drawn(arrays, "usual", None, lost, ["interview"])
    return lambda: cell_table(drawn, mine, settings, fit)["cell"].nunique()


def many_choices(size: int) -> dict[str, Any]:
    """Return a multiverse of so many cells: a power of ten, of deltas and thresholds."""
    from trialbalance.settings.sections.multiverse import MultiverseSettings

    words = {"defensible": "For the benchmark."}
    # One option of each choice is the plan's own and changes nothing.
    places = {
        "effect": [{}, *({"missing": {"effect": -0.005 * n}} for n in range(1, 10))],
        "cost": [{}, *({"missing": {"cost_percent": 5 * n}} for n in range(1, 10))],
    }
    if size >= 1000:
        places["ceiling"] = [{}, *({"missing": {"at_ceiling": 0.05 * n}} for n in range(1, 10))]
    if size >= 10_000:
        places["mark"] = [{}, *({"threshold": 100 * n} for n in range(1, size // 1000))]
    choices = {
        choice: {
            "label": choice,
            "options": {
                f"{choice}_{n}": words | {"label": f"{choice} {n}"} | one
                for n, one in enumerate(several)
            },
        }
        for choice, several in places.items()
    }
    given = {"analysis": "qaly", "choices": choices}
    return MultiverseSettings.model_validate(given).model_dump(mode="json")


def scenarios(size: int, folder: Path) -> Work:
    """Read the template study with so many scenarios, each with its own discount rate."""
    import shutil

    from trialbalance import house
    from trialbalance.settings.load import load_studies
    from trialbalance.settings.resolve import stage_settings

    study = folder / "my_trial"
    if not study.exists():
        from study_copy import StudyCopy

        shutil.copytree(house.resources() / "template", study)
        changed = {
            f"rate_{n:03d}": {"title": f"Rate {n}", "costs": {"discount_rate": n / 10000}}
            for n in range(size)
        }
        StudyCopy(study).change(scenarios=changed)

    def work() -> int:
        (one,) = load_studies({"studies": [str(study / "study.yaml")]}, folder).values()
        for name in one.scenarios:
            for stage in ("costs", "dataset", "decision"):
                stage_settings(one, name, stage)
        return len(one.scenarios) - 1

    return work


# Axis → the work, the sizes measured, and the size of the run by default.
AXES: dict[str, tuple[Callable[[int, Path], Work], list[int], int]] = {
    "records": (records, [10**5, 10**6, 10**7, 10**8], 2000),
    "plainest": (plainest, [10**5, 10**6, 10**7, 10**8], 2000),
    "participants": (participants, [10**2, 10**3, 10**4, 10**5, 10**6], 200),
    "draws": (draws, [10**3, 10**4, 10**5, 10**6], 200),
    "options": (options, [2, 4, 8, 16, 32, 64, 100], 3),
    "scenarios": (scenarios, [1, 10, 50, 200], 2),
    "cells": (cells, [10**2, 10**3, 10**4, 10**5], 100),
}


def measured(axis: str, size: int, folder: Path) -> dict[str, float]:
    """Return seconds, processor seconds and peak memory (GB) of one size, in its own process."""
    command = [sys.executable, __file__, "one", axis, str(size), str(folder)]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env=os.environ | ALONE
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def one(axis: str, size: int, folder: Path) -> dict[str, float]:
    """Measure in this process; memory counts what was handed over and what was imported."""
    import resource
    import time

    work = AXES[axis][0](size, folder)
    clock, spent = time.perf_counter(), time.process_time()
    done = work()
    return {
        "seconds": time.perf_counter() - clock,
        "processor": time.process_time() - spent,
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2,
        "done": done,
    }


def machine() -> str:
    """Say on what kind of machine this runs."""
    model = platform.processor() or platform.machine()
    told = Path("/proc/cpuinfo")
    if told.exists():
        names = [line for line in told.read_text().splitlines() if line.startswith("model name")]
        model = names[0].partition(":")[2].strip() if names else model
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    return f"{os.cpu_count()} cores of {model}, {memory:.0f} GB, {platform.system()}"


def versions() -> str:
    """Say with which versions."""
    own = tomllib.loads((HERE.parents[1] / "pyproject.toml").read_text("utf-8"))["project"]
    told = [f"Python {platform.python_version()}", f"trialbalance {own['version']}"]
    return ", ".join(
        [*told, *(f"{name} {version(name)}" for name in ("duckdb", "numpy", "pandas"))]
    )


def measure(axes: list[str], most: int) -> None:
    """Measure the sizes of some axes and keep the figures, the latest of each size."""
    for axis in axes:
        for size in (size for size in AXES[axis][1] if size <= most):
            with tempfile.TemporaryDirectory() as folder:
                kept = {"axis": axis, "size": size} | measured(axis, size, Path(folder))
            kept |= {"date": date.today().isoformat(), "machine": machine()}
            _keep(kept | {"versions": versions()})


def _keep(row: dict[str, Any]) -> None:
    """Put one measurement among the others, whole."""
    table = pd.DataFrame([row]).drop(columns="done")
    if FIGURES.exists():
        before = pd.read_csv(FIGURES)
        same = (before["axis"] == row["axis"]) & (before["size"] == row["size"])
        table = pd.concat([before[~same], table])
    order = {axis: place for place, axis in enumerate(AXES)}
    table = table.assign(place=table["axis"].map(order)).sort_values(["place", "size"])
    digits = {"seconds": 3, "processor": 3, "memory": 3}
    table.drop(columns="place").round(digits).to_csv(FIGURES, index=False)
    told = f"{row['processor']:.2f} s of processor, {row['memory']:.2f} GB"
    sys.stdout.write(f"{row['axis']} {row['size']:,}: {told}\n")


if __name__ == "__main__":
    sys.path[:0] = [str(HERE), str(HERE.parent)]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["measure", "page", "one"])
    parser.add_argument("axes", nargs="*")
    parser.add_argument("--most", type=int, default=10**9)
    asked = parser.parse_args()
    if asked.what == "one":
        axis, size, folder = asked.axes
        sys.stdout.write(json.dumps(one(axis, int(size), Path(folder))) + "\n")
    elif asked.what == "measure":
        measure(asked.axes or list(AXES), asked.most)
    else:
        from growth_page import write_page

        write_page()
