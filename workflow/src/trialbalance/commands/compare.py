"""Two runs side by side: what was changed, which figures moved, and which without a cause."""

import json
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from trialbalance import contracts
from trialbalance.audit.standards.deviations import flat
from trialbalance.contracts import Finding, Problems
from trialbalance.contracts.catalogue import FOLDERS, TO_DECISION, table_of
from trialbalance.settings.study_file import BEFORE
from trialbalance.settings.yamlfile import read_yaml

COLUMNS = ["figure", "stage", "old", "new", "change", "size", "causes"]
EVERY_STAGE = (*TO_DECISION, "synthesis")
# Tables of the folder audit rest on a stage each.
RESTS_ON = {"observed_case": "dataset", "trial_balance": "decision", "reproduction": "outcomes"}
NO_CAUSE = "unexplained"
WITHIN = 1e-9


class Change(NamedTuple):
    """One thing that differs between two runs, and the stages that it can move."""

    kind: str
    what: str
    old: str
    new: str
    stages: tuple[str, ...]
    analysis: str | None = None

    def line(self) -> str:
        """Return the change as one line."""
        return f"{self.kind}: {self.what}: {self.old or 'none'} -> {self.new or 'none'}"


def compare(old: Path, new: Path) -> tuple[list[Change], pd.DataFrame]:
    """Return what differs between two results folders of a study.

    Parameters
    ----------
    old, new : Path
        Folders of one study's results, such as ``results/my_trial``.

    Returns
    -------
    changes : list of Change
        Inputs, settings, methods and versions that differ.
    moved : pandas.DataFrame
        One row a figure that moved, largest first; columns `COLUMNS`. ``size`` is the change over
        the width of the old interval, or over the old figure where it has none.

    Raises
    ------
    Problems
        A folder holds no finished run.
    """
    for folder in (old, new):
        _must_be_a_run(folder)
    changes = [*_provenance_changes(old, new), *_settings_changes(old, new)]
    return changes, moved_figures(read_figures(old), read_figures(new), changes)


def _must_be_a_run(folder: Path) -> None:
    """Refuse a folder that holds no finished run."""
    lost = [
        name
        for name in ("audit/provenance.json", "base/settings.yaml")
        if not (folder / name).is_file()
    ]
    if lost:
        raise Problems(
            [
                Finding(
                    str(folder),
                    found=f"no {' and no '.join(lost)}",
                    allowed="the results of one study, such as results/my_trial, of a finished run",
                    remedy="run the study to its end",
                )
            ]
        )


def _provenance_changes(old: Path, new: Path) -> list[Change]:
    """Return inputs, methods and versions that differ."""
    before, after = (
        json.loads((folder / "audit" / "provenance.json").read_text(encoding="utf-8"))
        for folder in (old, new)
    )
    found = []
    for kind, part in (("input", "inputs"), ("method", "code"), ("version", "versions")):
        first, second = before[part], after[part]
        for name in sorted(set(first) | set(second)):
            if first.get(name) != second.get(name):
                stage = name if part == "code" else _reader_of(name) if part == "inputs" else "data"
                values = (_short(first.get(name)), _short(second.get(name)))
                found.append(Change(kind, name, *values, _from(stage)))
    return found


def _reader_of(source: str) -> str:
    """Return the first stage that reads a file from outside."""
    if source in ("unit_costs", "price_index"):
        return "costs"
    return "data" if source.startswith("recorded.") or source == "simulator" else "outcomes"


def _short(text: str | None) -> str:
    return (text or "")[:16]


def _settings_changes(old: Path, new: Path) -> list[Change]:
    """Return the settings of the base case that differ, each with the stages it can move."""
    before, after = (
        dict(flat(read_yaml(folder / "base" / "settings.yaml")[0])) for folder in (old, new)
    )
    found = []
    for name in sorted(set(before) | set(after)):
        if before.get(name) != after.get(name):
            words = name.split(".")
            analysis = words[1] if words[0] == "analyses" else None
            section = words[2] if analysis and len(words) > 2 else words[0]
            old_value, new_value = (
                "" if one is None else str(one) for one in (before.get(name), after.get(name))
            )
            moved = _moved_by(section)
            found.append(Change("setting", name, old_value, new_value, moved, analysis))
    return found


def _moved_by(section: str) -> tuple[str, ...]:
    """Return the stages that a setting of a section can move."""
    if section in TO_DECISION:
        return _from(section)
    # Facts of the study, and what an analysis is, enter everywhere; words enter nowhere.
    silent = ("report", "audit", "title", "published")
    return ("synthesis",) if section == "scenarios" else () if section in silent else EVERY_STAGE


def _from(stage: str) -> tuple[str, ...]:
    """Return a stage and all that read its tables."""
    after = [word for word in TO_DECISION if word == stage or stage in BEFORE[word]]
    return (*after, "synthesis")


