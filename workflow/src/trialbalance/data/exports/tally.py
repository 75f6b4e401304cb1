"""What became of every row, column and answer of the exports, counted while they are read."""

from collections import Counter, defaultdict

import pandas as pd

from trialbalance.data.exports.export import Export

COLUMNS = ["export", "table", "quantity", "use", "reason", "count", "names"]
NO_ENTRY = "no entry"
NOT_ATTENDED = "visit not attended"
NOT_ASKED = "not asked"
LEFT_OUT = "an answer of 0, left to data.zero_rule"
UNKNOWN = "identifier of no participant"
NO_BLOCK = "no setting of the mapping takes it"


class Tally:
    """Counts of one import.

    Examples
    --------
    >>> tally = Tally()
    >>> tally.answers("main", "responses", 5, {NOT_ASKED: 2})
    >>> tally.made[("main", "responses")], tally.asked[("main", "responses")]
    (3, 5)
    """

    def __init__(self) -> None:
        self.columns: dict[str, set[str]] = defaultdict(set)
        self.taken: dict[str, set[int]] = defaultdict(set)
        self.used: dict[str, set[int]] = defaultdict(set)
        self.unknown: dict[str, set[int]] = defaultdict(set)
        self.absent: dict[str, int] = {}
        self.people = 0
        self.asked: Counter[tuple[str, str]] = Counter()
        self.made: Counter[tuple[str, str]] = Counter()
        self.aside: Counter[tuple[str, str, str]] = Counter()

    def answers(self, export: str, table: str, asked: int, aside: dict[str, int]) -> None:
        """Count what a block asked an export for, and what it set aside by reason."""
        self.asked[(export, table)] += asked
        self.made[(export, table)] += asked - sum(aside.values())
        for reason, count in aside.items():
            if count:
                self.aside[(export, table, reason)] += count

    def table(self, exports: dict[str, Export]) -> pd.DataFrame:
        """Return the counts: for each quantity what was read, used and set aside.

        Parameters
        ----------
        exports : dict of Export
            The exports by name.

        Returns
        -------
        pandas.DataFrame
            Columns export, table, quantity, use, reason, count, names.
        """
        rows: list[tuple] = []
        for name, export in exports.items():
            rows += self._rows(name, export)
            rows += self._columns(name, export)
            rows += self._people(name)
            rows += self._answers(name)
        return pd.DataFrame(rows, columns=COLUMNS)

    def _rows(self, name: str, export: Export) -> list[tuple]:
        """Count the rows of an export."""
        used, unknown, taken = self.used[name], self.unknown[name], self.taken[name]
        left = [row for row in export.cells.index if row not in used]
        reasons = Counter(
            UNKNOWN if row in unknown else NO_ENTRY if row in taken else NO_BLOCK for row in left
        )
        return _lines(name, "", "rows", len(export.cells), len(used), reasons)

    def _columns(self, name: str, export: Export) -> list[tuple]:
        """Count the columns of an export, those that nothing names by name."""
        used = self.columns[name]
        left = [column for column in export.cells if column not in used]
        lines = _lines(name, "", "columns", export.cells.shape[1], len(used), {NO_BLOCK: len(left)})
        return [(*line[:6], "; ".join(left) if line[4] else "") for line in lines]

    def _people(self, name: str) -> list[tuple]:
        """Count the participants who have a row in an export, and who have none."""
        absent = self.absent.get(name, 0)
        reasons = {"no row in this export": absent}
        return _lines(
            name, "participants", "participants", self.people, self.people - absent, reasons
        )

    def _answers(self, name: str) -> list[tuple]:
        """Count the answers of an export, table by table."""
        lines = []
        for export, table in sorted(self.asked):
            if export == name:
                reasons = {
                    why: count
                    for (one, of, why), count in sorted(self.aside.items())
                    if (one, of) == (name, table)
                }
                key = (name, table)
                lines += _lines(name, table, "answers", self.asked[key], self.made[key], reasons)
        return lines


def _lines(
    export: str, table: str, quantity: str, read: int, used: int, reasons: dict[str, int]
) -> list[tuple]:
    """Return the lines of one quantity: read, used, and set aside by reason."""
    lines = [(export, table, quantity, "read", "", read, "")]
    lines.append((export, table, quantity, "used", "", used, ""))
    lines += [
        (export, table, quantity, "set aside", reason, count, "")
        for reason, count in sorted(reasons.items())
        if count
    ]
    return lines
