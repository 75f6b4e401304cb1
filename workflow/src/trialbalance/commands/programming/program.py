"""The text of a program: what it reads, cells in time order, and how it samples."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np

from trialbalance.commands.programming.cell_lines import cell_lines, quoted, slope_sd
from trialbalance.model.cells.layout import Layout
from trialbalance.model.families.family import number

_HEAD = """

from pathlib import Path

import arviz as az
import numpy as np
import pandas as pd
import pymc as pm
import pytensor.tensor as pt

# One row a history: a participant, with what an unseen value is taken to be (see README.md).
FOLDER = Path(__file__).parent
# Read as text, since pandas may round a number's last digit.
DATA = pd.read_csv(FOLDER / "data.csv", dtype=str, keep_default_na=False, na_values=[""])
"""

_FUNCTIONS = '''

def column(name):
    """Values of a cell or covariate by history; blanks are nan."""
    return DATA[name].astype(float).to_numpy()


def numbers_of_unseen(cell):
    """Number of the unseen value that a history has of a cell, -1 where it has none."""
    return DATA[f"{cell} unseen"].fillna("-1").astype(int).to_numpy()


def put_in(values, where, number, unseen):
    """Values of a cell with unseen ones put in at some histories."""
    rows = np.flatnonzero(where)
    return pt.set_subtensor(pt.as_tensor(np.nan_to_num(values))[rows], unseen[number[rows]])


def linear(part, rows, level, by_arm, before=None, means=(), slope_sds=(), cluster=None):
    """Level of the arm, slopes on what came before (about its mean), deviation of the cluster.

    level: mean and SD of the normal prior of the levels, one an arm where by_arm.
    before: values of each predictor by history; means and slope_sds: one a predictor.
    """
    if by_arm:
        eta = pm.Normal(f"{part}: level", *np.array(level), dims="arm")[ARM[rows]]
    else:
        eta = pm.Normal(f"{part}: level", *np.array(level)) + np.zeros(len(rows))
    if before:
        model.add_coord(f"{part}: slope on", list(before))
        slope = pm.Normal(f"{part}: slope", 0, np.array(slope_sds), dims=f"{part}: slope on")
        for k, predictor in enumerate(before.values()):
            eta = eta + slope[k] * (predictor[rows] - means[k])
    return eta if cluster is None else eta + cluster[CLUSTER[rows]]
'''

_CLUSTERS = '''

def deviations(of, scale):
    """Deviations of clusters, correlated over outcomes by what all outcomes share."""
    sd = pm.HalfNormal(f"cluster {of}: sd", scale)
    loading = pm.math.tanh(pm.Normal(f"cluster {of}: loading", 0, 1))
    alone = pm.Normal(f"cluster {of}: alone", 0, 1, dims="cluster")
    return sd * (loading * shared + pm.math.sqrt(1 - loading**2) * alone)
'''

_START = """    # Of each history, added up cell by cell; and by what later cells follow a cell.
    log_density = pt.zeros(len(DATA))
    score = {}
"""

_SUMMED = """    # A participant's likelihood is the sum over the histories that may have been.
    histories = [np.flatnonzero(PERSON == person) for person in range(PERSON.max() + 1)]
    widest = max(len(own) for own in histories)
    table = np.full((len(histories), widest), len(DATA))  # the row after the last stands for none
    for person, own in enumerate(histories):
        table[person, : len(own)] = own
    each = pt.concatenate([log_density, [-1e6]])[table]
    pm.Potential("likelihood", pt.sum(pt.logsumexp(each, axis=1)))
