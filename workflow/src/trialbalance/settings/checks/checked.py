"""What a check of settings is handed: a scenario settled, and where its settings stand."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trialbalance.contracts.problems import Finding


@dataclass(frozen=True)
class Checked:
    """Settled settings of one scenario, and what a finding about them needs.

    Parameters
    ----------
    settings : dict
        Settled settings of the scenario, all defaults filled in.
    path : Path
        The study file.
    lines : dict
        Dotted setting -> line of the file.
    scenario : str
        Scenario that is checked.
    """

    settings: dict[str, Any]
    path: Path
    lines: dict[str, int]
    scenario: str = "base"

    def place(self, dotted: str) -> str:
        """Return a setting as the file has it: in the scenario, where that is what replaces it.

        Examples
        --------
        >>> lines = {"scenarios.long.costs.discount_rate": 9}
        >>> checked = Checked({}, Path("study.yaml"), lines, "long")
        >>> checked.place("costs.discount_rate"), checked.place("costs.price_index")
        ('scenarios.long.costs.discount_rate', 'costs.price_index')
        """
        whole = f"analysis.{dotted.rpartition('.')[2]}"
        replaced = [f"scenarios.{self.scenario}.{word}" for word in (dotted, whole)]
        return next((place for place in replaced if place in self.lines), dotted)

    def finding(
        self,
        dotted: str,
        found: str,
        allowed: str | None = None,
        remedy: str | None = None,
        *,
        around: tuple[str, ...] = (),
        severity: str = "error",
    ) -> Finding:
        """Return a finding about a setting.

        Parameters
        ----------
        dotted : str
            The setting.
        found, allowed, remedy : str, optional
            As of `Finding`.
        around : tuple of str
            Settings whose line is told where the setting itself is not in the file.
        severity : {"error", "note"}
            As of `Finding`.

        Returns
        -------
        Finding
            With the line of the setting, if the file has one.

        Examples
        --------
        >>> checked = Checked({}, Path("study.yaml"), {"report": 7})
        >>> checked.finding("report.labels", "x", "y", "z", around=("report",)).sentence()
        'study.yaml, line 7, setting report.labels: found x; allowed: y; z.'
        """
        lines = (self.lines.get(place) for place in (dotted, *around))
        row = next((line for line in lines if line is not None), None)
        return Finding(str(self.path), row, dotted, found, allowed, remedy, severity=severity)
