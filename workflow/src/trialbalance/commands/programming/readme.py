"""What stands beside a program: how it is run, what its columns are, how it hangs on the engine."""

from trialbalance.commands.programming.histories import BARRED, SILENT, UNSEEN
from trialbalance.commands.programming.program import Titles
from trialbalance.model.cells.layout import Layout


def readme_text(layout: Layout, titles: Titles, constant: float) -> str:
    """Return the README of a program's folder.

    Parameters
    ----------
    layout : Layout
        Rows of the density.
    titles : Titles
        What the program says of itself.
    constant : float
        By how much its log density exceeds the engine's.

    Returns
    -------
    str
        Markdown.

    Examples
    --------
    >>> from trialbalance.model.cells.example import example_layout
    >>> text = readme_text(example_layout(), Titles("trial", "qaly", "base", True), -0.9189)
    >>> "40 participants" in text, "simulated" in text
    (True, True)
    """
    people, rows = layout.cells.size, len(layout.histories.person)
    if titles.synthetic:
        whose = "The data are simulated."
    else:
        whose = "`data.csv` holds a row of each participant: it is as restricted as the records."
    return f"""# {titles.study}, {titles.analysis}, scenario {titles.scenario}

`python model.py` declares the joint model of cost and effect in PyMC, samples it, writes
`posterior.nc` and prints levels, slopes and spreads, each on the unit of its cell. It needs pymc,
pandas, numba and the two files of this folder, and nothing of trialbalance. {whose}

`data.csv`: {people} participants in {rows} histories. A history is a participant, with what an
unseen value that a later seen one follows is taken to be: inside its range (blank) or at an atom,
such as the ceiling. Whose values are all known, or not followed, has one. By cell: its value in the
unit of the data; `… {UNSEEN}`, the number of the unseen value; `… {BARRED}` and `… {SILENT}` mark
by 1 who cannot be at the ceiling, and whose cell later ones do not hear of. Covariates have mean 0.

The program's log density is that which trialbalance samples, plus {constant:.10g} (the constant of
the slopes' priors) at every point. Means of the arms are not computed here: trialbalance averages
completed histories over the analysis population and anchors them on what was seen.
"""