"""

_ALONE = """    pm.Potential("likelihood", pt.sum(log_density))
"""


class Titles(NamedTuple):
    """What a program says of itself."""

    study: str
    analysis: str
    scenario: str
    synthetic: bool


def program_text(
    layout: Layout,
    priors: Mapping[str, float],
    sampler: Mapping[str, Any],
    seed: int,
    titles: Titles,
) -> str:
    r"""Return the program that declares and samples the joint model of a trial's cells.

    Parameters
    ----------
    layout : Layout
        Rows of the density.
    priors : mapping of str to float
        Settings ``model.priors``.
    sampler : mapping of str to object
        ``draws``, ``tune``, ``chains`` and ``target_accept``.
    seed : int
        One integer.
    titles : Titles
        What it says of itself.

    Returns
    -------
    str
        Python; it reads the table of `history_table` as ``data.csv`` beside it.

    Notes
    -----
    Its log density differs from that which the engine samples by `constant`, since the engine
    leaves the slopes' prior without its constant.

    Examples
    --------
    >>> from trialbalance.model.cells.declare import PRIORS
    >>> from trialbalance.model.cells.example import example_layout
    >>> sampler = {"draws": 10, "tune": 10, "chains": 1, "target_accept": 0.8}
    >>> titles = Titles("trial", "qaly", "base", True)
    >>> text = program_text(example_layout(), PRIORS, sampler, 1, titles)
    >>> "pm.Normal.dist(eta, spread)" in text, text.count("# ---- ")
    (True, 2)
    """
    cells = layout.cells
    text = [_title(titles), _HEAD, f"ARMS = {_list(cells.arms)}\n"]
    text.append('ARM = pd.Categorical(DATA["arm"], categories=ARMS).codes.astype(int)\n')
    coords = '{"arm": ARMS}'
    if cells.cluster is not None:
        text.append(f"CLUSTERS = {_list(cells.cluster_names)}\n")
        codes = 'pd.Categorical(DATA["in cluster"], categories=CLUSTERS).codes.astype(int)'
        text.append(f"CLUSTER = {codes}\n")
        coords = '{"arm": ARMS, "cluster": CLUSTERS}'
    if len(layout.summed):
        text.append('PERSON = pd.factorize(DATA["participant_id"])[0]\n')
    text.append(_FUNCTIONS)
    text.append(_CLUSTERS if cells.cluster is not None else "")
    text.append(f"\n\nwith pm.Model(coords={coords}) as model:\n")
    text.append(_START)
    text += _shared(layout, priors)
    text += [cell_lines(layout, j, priors) for j in range(len(cells.cells))]
    text.append(_SUMMED if len(layout.summed) else _ALONE)
    text.append(_sampling(sampler, seed))
    return "".join(text)


def constant(layout: Layout, priors: Mapping[str, float]) -> float:
    """Return by how much a program's log density exceeds the engine's, wherever it is asked.

    Parameters
    ----------
    layout : Layout
        Rows of the density.
    priors : mapping of str to float
        Settings ``model.priors``.

    Returns
    -------
    float
        ``sum over slopes of -log(prior SD) - log(2 pi) / 2``.

    Examples
    --------
    >>> from trialbalance.model.cells.declare import PRIORS
    >>> from trialbalance.model.cells.example import example_layout
    >>> round(constant(example_layout(), PRIORS), 4)
    -0.9189
    """
    total = 0.0
    for block in layout.blocks.values():
        for part in block.parts:
            total -= np.sum(np.log(slope_sd(block, part, priors)) + 0.5 * np.log(2 * np.pi))
    return float(total)


def _list(names: Iterable[str]) -> str:
    return f"[{', '.join(map(quoted, names))}]"


def _title(titles: Titles) -> str:
    said = "\nThe data are simulated.\n" if titles.synthetic else ""
    return (
        f'"""Joint model of cost and effect: study {titles.study}, analysis {titles.analysis}, '
        f"scenario {titles.scenario}.\n{said}\n"
        "Written by trialbalance from the families that it fits. Cells (a value at a visit, a\n"
        "cost in a period, a death in an interval, a total) stand in time order. Each has a level\n"
        "an arm and slopes on earlier cells; who sits exactly at a bound is a spike apart. A\n"
        "value that was not seen is needed only where a later seen one follows it.\n"
        '"""'
    )


def _shared(layout: Layout, priors: Mapping[str, float]) -> list[str]:
    """Return what declares the deviations of clusters."""
    if layout.cells.cluster is None:
        return []
    lines = ['    shared = pm.Normal("cluster: shared", 0, 1, dims="cluster")\n']
    lines.append("    cluster = {\n")
    for density, block in layout.blocks.items():
        for outcome in block.outcomes:
            of = quoted(f"{outcome}, {density}")
            lines.append(
                f"        {of}: deviations({of}, np.float64({number(priors['cluster'])})),\n"
            )
    return [*lines, "    }\n"]


def _sampling(sampler: Mapping[str, Any], seed: int) -> str:
    """Return the lines that sample and tell."""
    wanted = ", ".join(f"{name}={sampler[name]!r}" for name in ("draws", "tune", "chains"))
    return f"""

if __name__ == "__main__":
    with model:
        posterior = pm.sample(
            {wanted},
            target_accept={sampler["target_accept"]!r},
            random_seed={seed},
            compile_kwargs={{"mode": "NUMBA"}},
        )
    posterior.to_netcdf(FOLDER / "posterior.nc")
    named = [name for name in posterior.posterior if not name.endswith("unseen")]
    print(az.summary(posterior, var_names=named).to_string())
"""
