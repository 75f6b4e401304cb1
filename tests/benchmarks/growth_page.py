"""The page of benchmarks, and its drawing, from the figures that were measured."""

from pathlib import Path

import altair as alt
import numpy as np
import pandas as pd
from growth import AXES

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "workflow" / "benchmarks.md"
DRAWING = PAGE.with_suffix(".svg")
GROWTH, RULES = HERE / "growth.csv", HERE / "rules.csv"

TITLES = {
    "records": "Records, valued in a ledger and checked",
    "plainest": "The same records, in DuckDB's plainest query",
    "participants": "Participants, made into a dataset",
    "draws": "Draws of two options: whole decision stage, EVPPI of six groups",
    "options": "Options (arms): whole decision stage, 4,000 draws, EVPPI of every group",
    "scenarios": "Scenarios of a study, read and settled",
    "cells": "Cells of a multiverse that share a fit of 1,000 draws",
}
HEAD = """# Benchmarks

Made by `python tests/benchmarks/growth.py page` from [growth.csv](../tests/benchmarks/growth.csv)
and `rules.csv` beside it, once it is measured; nothing here is written by hand.

## Growth

Processor seconds, clock seconds and peak memory of each stage as what it is given grows, each size
in a process of its own, on one thread but for DuckDB. The clock runs on while other work has the
processor; processor seconds hardly do. Memory counts the libraries, about 0.15 GB. The slope is
that of the logarithms from the size before: 1 is twice the work for twice as much, and below 1
what every run costs still counts.

![Processor seconds and memory against size](benchmarks.svg)
"""
RULES_HEAD = """## Seconds by rule

Of Snakemake's own benchmark files, added up over the jobs of a rule.
`python tests/benchmarks/rules.py measure` runs OCTET cold and warm, with one changed price, all
studies, and a study of draws. It keeps no figure of a machine that has other work.
"""
MEASURE = "`python tests/benchmarks/growth.py measure {}`"


def page() -> str:
    """Return the page as Markdown."""
    growth = pd.read_csv(GROWTH)
    parts = [HEAD, _conditions(growth)]
    for axis, title in TITLES.items():
        own = growth[growth["axis"] == axis]
        if own.empty:
            parts.append(f"### {title}\n\nNot measured yet: {MEASURE.format(axis)}.\n")
        else:
            parts.append(f"### {title}\n\n{_table(own)}{_left(axis, own)}")
    parts.append(_beside_peer(growth))
    parts.append(_rules())
    return "\n".join(parts)


def _left(axis: str, own: pd.DataFrame) -> str:
    """Say which sizes are not measured yet."""
    left = [f"{size:,}" for size in AXES[axis][1] if size not in set(own["size"])]
    return f"\nNot measured yet: {', '.join(left)}.\n" if left else ""


def _conditions(growth: pd.DataFrame) -> str:
    """Say when, on what and with what the figures were measured, each once."""
    lines = ["| measured | machine | versions |", "|---|---|---|"]
    for row in growth[["date", "machine", "versions"]].drop_duplicates().itertuples(index=False):
        lines.append("| " + " | ".join(row) + " |")
    return "\n".join(lines) + "\n"


def _table(own: pd.DataFrame) -> str:
    """Return the sizes of one axis, with the slope from each to the next."""
    lines = [
        "| size | processor, s | clock, s | memory, GB | slope |",
        "|---:|---:|---:|---:|---:|",
    ]
    logs = np.log(own[["size", "processor"]].to_numpy(float))
    slopes = [np.nan, *(np.diff(logs[:, 1]) / np.diff(logs[:, 0]))]
    for row, slope in zip(own.itertuples(), slopes, strict=True):
        told = "" if np.isnan(slope) else f"{slope:.2f}"
        seconds = f"{row.processor:,.2f} | {row.seconds:,.2f}"
        lines.append(f"| {row.size:,} | {seconds} | {row.memory:.2f} | {told} |")
    return "\n".join(lines) + "\n"


def _beside_peer(growth: pd.DataFrame) -> str:
    """Set the ledger beside the plainest query."""
    ours, peer = (
        growth[growth["axis"] == axis].set_index("size") for axis in ("records", "plainest")
    )
    lines = [
        "### The ledger beside the plainest query",
        "",
        "The plainest query joins and multiplies; the ledger also checks every record, sets aside",
        "what cannot be valued, says why, and finds who answered what. Wanted: at most 1.5 times.",
        "",
        "| records | ratio of processor seconds | ratio of clock | memory, GB: ledger, query |",
        "|---:|---:|---:|---:|",
    ]
    for size in sorted(set(ours.index) & set(peer.index)):
        one, other = ours.loc[size], peer.loc[size]
        ratios = f"{one.processor / other.processor:.2f} | {one.seconds / other.seconds:.2f}"
        lines.append(f"| {size:,} | {ratios} | {one.memory:.2f}, {other.memory:.2f} |")
    return "\n".join(lines) + "\n"


def _rules() -> str:
    """Return the seconds by rule of each run that was measured."""
    head = RULES_HEAD
    if not RULES.exists():
        return head + "\nNot measured yet on a quiet machine, and a busy one tells nothing.\n"
    rules = pd.read_csv(RULES)
    lines = [head]
    for run, own in rules.groupby("run", sort=False):
        whole = own[own["rule"] == "whole run"].iloc[0]
        lines += [
            f"### {run}",
            "",
            f"{whole.seconds:,.1f} s of clock, {whole.processor:,.1f} s of processor, measured"
            f" {whole.date} on {whole.machine}, {whole.load}.",
            "",
            "| rule | jobs | clock, s | processor, s | peak memory, GB |",
            "|---|---:|---:|---:|---:|",
        ]
        for row in own[own["rule"] != "whole run"].itertuples():
            figures = f"{row.jobs} | {row.seconds:,.1f} | {row.processor:,.1f} | {row.memory:.2f}"
            lines.append(f"| `{row.rule}` | {figures} |")
        lines.append("")
    return "\n".join(lines)


def drawing() -> alt.LayerChart:
    """Return processor seconds and memory against size, on scales of logarithms."""
    growth = pd.read_csv(GROWTH)
    growth["what"] = growth["axis"].map(TITLES)
    base = alt.Chart(growth).encode(
        x=alt.X("size:Q", title="size").scale(type="log"),
        color=alt.Color("axis:N", title=None, sort=list(TITLES)),
    )
    panels = [
        base.mark_line(point=True)
        .encode(y=alt.Y(f"{column}:Q", title=title).scale(type="log"))
        .properties(width=330, height=260)
        for column, title in (("processor", "processor, s"), ("memory", "peak memory, GB"))
    ]
    return alt.hconcat(*panels)


def write_page() -> None:
    """Write page and drawing."""
    PAGE.write_text(page(), encoding="utf-8")
    drawing().save(DRAWING)
