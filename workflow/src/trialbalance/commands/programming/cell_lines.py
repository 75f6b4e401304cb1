"""The lines of one cell in a program: what is read, spikes, values inside, spread and score."""

import json
from collections.abc import Mapping

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


def cell_lines(layout: Layout, j: int, priors: Mapping[str, float]) -> str:
    """Return the lines of one cell: what is read, spikes, values inside, score.

    Parameters
    ----------
    layout : Layout
        Rows of the density.
    j : int
        Number of the cell.
    priors : mapping of str to float
        Settings ``model.priors``.

    Returns
    -------
    str
        Lines of Python within the block of the model.

    Examples
    --------
    >>> from trialbalance.model.cells.declare import PRIORS
    >>> from trialbalance.model.cells.example import example_layout
    >>> cell_lines(example_layout(), 0, PRIORS).splitlines()[1].startswith("    # ---- ")
    True
    """
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


def slope_sd(block: Block, part: Part, priors: Mapping[str, float]) -> np.ndarray:
    """Return the prior SD of each slope of a regression.

    Parameters
    ----------
    block, part
        A regression and the block that it stands in.
    priors : mapping of str to float
        Settings ``model.priors``.

    Returns
    -------
    ndarray, shape (slope,)
        On the scale of the block's predictors.
    """
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
        sds = ", ".join(map(number, slope_sd(block, part, priors)))
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


def quoted(text: str) -> str:
    """Return a text as a program writes it.

    Examples
    --------
    >>> print(quoted("a visit's"))
    "a visit's"
    """
    return json.dumps(text, ensure_ascii=False)
