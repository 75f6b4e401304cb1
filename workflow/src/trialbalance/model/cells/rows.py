"""Lay out the density of cells: rows by family, latent values, and sums over discrete parts."""

import itertools

import numpy as np

from trialbalance.model.cells.layout import EVENT, INSIDE, SEEN, Block, Histories, Layout, Part
from trialbalance.model.cells.table import DEATH, EFFECT, Cells, spread_within
from trialbalance.model.families import FAMILIES, Family

# Below this part of an SD a predictor is silent; its slope is then held near zero.
_SILENT, _HELD = 0.05, 0.1


def lay_out(cells: Cells, most: int = 32, families: list[Family] | None = None) -> Layout:
    """Lay out the density of a trial's cells.

    Parameters
    ----------
    cells : Cells
        The trial.
    most : int
        Most combinations of discrete unknowns that are summed for one person.
    families : list of Family, optional
        Families of another trial of the same cells, whose units this one takes; its own without.

    Returns
    -------
    Layout
        Rows by density.

    Notes
    -----
    An unseen value is latent only where a later seen cell has it as parent. Whether a latent value
    sits at an atom is summed over; rows that combinations share are computed once.

    Examples
    --------
    >>> from trialbalance.model.cells.table import Cell
    >>> value = np.array([[0.1, 0.2], [0.3, np.nan], [0.2, 0.4]])
    >>> trial = Cells((Cell("a", "measure", "u"), Cell("b", "measure", "u", parents=("a",))),
    ...     value, np.ones((3, 2), bool), np.array([0, 1, 1]), ("A", "B"), ("p", "q", "r"),
    ...     np.zeros((3, 0)), (), np.ones((3, 2)), np.ones(2), np.zeros(3),
    ...     np.zeros((3, 0)), ())
    >>> lay_out(trial).rows
    5
    """
    families = families or [_family(cells, j) for j in range(len(cells.cells))]
    latent, ignored = _latent(cells, families, most)
    place, centre, scale, spans = _places(latent, families)
    layout = Layout(cells, families, latent, place, centre, scale, spans, ignored=ignored)
    person, state, count = _combinations(cells, families, latent)
    # What nobody dead, or nobody alive, has says nothing in a combination in which it is not there.
    there = _there(cells, person, state)
    layout.histories = Histories(person, state, there)
    found = _parts(cells, families, person, state)
    score = _scores(cells, families)
    keys, offset = np.full((len(person), len(found)), -1), 0
    for density in dict.fromkeys(density for density, *_ in found):
        own = [(k, j, atom) for k, (name, j, atom) in enumerate(found) if name == density]
        block, rows = _block(layout, density, own, person, state, there, score)
        layout.blocks[density] = block
        for k, column in rows.items():
            keys[:, k] = np.where(column >= 0, column + offset, -1)
        offset += len(block.part)
    _sums(layout, keys, person, state, count)
    return layout


def _family(cells, j):
    cell, seen = cells.cells[j], cells.seen[:, j]
    values = cells.value[seen, j]
    return FAMILIES[cell.family](
        values, cell.lower, cell.upper, spread_within(values, cells.arm[seen]), cell.atoms
    )


def _latent(cells, families, most):
    """Return what is unseen and needed by what is seen, at most so many combinations a person."""
    need, parents = cells.seen.copy(), cells.parents
    for j in reversed(range(len(parents))):
        for p in parents[j]:
            need[:, p] |= need[:, j] & cells.possible[:, p]
    latent, ignored = need & ~cells.seen, 0
    ways = np.array([max(len(f.atoms) + f.inside, 1 + (not f.inside)) for f in families])
    for i in range(cells.size):
        own = [j for j in np.flatnonzero(latent[i]) if ways[j] > 1]
        while own and np.prod(ways[own], dtype=float) > most:
            latent[i, own.pop(0)] = False
            ignored += 1
    return latent, ignored


def _places(latent, families):
    place, centre, scale, spans, at = np.full(latent.shape, -1), [], [], {}, 0
    for density in dict.fromkeys(f.density for f in families if f.inside):
        start = at
        for j, family in enumerate(families):
            if family.density == density:
                count = int(latent[:, j].sum())
                place[latent[:, j], j] = at + np.arange(count)
                centre += [family.score_centre] * count
                scale += [family.score_scale] * count
                at += count
        if at > start:
            spans[density] = slice(start, at)
    return place, np.array(centre), np.array(scale), spans


