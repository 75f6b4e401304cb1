"""A trace in words: the figure, how it was made again, and each step of the way back."""

from dataclasses import dataclass, field
from typing import Any

SHOWN = 5
KEPT = 20_000


@dataclass(frozen=True)
class Row:
    """One row behind a figure: its file, its number there, and what it says."""

    file: str
    row: int
    text: str


@dataclass(frozen=True)
class Step:
    """One step of the way back.

    Parameters
    ----------
    stage : str
        Word of the stage.
    what : str
        What stands there, in one sentence.
    file : str
        The file.
    people : bool
        Whether the step speaks of single participants; the release edition ends before it.
    rows : tuple of Row
        The rows themselves, the first `KEPT` of them.
    total : int
        How many there are.
    """

    stage: str
    what: str
    file: str = ""
    people: bool = False
    rows: tuple[Row, ...] = ()
    total: int = 0


@dataclass(frozen=True)
class Trace:
    """The way back of one figure.

    Parameters
    ----------
    figure : str
        Its identifier.
    meaning : str
        What it is.
    unit : str
        Its unit.
    value : str
        As it is written in the table.
    file, row, column
        Where it is written.
    again : float or None
        The figure made again from the step before; None where the trace knows no short way.
    steps : list of Step
        From the table back to the records.
    """

    figure: str
    meaning: str
    unit: str
    value: str
    file: str
    row: int
    column: str
    again: float | None
    steps: list[Step] = field(default_factory=list)

    def lines(self, shown: int = SHOWN) -> list[str]:
        """Return the trace as lines of text, the first rows of each step in full."""
        unit = f" ({self.unit})" if self.unit else ""
        found = [
            f"{self.figure} = {self.value}{unit}",
            f"  {self.meaning}",
            f"  {self.file}, row {self.row}, column {self.column}",
            f"  {self.judged()}",
        ]
        for step in self.steps:
            where = f" [{step.file}]" if step.file else ""
            found.append(f"{step.stage}: {step.what}{where}")
            found += [f"    {row.file}, row {row.row}: {row.text}" for row in step.rows[:shown]]
            if step.total > shown:
                found.append(f"    and {step.total - min(shown, len(step.rows)):,} further rows")
        return found

    def judged(self) -> str:
        """Return whether the figure could be made again, and whether it is the same."""
        if self.again is None:
            return "not made again here: the steps below say how it came about"
        same = "equal" if self.is_equal() else "NOT EQUAL"
        return f"made again from the step below: {self.again:.10g}, {same}"

    def is_equal(self) -> bool:
        """Return whether the figure made again is the one written, to nine digits."""
        written = float(self.value)
        return abs(self.again - written) <= 1e-8 * max(1.0, abs(written))

    def told(self, people: bool = True) -> dict[str, Any]:
        """Return the trace as plain values; without people it ends at aggregates."""
        names = ("figure", "meaning", "unit", "value", "file", "row", "column", "again")
        content = {name: getattr(self, name) for name in names}
        content["equal"] = None if self.again is None else self.is_equal()
        content["steps"] = [
            {name: getattr(step, name) for name in ("stage", "what", "file", "people", "total")}
            for step in self.steps
            if people or not step.people
        ]
        return content
