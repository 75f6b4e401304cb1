"""What is wrong with an input, said in sentences: every problem at once, never a traceback."""

import re
from dataclasses import dataclass

# Control characters, and marks that turn the direction of text: a terminal would obey them.
HIDDEN = re.compile("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f\\u202a-\\u202e\\u2066-\\u2069]")


@dataclass(frozen=True)
class Finding:
    """One thing found wrong (or worth a note) in one place.

    Parameters
    ----------
    file : str
        File in which it was found, as the user would name it.
    row : int or None
        Row as a spreadsheet numbers it: the header is row 1.
    column : str or None
        Column of a table, or dotted path of a setting.
    found : str or None
        What stands there, in words or quoted.
    allowed : str or None
        What may stand there.
    remedy : str or None
        What to do.
    further : int
        How many further rows have the same problem.
    severity : {"error", "note"}
        A note is told and recorded but stops nothing.
    """

    file: str
    row: int | None = None
    column: str | None = None
    found: str | None = None
    allowed: str | None = None
    remedy: str | None = None
    further: int = 0
    severity: str = "error"

    def sentence(self) -> str:
        """Return the finding as one sentence.

        Examples
        --------
        >>> Finding("responses.csv", 214, "level", "6", "1 to 3", "correct it").sentence()
        'responses.csv, row 214, column level: found 6; allowed: 1 to 3; correct it.'
        """
        settings = self.file.endswith((".yaml", ".yml"))
        place = self.file
        if self.row is not None:
            place += f", {'line' if settings else 'row'} {self.row}"
        if self.column is not None:
            place += f", {'setting' if settings else 'column'} {self.column}"
        parts = []
        if self.found is not None:
            parts.append(f"found {self.found}")
        if self.allowed is not None:
            parts.append(f"allowed: {self.allowed}")
        if self.remedy is not None:
            parts.append(self.remedy)
        if self.further:
            parts.append(f"and {self.further} further row{'s' if self.further > 1 else ''}")
        return HIDDEN.sub("…", f"{place}: {'; '.join(parts)}.")


class Problems(Exception):  # noqa: N818 (the word users and stages know)
    """All findings of one check, raised together.

    Parameters
    ----------
    findings : list of Finding
        At least one finding of severity ``error``.
    """

    def __init__(self, findings: list[Finding]):
        self.findings = list(findings)
        super().__init__("\n".join(finding.sentence() for finding in self.findings))