def _combinations(cells, families, latent):
    person, state = [], []
    for i in range(cells.size):
        hidden = np.flatnonzero(latent[i])
        choices = [_states(families[j], cells.may(j, 0)[i]) for j in hidden]
        for combination in itertools.product(*choices):
            one = np.where(cells.seen[i], SEEN, 0)
            one[hidden] = combination
            person.append(i)
            state.append(one)
    person = np.array(person)
    return person, np.array(state), np.bincount(person, minlength=cells.size)


def _states(family, first):
    """Return the states of a latent cell: inside, or at an atom; the first where it may be."""
    atoms = [INSIDE + 1 + k for k in range(len(family.atoms)) if k or first]
    return [INSIDE, *atoms]


def _there(cells, person, state):
    """Return which cells a combination's unknown deaths leave, shape (combinations, cells)."""
    found = np.ones(state.shape, bool)
    for d in cells.of(DEATH):
        unknown = state[:, d] >= INSIDE
        died = unknown & (state[:, d] > INSIDE)
        for j, cell in enumerate(cells.cells):
            if cell.of_dead:
                found[unknown & ~died, j] = False
            elif cell.kind == EFFECT:
                found[died, j] = False
    return found


def _parts(cells, families, person, state):
    """Return the regressions in the order of their blocks: density, cell, atom."""
    found = []
    for j, family in enumerate(families):
        if family.inside:
            found.append((family.density, j, -1))
        found += [(EVENT, j, k) for k in range(len(family.atoms))]
    return sorted(found, key=lambda part: (part[0], part[1], part[2]))


def _scores(cells, families):
    score = np.zeros(cells.value.shape)
    for j, family in enumerate(families):
        seen = cells.seen[:, j]
        score[seen, j] = family.score(family.unit(cells.value[seen, j]))
    return score


def _block(layout, density, own, person, state, there, score):
    """Build the rows of one density; return them and each combination's row in each part."""
    cells, families = layout.cells, layout.families
    columns = cells.design.shape[1]
    width = columns + max(len(cells.terms(j)) for _, j, _ in own)
    seen_rows, latent_rows, parts, centres, spreads, matrix = [], [], [], [], [], []
    levels = whitened = scales = 0
    for number, (_, j, atom) in enumerate(own):
        family, terms = families[j], cells.terms(j)
        value = np.full(cells.size, np.nan)
        value[cells.seen[:, j]] = family.unit(cells.value[cells.seen[:, j], j])
        rows = _rows(family, atom, value, person, state, j, cells.may(j, atom))
        arms = len(cells.arms) if cells.cells[j].by_arm else 1
        apart = 1 if cells.cells[j].common_spread else arms
        size = columns + len(terms)
        clear = cells.seen[:, j] & _applies(family, atom, value) & cells.may(j, atom)
        centre, unwhiten, silent = _centred(cells, score, terms, clear)
        parts.append(Part(
            cells.cells[j].name + ("" if atom < 0 else f" at {_atom_name(family, atom)}"), j, atom,
            slice(levels, levels + arms), slice(scales, scales + apart),
            slice(whitened, whitened + size), centre, unwhiten, silent,
        ))  # fmt: skip
        share = _share(family, atom, value, clear)
        centres += [family.centre if atom < 0 else share] * arms
        spreads += [family.spread_centre] * apart
        matrix.append(np.pad(unwhiten, ((0, width - size), (0, 0))))
        for kind, chosen in (("seen", rows[0]), ("latent", rows[1])):
            who = person[chosen], state[chosen], there[chosen]
            made = _predictors(layout, j, *who, score, centre, width)
            made |= _places_of(layout, parts[-1], person[chosen])
            made["part"], made["combination"] = np.full(len(chosen), number), chosen
            made["value"] = _row_value(family, atom, value, person, state, j, chosen, kind)
            (seen_rows if kind == "seen" else latent_rows).append(made)
        levels, scales, whitened = levels + arms, scales + apart, whitened + size
    if density == EVENT:
        # An event's own state is known within a combination, so all its rows count as seen.
        seen_rows, latent_rows = seen_rows + latent_rows, []
    return _gathered(
        layout, density, own, parts, seen_rows, latent_rows, centres, spreads, matrix, width,
        len(person), whitened,
    )  # fmt: skip


def _atom_name(family, atom):
    return f"{family.raw(np.array(family.atoms[atom])):g}"


def _applies(family, atom, value):
    """Return who enters a regression: inside, who sits at no atom; atom k, at no earlier atom."""
    if atom < 0:
        return ~np.isnan(value) & ~family.at_atom(value)
    return ~np.isnan(value) & ~np.isin(value, family.atoms[:atom])


