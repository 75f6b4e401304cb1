"""The text of a program: cells in time order, each as its family writes itself in PyMC."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np

from trialbalance.commands.programming.histories import (
    BARRED,
    SILENT,
    UNSEEN,
    atom_in_data,
    unseen_numbers,
)
from trialbalance.model.cells.layout import EVENT, Block, Layout, Part
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
    text += [_cell(layout, j, priors) for j in range(len(cells.cells))]
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
            total -= np.sum(np.log(_slope_sd(block, part, priors)) + 0.5 * np.log(2 * np.pi))
    return float(total)


def quoted(text: str) -> str:
    """Return a text as a program writes it.

    Examples
    --------
    >>> print(quoted("a visit's"))
    "a visit's"
    """
    return json.dumps(text, ensure_ascii=False)


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


def _cell(layout: Layout, j: int, priors: Mapping[str, float]) -> str:
    """Return the lines of one cell: what is read, spikes, values inside, score."""
    cell, family = layout.cells.cells[j], layout.families[j]
    count = int((unseen_numbers(layout, j) >= 0).sum())
    title = " ".join(cell.name.split())
    lines = ["", f"# ---- {title} ----", f"# {family.words}", f"# {family.equation}"]
    lines += [f"y = column({quoted(cell.name)})", *_predictors(layout, j, priors)]
    known = "~np.isnan(y)"
    if count:
        lines.append(f"number = numbers_of_unseen({quoted(cell.name)})")
        known = "(~np.isnan(y) | (number >= 0))"
    lines += [""]
    for place in range(len(family.atoms)):
        lines += _spike(layout, j, place, known, priors)
    if family.inside:
        lines += _inside(layout, j, count, priors)
    lines += _score(layout, j, count)
    return "".join(f"    {line}\n" if line else "\n" for line in lines)


def _predictors(layout: Layout, j: int, priors: Mapping[str, float]) -> list[str]:
    """Return the lines that name what a cell follows."""
    cells = layout.cells
    named = [f"covariate {name}" for name in cells.columns]
    found = [(name, f"column({quoted(name)})") for name in named]
    for p, arm in cells.terms(j):
        name, own = cells.names[p], f"score[{quoted(cells.names[p])}]"
        if arm >= 0:
            name, own = f"{name}, {cells.arms[arm]}", f"{own} * (ARM == {arm})"
        found.append((name, own))
    if not found:
        return []
    return ["before = {", *(f"    {quoted(name)}: {own}," for name, own in found), "}"]


def _part(layout: Layout, j: int, atom: int) -> tuple[Block, Part]:
    """Return the regression of a cell's values inside (atom -1) or of an atom, and its block."""
    return next(
        (block, part)
        for block in layout.blocks.values()
        for part in block.parts
        if (part.cell, part.atom) == (j, atom)
    )


def _slope_sd(block: Block, part: Part, priors: Mapping[str, float]) -> np.ndarray:
    """Return the prior SD of each slope of a regression."""
    place = block.width * next(k for k, one in enumerate(block.parts) if one is part)
    return priors["slope"] * block.slope_scale[place : place + len(part.centre)]


def _eta(layout: Layout, j: int, atom: int, priors: Mapping[str, float]) -> list[str]:
    """Return the lines that declare the level of a regression for its histories."""
    block, part = _part(layout, j, atom)
    cell = layout.cells.cells[j]
    mean = number(block.level_centre[part.levels.start])
    sd = number(priors["event"] if block.density == EVENT else priors["level"])
    given = [f"{quoted(part.name)}, rows, level=({mean}, {sd}), by_arm={cell.by_arm}"]
    if len(part.centre):
        means = ", ".join(map(number, part.centre))
        sds = ", ".join(map(number, _slope_sd(block, part, priors)))
        given += ["before=before", f"means=[{means}]", f"slope_sds=[{sds}]"]
    if layout.cells.cluster is not None and cell.by_arm:
        given.append(f"cluster=cluster[{quoted(f'{cell.outcome}, {block.density}')}]")
    return ["eta = linear(", *(f"    {one}," for one in given), ")"]


