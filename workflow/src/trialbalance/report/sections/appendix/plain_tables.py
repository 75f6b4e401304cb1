"""Tables printed as they are written, where a study has them; their contracts say how."""

from collections.abc import Callable
from typing import NamedTuple

import pandas as pd

from trialbalance.contracts.catalogue import Printed, catalogue
from trialbalance.report.facts.facts import Facts
from trialbalance.report.facts.formatted_tables import with_intervals
from trialbalance.report.facts.pictures import drawn_as, pictures
from trialbalance.report.sections.appendix.books import as_given
from trialbalance.report.text.markup import box, escape, prose, section
from trialbalance.report.text.numbers import number

MOST = 140


def always(frame: pd.DataFrame) -> bool:
    """Return that a table may be told wherever it is."""
    return True


def every_row(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table as it is."""
    return frame


def informative(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the odds ratios of which the data say anything.

    Of a covariate that does not vary only the prior is left: a ratio of exactly 1 whose interval
    is as wide on either side.
    """
    same = (frame["odds_ratio"] - 1).abs() < 1e-9
    same &= (frame["lower"] * frame["upper"] - 1).abs() < 1e-3
    return frame[~same]


def contrasts_alone(frame: pd.DataFrame) -> pd.DataFrame:
    """Return associations without the bias that a contrast would have to meet where none is."""
    bias = frame["estimate"].astype(str).str.startswith("bias_to_meet")
    return frame[~(bias & (frame["value"].isna() | (frame["value"] == 0)))]


def was_cut_short(frame: pd.DataFrame) -> bool:
    """Return whether the end of the study cut anybody's follow-up short."""
    return bool((frame["not_reached"] > 0).any())


def weighted(frame: pd.DataFrame) -> pd.DataFrame:
    """Return means by weights; those of complete cases stand with the outcomes, once."""
    return frame[frame["method"] != "complete_case"]


# Tables told only where something holds of their rows, and those of which some rows are told.
HOLDS: dict[str, Callable[[pd.DataFrame], bool]] = {"censored_means": was_cut_short}
ROWS: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "associations": contrasts_alone,
    "censored_means": weighted,
    "missingness_predictors": informative,
}


class Further(NamedTuple):
    """A table printed as it is, and how."""

    table: str
    printed: Printed


def plain_tables() -> list[Further]:
    """Return the tables that close a section as they are, in the order of the contracts.

    Examples
    --------
    >>> [one.table for one in plain_tables() if one.printed.section == "about"]
    ['deviations', 'blinding']
    """
    found = [Further(one.name, one.printed) for one in catalogue().values() if one.printed]
    return sorted(found, key=lambda one: one.printed.order)


def further(facts: Facts, after: str) -> str:
    """Return the further tables that close a section.

    Parameters
    ----------
    facts : Facts
        The study.
    after : str
        Identifier of the section.

    Returns
    -------
    str
        One part a table, study-wide or one an analysis; nothing where no table exists.
    """
    parts = []
    for entry in [entry for entry in plain_tables() if entry.printed.section == after]:
        shown = [_shown(facts, entry, names) for names in _sharing(facts, entry)]
        if any(shown):
            told = entry.printed
            ident = told.heading.lower().replace(" ", "-").replace(",", "")
            figures = pictures(facts, *(drawn_as(facts, told.pictures) if told.pictures else ()))
            parts.append(section(3, told.heading, ident, escape(told.words), figures, *shown))
    return "\n\n".join(parts)


def _sharing(facts: Facts, entry: Further) -> list[list[str | None]]:
    """Return the study as a whole and its analyses, those with the same table together."""
    groups: list[list[str | None]] = []
    for name in (None, *facts.analyses):
        frame = facts.table(entry.table, name)
        if frame is None or not HOLDS.get(entry.table, always)(frame):
            continue
        frame = _told(frame)
        same = [one for one in groups if _told(facts.table(entry.table, one[0])).equals(frame)]
        if same:
            same[0].append(name)
        else:
            groups.append([name])
    return groups


def _told(frame: pd.DataFrame) -> pd.DataFrame:
    """Return what a table tells people, without its marks for programs."""
    return frame.drop(columns=[name for name in ("synthetic", "figure") if name in frame])


def _shown(facts: Facts, entry: Further, names: list[str | None]) -> str:
    """Return one table, or where it stands when it is too long to print."""
    analysis = names[0]
    frame = _at_primary(facts, facts.table(entry.table, analysis), analysis)
    frame = frame[frame[entry.printed.blank].isna()] if entry.printed.blank in frame else frame
    frame = ROWS.get(entry.table, every_row)(frame)
    if not len(frame):
        return ""
    frame, numbers = with_intervals(facts, entry.table, _without_blanks(frame), analysis)
    frame = frame[[name for name in entry.printed.columns or frame.columns if name in frame]]
    if len(frame) > MOST:
        place = facts.source(entry.table, analysis)
        return box("note", prose("{n} rows: see {file}.", n=number(len(frame)), file=place))
    titles = [facts.title(name) for name in names if name is not None]
    caption = ": ".join([entry.printed.heading, *(["; ".join(titles)] if titles else [])])
    return as_given(facts, entry.table, caption, frame, numbers, analysis)


def _at_primary(facts: Facts, frame: pd.DataFrame, analysis: str | None) -> pd.DataFrame:
    """Return the rows at the primary threshold of their analysis, all where there is none."""
    if "threshold" not in frame or (analysis is None and "analysis" not in frame):
        return frame
    names = frame["analysis"] if analysis is None else [analysis] * len(frame)
    keep = [
        name not in facts.analyses or facts.thresholds(name).primary in (None, threshold)
        for name, threshold in zip(names, frame["threshold"], strict=True)
    ]
    return frame[keep]


def _without_blanks(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table without columns that say nothing: empty, or the same throughout."""
    frame = frame.dropna(axis=1, how="all")
    same = [name for name in ("scenario", "analysis") if len(set(frame.get(name, ()))) == 1]
    return frame.drop(columns=same)