def _own_scores(cells, score, terms):
    """Return the scores of the terms of a cell, 0 in other arms than a term's own."""
    columns = [score[:, p] * ((cells.arm == arm) | (arm < 0)) for p, arm in terms]
    return np.column_stack(columns) if columns else np.zeros((cells.size, 0))


def _rows(family, atom, value, person, state, j, may):
    """Return the combinations whose cell enters a regression: seen, and latent."""
    own = np.where(may[person], state[:, j], 0)
    seen = (own == SEEN) & _applies(family, atom, value)[person]
    # The value inside keeps its density in the rows of the atom too, where nothing reads it.
    latent = own >= INSIDE if atom < 0 else (own == INSIDE) | (own >= INSIDE + 1 + atom)
    return np.flatnonzero(seen), np.flatnonzero(latent)


def _row_value(family, atom, value, person, state, j, chosen, kind):
    if atom < 0:
        return value[person[chosen]]
    if kind == "seen":
        return (value[person[chosen]] == family.atoms[atom]).astype(float)
    return (state[chosen, j] == INSIDE + 1 + atom).astype(float)


def _share(family, atom, value, clear):
    if atom < 0:
        return 0.0
    count, total = (value[clear] == family.atoms[atom]).sum(), clear.sum()
    return float(np.log((count + 0.5) / (total - count + 0.5)))


def _whitening(history, size):
    """Return what turns slopes of uncorrelated predictors into slopes of the predictors."""
    if not size:
        return np.zeros((0, 0)), np.zeros(0, bool)
    triangle = np.linalg.qr(history / np.sqrt(max(len(history), 1)), mode="r")
    triangle = np.pad(triangle, ((0, size - len(triangle)), (0, 0)))
    # A predictor that says nothing new keeps its prior.
    silent = np.abs(np.diag(triangle)) < _SILENT
    return np.linalg.inv(triangle + np.diag(np.where(silent, 1.0, 0.0))), silent


def _predictors(layout, j, who, state, there, score, centre, width):
    cells, columns = layout.cells, layout.cells.design.shape[1]
    found = np.zeros((len(who), width))
    found[:, :columns] = cells.design[who]
    key, moves = [], []
    for k, (p, arm) in enumerate(cells.terms(j)):
        mine = (cells.arm[who] == arm) | (arm < 0)
        family, own = layout.families[p], np.where(mine & there[:, p], state[:, p], 0)
        column = np.where(own == SEEN, score[who, p], 0.0)
        for a, atom in enumerate(family.atoms):
            column = np.where(own == INSIDE + 1 + a, family.score(np.array(atom)), column)
        if not family.inside:
            column = np.where(own == INSIDE, family.score(np.array(0.0)), column)
        found[:, columns + k] = column
        if family.inside:
            rows = np.flatnonzero(own == INSIDE)
            moves.append((rows, columns + k, layout.latent_place[who[rows], p]))
        key.append(own)
    found[:, : len(centre)] -= centre
    return {
        "predictor": found,
        "moves": moves,
        "key": np.array(key, int).reshape(len(key), len(who)),
    }


def _places_of(layout, part, who):
    """Return of rows of a part whose they are, their level, their spread and their own latent."""
    arm = layout.cells.arm[who]
    level, spread = (
        places.start + (arm if places.stop - places.start > 1 else np.zeros(len(who), int))
        for places in (part.levels, part.spreads)
    )
    return {"who": who, "level": level, "spread_of": spread,
            "own": layout.latent_place[who, part.cell]}  # fmt: skip


def _centred(cells, score, terms, clear):
    """Return the centre of a part's predictors, their whitening, and those that are silent."""
    size = cells.design.shape[1] + len(terms)
    history = np.c_[cells.design, _own_scores(cells, score, terms)][clear]
    centre = history.mean(axis=0) if len(history) else np.zeros(size)
    # A slope of one arm turns about the pooled mean, so that no other arm's level hangs on it.
    centre[cells.design.shape[1] :][[arm >= 0 for _, arm in terms]] = 0.0
    return centre, *_whitening(history - centre, size)