def _spike(
    layout: Layout, j: int, place: int, known: str, priors: Mapping[str, float]
) -> list[str]:
    """Return the lines of whether a cell sits at an atom, asked of all at no earlier one."""
    family = layout.families[j]
    cell = layout.cells.cells[j]
    value = [number(atom_in_data(family, k)) for k in range(place + 1)]
    said = f"# Whether it is exactly {value[place]}" if family.inside else "# Whether it happens"
    where = "".join([known, *(f" & (y != {one})" for one in value[:-1])])
    if place == 0 and (~layout.cells.may(j, 0)).any():
        where += f" & (column({quoted(f'{cell.name} {BARRED}')}) == 0)"
    return [
        said,
        f"rows = np.flatnonzero({where})",
        *_eta(layout, j, place, priors),
        f"at = (y[rows] == {value[place]}).astype(int)",
        "term = pm.logp(pm.Bernoulli.dist(logit_p=eta), at)",
        "log_density = pt.inc_subtensor(log_density[rows], term)",
        "",
    ]


def _inside(layout: Layout, j: int, count: int, priors: Mapping[str, float]) -> list[str]:
    """Return the lines of values at no atom, seen and unseen."""
    family, cell = layout.families[j], layout.cells.cells[j]
    block, part = _part(layout, j, -1)
    atoms = [number(atom_in_data(family, k)) for k in range(len(family.atoms))]
    where = "".join(["~np.isnan(y)", *(f" & (y != {one})" for one in atoms)])
    where = f"({where}) | (number >= 0)" if count else where
    lines = ["# Its value" + (" otherwise" if atoms else ""), f"rows = np.flatnonzero({where})"]
    lines += _eta(layout, j, -1, priors)
    lines.append(f"value = {family.unit_text('y')}")
    if count:
        # In a history at an atom the unseen value counts too, so that its density is proper.
        name = quoted(f"{cell.name}: {UNSEEN}")
        lines.append(f"unseen = {family.program_unseen.format(name=name, count=count)}")
        lines.append("value = put_in(value, number >= 0, number, unseen)")
    lines += _spread(layout, j, block, part, priors)
    lines += [
        f"distribution = {family.program}",
        "term = pm.logp(distribution, value[rows])",
        "log_density = pt.inc_subtensor(log_density[rows], term)",
        "",
    ]
    return lines


def _spread(
    layout: Layout, j: int, block: Block, part: Part, priors: Mapping[str, float]
) -> list[str]:
    """Return the lines of the spread of each history: of the arm, or of all arms."""
    family = layout.families[j]
    kind, scale = family.spread_prior
    # PyTensor would take a plain 1.5 in half precision, and its logarithm too.
    scale = f"np.float64({number(scale * priors['spread'])})"
    name = quoted(f"{part.name}: spread")
    apart = part.spreads.stop - part.spreads.start > 1 or (
        layout.cells.cells[j].by_arm and not layout.cells.cells[j].common_spread
    )
    dims = ', dims="arm"' if apart else ""
    if kind == "half_normal":
        declared = f"pm.HalfNormal({name}, {scale}{dims})"
    else:
        centre = number(block.spread_centre[part.spreads.start])
        declared = f"pm.LogNormal({name}, {centre}, {scale}{dims})"
    return [f"spread = {declared}" + ("[ARM[rows]]" if apart else "")]


def _score(layout: Layout, j: int, count: int) -> list[str]:
    """Return the lines of the score of a cell, where a later cell follows it."""
    cells, family = layout.cells, layout.families[j]
    name = quoted(cells.names[j])
    if not any(cells.names[j] in cell.parents for cell in cells.cells):
        return []
    known = "~np.isnan(y)"
    lines = ["# Its score", f"value = {family.unit_text('y')}"]
    if count:
        lines.append("value = put_in(value, np.isnan(y) & (number >= 0), number, unseen)")
        known = "~np.isnan(y) | (number >= 0)"
        lines.append(f"score[{name}] = ({known}) * ({family.score_text('value')})")
    else:
        lines.append(f"score[{name}] = np.where({known}, {family.score_text('value')}, 0)")
    if not layout.histories.there[:, j].all():
        lines.append(f"score[{name}] *= column({quoted(f'{cells.names[j]} {SILENT}')}) == 0")
    return lines


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