def read_figures(folder: Path) -> pd.DataFrame:
    """Return every number that has an identifier.

    Parameters
    ----------
    folder : Path
        Results of one study.

    Returns
    -------
    pandas.DataFrame
        Columns figure, stage, analysis, value, scale.
    """
    parts = []
    for path in sorted(folder.rglob("*.csv")):
        table = table_of(path)
        if table not in contracts.tables() or "figures" not in contracts.schema(table):
            continue
        frame = pd.read_csv(path)
        if "figure" in frame:
            below = path.relative_to(folder).parts
            analysis = below[2] if len(below) > 3 else None
            parts += _numbers(frame, table, _stage(below, table), analysis)
    columns = ["figure", "stage", "analysis", "value", "scale"]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)


def _stage(below: tuple[str, ...], table: str) -> str:
    """Return the stage on which a table rests."""
    words = {FOLDERS[stage]: stage for stage in EVERY_STAGE}
    return next((words[part] for part in below if part in words), RESTS_ON.get(table, "synthesis"))


def _numbers(
    frame: pd.DataFrame, table: str, stage: str, analysis: str | None
) -> list[pd.DataFrame]:
    """Return the numbers of a table, each with the scale on which a change is judged."""
    keys = contracts.schema(table)["figures"]
    kept = []
    for column in frame.select_dtypes("number"):
        if column in keys:
            continue
        name = column.removesuffix("_lower").removesuffix("_upper")
        ends = [f"{name}_lower", f"{name}_upper"]
        width = frame[ends[1]] - frame[ends[0]] if set(ends) <= set(frame) else frame[column]
        part = {"figure": frame["figure"] + f".{column}", "stage": stage, "analysis": analysis}
        values = pd.DataFrame(part | {"value": frame[column].astype(float), "scale": width.abs()})
        kept.append(values.dropna(subset=["value"]))
    return kept


def moved_figures(old: pd.DataFrame, new: pd.DataFrame, changes: list[Change]) -> pd.DataFrame:
    """Return the figures that differ, largest change first, each with what can have moved it.

    Parameters
    ----------
    old, new : pandas.DataFrame
        Figures as `read_figures` gives them.
    changes : list of Change
        What differs between the runs.

    Returns
    -------
    pandas.DataFrame
        Columns `COLUMNS`; ``causes`` is unexplained where no change can have moved the figure. A
        figure that only one run has comes first, its change blank.
    """
    both = old.merge(new, on="figure", how="outer", suffixes=("_old", "_new"))
    if both.empty:
        return pd.DataFrame(columns=COLUMNS)
    both["change"] = both["value_new"] - both["value_old"]
    scale = both["scale_old"].where(
        both["scale_old"] > 0, both[["value_old", "value_new"]].abs().max(axis=1)
    )
    both["size"] = (both["change"].abs() / scale).where(both["change"] != 0, 0.0)
    both = both[both["size"].isna() | (both["size"] > WITHIN)].copy()
    for word in ("stage", "analysis"):
        both[word] = both[f"{word}_new"].where(both[f"{word}_new"].notna(), both[f"{word}_old"])
    both["causes"] = [
        _causes(stage, analysis, changes)
        for stage, analysis in zip(both["stage"], both["analysis"], strict=True)
    ]
    named = both.rename(columns={"value_old": "old", "value_new": "new"})
    order = named["size"].fillna(float("inf"))
    return named.iloc[order.argsort(kind="stable")[::-1]][COLUMNS].reset_index(drop=True)


def _causes(stage: str, analysis: str | None, changes: list[Change]) -> str:
    """Return the changes that can have moved a figure of a stage and analysis."""
    found = [
        f"{change.kind} {change.what}"
        for change in changes
        if stage in change.stages
        and (
            change.analysis is None or not isinstance(analysis, str) or change.analysis == analysis
        )
    ]
    return "; ".join(found) or NO_CAUSE


def told(changes: list[Change], moved: pd.DataFrame, shown: int = 20) -> list[str]:
    """Return a comparison as lines of text.

    Parameters
    ----------
    changes : list of Change
        What differs.
    moved : pandas.DataFrame
        Figures that moved.
    shown : int
        Figures told one by one, the largest changes first.

    Returns
    -------
    list of str
        One line each.
    """
    lines = [change.line() for change in changes] or [
        "no input, setting, method or version differs"
    ]
    lines.append(f"{len(moved):,} figures moved")
    without = int((moved["causes"] == NO_CAUSE).sum())
    if without:
        lines.append(f"{without:,} of them are unexplained: nothing that enters them differs")
    for row in moved.head(shown).itertuples():
        values = " -> ".join(
            "none" if pd.isna(one) else f"{one:.10g}" for one in (row.old, row.new)
        )
        size = (
            "" if pd.isna(row.size) else f" ({row.change:+.6g}, {100 * row.size:.3g}% of its scale)"
        )
        lines.append(f"{row.figure}: {values}{size}; {row.causes}")
    if len(moved) > shown:
        lines.append(f"and {len(moved) - shown:,} further figures")
    return lines