def _gathered(layout, density, own, parts, seen_rows, latent_rows, centres, spreads, matrix, width,
              combinations, whitened):  # fmt: skip
    """Join the rows of the parts, each distinct row once; return their block as well."""
    joined, moves, numbers = _distinct(density, own, seen_rows, latent_rows, width, combinations)
    seen_count = sum(len(one["part"]) for kind, one in joined if kind == "seen")
    flat = _flat([one for _, one in joined], width)
    whole, scale = _widened(parts, matrix, width, whitened)
    outcomes, clusters = _clusters(layout.cells, parts, flat)
    family = next((f for f in layout.families if f.density == density), None)
    block = Block(
        density, family or FAMILIES[density](np.array([0.0, 1.0])), parts, flat["predictor"],
        flat["part"], flat["level"], flat["spread_of"],
        flat["value"][:seen_count], flat["own"][seen_count:],
        *moves, whole, scale, np.array(centres), np.array(spreads), outcomes, clusters,
        flat["who"],
    )  # fmt: skip
    return block, numbers


def _distinct(density, own, seen_rows, latent_rows, width, combinations):
    """Return each distinct row once, where latent values move predictors, and rows by part."""
    joined, at, slope, source, numbers, base = [], [], [], [], {}, 0
    for kind, made in [("seen", one) for one in seen_rows] + [("latent", o) for o in latent_rows]:
        if not len(made["part"]):
            continue
        key = np.vstack([made["who"], made["key"], np.nan_to_num(made["value"], nan=-1.0)
                         if density == EVENT else made["own"]])  # fmt: skip
        _, first, back = np.unique(key, axis=1, return_index=True, return_inverse=True)
        number = int(made["part"][0])
        column = numbers.setdefault(own[number][0], np.full(combinations, -1))
        column[made["combination"]] = base + back.ravel()
        kept = ("predictor", "part", "level", "spread_of", "value", "own", "who")
        joined.append((kind, {name: made[name][first] for name in kept}))
        place = np.full(len(made["part"]), -1)
        place[first] = np.arange(len(first))
        for rows, column, latent in made["moves"]:
            kept = place[rows] >= 0
            at.append(base + place[rows][kept])
            slope.append(np.full(kept.sum(), number * width + column))
            source.append(latent[kept])
        base += len(first)
    moves = [np.concatenate(one).astype(int) if one else np.zeros(0, int)
             for one in (at, slope, source)]  # fmt: skip
    return joined, moves, numbers


def _widened(parts, matrix, width, whitened):
    """Return the parts' whitenings in one matrix, and how far each slope may be from zero."""
    whole = np.zeros((len(parts) * width, whitened))
    scale = np.ones(len(parts) * width)
    for number, part in enumerate(parts):
        held = np.where(part.silent, _HELD, 1.0)
        scale[number * width : number * width + len(held)] = held
        whole[number * width : (number + 1) * width, part.whitened] = matrix[number]
    return whole, scale


def _clusters(cells, parts, flat):
    """Return the outcomes that clusters move, and the effect of a cluster that each row has."""
    outcomes = tuple(dict.fromkeys(cells.cells[part.cell].outcome for part in parts
                                   if cells.cells[part.cell].by_arm))  # fmt: skip
    count = len(cells.cluster_names)
    clusters = np.full(len(flat["part"]), len(outcomes) * count)
    if cells.cluster is not None:
        by_arm = np.array([cells.cells[part.cell].by_arm for part in parts])
        first = np.array([count * outcomes.index(cells.cells[part.cell].outcome)
                          if cells.cells[part.cell].by_arm else 0 for part in parts])  # fmt: skip
        own = first[flat["part"]] + cells.cluster[flat["who"]]
        clusters = np.where(by_arm[flat["part"]], own, clusters)
    return outcomes, clusters


def _flat(joined, width):
    """Join rows; of a density that nobody has, such as an effect at the ceiling for all, none."""
    none = dict.fromkeys(("part", "level", "spread_of", "own", "who"), np.zeros(0, int))
    none |= {"predictor": np.zeros((0, width)), "value": np.zeros(0)}
    return {name: np.concatenate([empty, *(one[name] for one in joined)])
            for name, empty in none.items()}  # fmt: skip


def _sums(layout, keys, person, state, count):
    """Set which rows count alone and which are summed over somebody's combinations."""
    many = count[person] > 1
    used = keys[~many]
    layout.alone = np.zeros(layout.rows)
    layout.alone[used[used >= 0]] = 1.0
    layout.gather = np.where(keys[many] >= 0, keys[many], layout.rows)
    layout.state = state[many]
    layout.summed = np.flatnonzero(count > 1)
    place = np.cumsum(many) - 1
    widest = int(count.max()) if len(count) else 1
    layout.people = np.full((len(layout.summed), widest), int(many.sum()))
    for row, i in enumerate(layout.summed):
        layout.people[row, : count[i]] = place[person == i]
