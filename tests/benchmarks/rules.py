"""Seconds by rule of whole runs, added up from the benchmark files that Snakemake writes.

``python tests/benchmarks/rules.py measure [run ...]`` runs them in a copy of this clone and keeps
the figures in ``rules.csv``; ``python tests/benchmarks/growth.py page`` prints them. A machine with
other work gives the seconds of that work, so that nothing is kept where it is busy.
"""

import argparse
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import pandas as pd

HERE = Path(__file__).parent
CLONE = HERE.parents[1]
FIGURES = HERE / "rules.csv"
# Other processes that want a core, at most, where figures may be kept.
QUIET = 0.3
OCTET, ALL = ["config/studies/octet/study.yaml"], None
# Run → its studies, and what is done before: an empty compile cache, or one price changed.
RUNS: dict[str, tuple[list[str] | None, str]] = {
    "OCTET, cold": (OCTET, "cold"),
    "OCTET, warm": (OCTET, "warm"),
    "OCTET, one changed price": (OCTET, "price"),
    "All studies that ship, cold": (ALL, "cold"),
    "A study of draws": (["tests/doors/draws/study.yaml"], "warm"),
}


def by_rule(results: Path) -> pd.DataFrame:
    """Return jobs, clock and processor seconds and peak memory (GB) by rule of finished runs.

    Parameters
    ----------
    results : Path
        Folder of results; the benchmark files lie in the folders ``logs`` below it.

    Returns
    -------
    DataFrame
        Columns rule, jobs, seconds, processor, memory; the longest rule first.
    """
    rows = []
    known = sorted(rules(), key=len, reverse=True)
    for path in sorted(results.glob("**/logs/*.tsv")):
        rule = next(name for name in known if re.fullmatch(rf"{name}(_.+)?", path.stem))
        figures = pd.read_csv(path, sep="\t", na_values=["-", "NA"]).fillna(0.0)
        sums = figures[["s", "cpu_time"]].sum()
        memory = figures["max_rss"].max() / 1024
        rows.append((rule, len(figures), sums["s"], sums["cpu_time"], memory))
    columns = ["rule", "jobs", "seconds", "processor", "memory"]
    sums = {"jobs": "sum", "seconds": "sum", "processor": "sum", "memory": "max"}
    table = pd.DataFrame(rows, columns=columns).groupby("rule").agg(sums).reset_index()
    return table.sort_values("processor", ascending=False, ignore_index=True)


def rules() -> set[str]:
    """Return the name of every rule."""
    texts = [path.read_text("utf-8") for path in (CLONE / "workflow" / "rules").glob("*.smk")]
    return set(re.findall(r"^(?:use )?rule (\w+)(?: as \w+)?", "\n".join(texts), re.M)) | set(
        re.findall(r"^use rule \w+ as (\w+)", "\n".join(texts), re.M)
    )


def snakemake(folder: Path, studies: list[str] | None, cores: int) -> dict[str, float]:
    """Run studies to the end in a copy of the clone; return clock and processor seconds."""
    command = [sys.executable, "-m", "snakemake", "--cores", str(cores)]
    command += ["--profile", "workflow/profiles/local.yaml"]
    if studies is not None:
        (folder / "measured.yaml").write_text(f"studies: {studies}\n", encoding="utf-8")
        command += ["--configfile", "measured.yaml"]
    own = {"PYTHONPATH": str(folder / "workflow/src"), "XDG_CACHE_HOME": str(folder / "cache")}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    clock = time.perf_counter()
    done = subprocess.run(
        command, cwd=folder, env=os.environ | own, capture_output=True, text=True, check=False
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.returncode == 0, done.stdout + done.stderr
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"seconds": time.perf_counter() - clock, "processor": spent}


def run(name: str, folder: Path, cores: int = 2) -> pd.DataFrame:
    """Measure one run: its rules, and the whole of it last."""
    studies, state = RUNS[name]
    for part in ("Snakefile", "workflow", "config", "tests/doors"):
        source = CLONE / part
        copy = shutil.copytree if source.is_dir() else shutil.copy
        copy(source, folder / part)
    if state != "cold":
        snakemake(folder, studies, cores)
        for path in folder.glob("results/**/logs/*.tsv"):
            path.unlink()
        if state == "price":
            change_a_price(folder / Path(studies[0]).parent / "unit_costs.csv")
        else:
            shutil.rmtree(folder / "results")
    whole = snakemake(folder, studies, cores)
    table = by_rule(folder / "results")
    last = {"rule": "whole run", "jobs": table["jobs"].sum(), "memory": table["memory"].max()}
    return pd.concat([table, pd.DataFrame([last | whole])], ignore_index=True)


def change_a_price(path: Path) -> None:
    """Raise the first unit cost of a study by a tenth."""
    prices = pd.read_csv(path, dtype=str)
    prices.loc[0, "unit_cost"] = f"{float(prices.loc[0, 'unit_cost']) * 1.1:.2f}"
    prices.to_csv(path, index=False)


def measure(names: list[str]) -> None:
    """Measure runs on a quiet machine and keep the figures, the latest of each run."""
    from growth import machine

    for name in names:
        load = os.getloadavg()[0]
        if load > QUIET:
            sys.exit(f"{load:.1f} processes want a core already: the seconds would be theirs.")
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "tests").mkdir()
            table = run(name, Path(folder))
        told = {"date": date.today().isoformat(), "machine": machine(), "load": f"load {load:.1f}"}
        table = table.assign(run=name, **told)
        if FIGURES.exists():
            before = pd.read_csv(FIGURES)
            table = pd.concat([before[before["run"] != name], table])
        order = {name: place for place, name in enumerate(RUNS)}
        table = table.sort_values("run", key=lambda column: column.map(order), kind="stable")
        table.round(3).to_csv(FIGURES, index=False)


if __name__ == "__main__":
    sys.path.insert(0, str(HERE))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["measure"])
    parser.add_argument("runs", nargs="*")
    measure(parser.parse_args().runs or list(RUNS))
