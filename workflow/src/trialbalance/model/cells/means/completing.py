"""Fill what is not seen of every participant, by draw: at random, or as another arm would have it.

What was seen never moves. An unseen value follows from the history of the same person, seen or
filled before it; one that a later seen value depends on was sampled with the parameters. The mean
of a filled cell takes on the mean residual of those seen in the same cell and arm, so that a family
that misses the mean of a cell does not move it.
"""

from dataclasses import dataclass

import numpy as np
from scipy import special

from trialbalance.model.cells.density import (
    cluster_deviations,
    combinations,
    row_densities,
)
from trialbalance.model.cells.layout import INSIDE, Layout
from trialbalance.model.cells.table import DEATH

# With fewer seen in an arm, a mean residual says less than the model does.
_FEWEST = 3
REFERENCES = ("jump_to_reference", "copy_reference", "copy_increments", "last_carried")


@dataclass
class Completed:
    """Every cell of every participant, by draw.

    Parameters
    ----------
    mean : numpy.ndarray, shape (draws, participants, cells)
        What was seen, else the mean given the history; 0 after a death. Unit of the data.
    value : numpy.ndarray, shape (draws, participants, cells)
        What was seen, else a value drawn given the history; 0 after a death. Unit of the data.
    inside : numpy.ndarray, shape (draws, participants, cells)
        The same, were nobody at the upper end (families with a ceiling).
    alive : numpy.ndarray of bool, shape (draws, participants, cells)
        Whether the person lives to have the cell.
    score : numpy.ndarray, shape (draws, participants, cells)
        Score of each value, seen or filled.
    residual : numpy.ndarray, shape (draws, arms, cells)
        Mean of what was seen less what the model says of the same people.
    """

    mean: np.ndarray
    value: np.ndarray
    inside: np.ndarray
    alive: np.ndarray
    score: np.ndarray
    residual: np.ndarray


@dataclass
class Reference:
    """How cells after dropout are filled when they are not missing at random.

    Parameters
    ----------
    rule : {"jump_to_reference", "copy_reference", "copy_increments", "last_carried"}
        Name of the rule.
    arm : int
        Number of the reference arm.
    at_random : Completed
        The same draws filled at random, which give the mean histories of the arms.
    kinds : collection of str
        Kinds of cells that follow the rule.
    """

    rule: str
    arm: int
    at_random: Completed
    kinds: tuple[str, ...]


def complete(
    layout: Layout,
    points: dict[str, np.ndarray],
    weight: np.ndarray,
    rng: np.random.Generator,
    reference: Reference | None = None,
    keep: np.ndarray | None = None,
) -> Completed:
    """Fill every cell of every participant in their own arm.

    Parameters
    ----------
    layout : Layout
        Rows of the density.
    points : dict of str to numpy.ndarray
        Draws of the declared variables on their own scale, draws first.
    weight : numpy.ndarray, shape (draws, participants)
        Weights of participants within their arm, by which residuals are averaged.
    rng : numpy.random.Generator
        Source of randomness.
    reference : Reference, optional
        Rule of cells after dropout; missing at random without.
    keep : numpy.ndarray of bool, shape (participants, cells), optional
        What of the seen is kept; the rest is drawn anew (replicates of the trial).

    Returns
    -------
    Completed

    Notes
    -----
    Copy reference takes the reference arm's parameters from dropout on. Jump to reference also
    counts the history as distance from the arm's own mean history, from the reference's mean.
    Copy increments adds to that what the arms differed by at the last visit before dropout, and
    the last mean carried forward takes the own arm's mean at that visit in place of the
    reference's later one.

    References
    ----------
    Carpenter 2013, doi:10.1080/10543406.2013.834911. Robins 1986, doi:10.1016/0270-0255(86)90088-6.

    Examples
    --------
    >>> from trialbalance.model.cells.example import example_layout
    >>> layout = example_layout()
    >>> points = {"normal.level": np.zeros((1, 3)), "normal.white": np.zeros((1, 1)),
    ...           "normal.spread": np.ones((1, 3))}
    >>> found = complete(layout, points, np.ones((1, 40)), np.random.default_rng(1))
    >>> seen = layout.cells.seen
    >>> bool(np.allclose(found.mean[0][seen], layout.cells.value[seen]))
    True
    """
    return _Filling(layout, points, weight, rng, reference, keep).run()


class _Filling:
    """One pass over the cells in time order."""

    def __init__(self, layout, points, weight, rng, reference, keep):
        self.layout, self.cells, self.points = layout, layout.cells, points
        self.weight, self.rng, self.reference = weight, rng, reference
        self.draws, self.size = weight.shape
        self.terms = [self.cells.terms(j) for j in range(len(self.cells.cells))]
        self.seen = self.cells.seen if keep is None else self.cells.seen & keep
        self.latent = layout.latent & (keep is None)
        self.tail = self.cells.tail if reference is not None else None
        if reference is not None:
            # In the reference arm itself only a mean carried forward changes anything.
            other = self.cells.arm != reference.arm
            everyone = reference.rule == "last_carried"
            self.ruled = self.tail if everyone else self.tail & other[:, None]
        self.member = np.eye(len(self.cells.arms))[self.cells.arm]
        if reference is not None:
            random = reference.at_random
            self.mean_score = self._arm_means(random.score, random.alive)
            self.mean_value = self._arm_means(random.mean, random.alive)
        self.parts = {
            (part.cell, part.atom): (name, part)
            for name, block in layout.blocks.items()
            for part in block.parts
        }
        deaths = self.cells.of(DEATH)
        self.known_dead = (self.cells.value[:, deaths] == 1).any(axis=1)
        self.clusters = {
            name: cluster_deviations(points, name)
            for name in layout.blocks
            if f"{name}.cluster_sd" in points
        }

    def run(self):
        shape = (self.draws, self.size, len(self.cells.cells))
        found = Completed(
            np.zeros(shape), np.zeros(shape), np.zeros(shape), np.ones(shape, bool),
            np.zeros(shape), np.zeros((self.draws, len(self.cells.arms), shape[2])),
        )  # fmt: skip
        states = self._states() if self.latent.any() else None
        end = np.full(shape[:2], np.inf)
        for j, cell in enumerate(self.cells.cells):
            # A known death closes a cell; an unknown one, in draws in which it comes.
            alive = end > cell.start + 1e-9
            if cell.of_dead:
                alive = ~alive | self.known_dead
            alive = alive & self.cells.possible[:, j]
            found.alive[..., j] = alive
            self._cell(found, j, states, alive)
            if cell.kind == DEATH:
                died = alive & ~self.seen[:, j] & (found.score[..., j] > self._half(j))
                end = np.where(died, cell.time, end)
        return found

    def _half(self, j):
        family = self.layout.families[j]
        return 0.5 * (family.score(np.array(0.0)) + family.score(np.array(1.0)))

    def _states(self):
        """Draw which state each latent cell of each person is in, and take its value."""
        layout = self.layout
        rows = row_densities(layout, self.points)
        state = np.broadcast_to(
            np.where(layout.latent, INSIDE, 0), (self.draws, *layout.latent.shape)
        )
        if len(layout.summed):
            state = state.copy()
            logs = combinations(layout, rows)
            logs = logs + self.rng.gumbel(size=logs.shape)
            chosen = layout.people[np.arange(len(layout.summed)), logs.argmax(axis=2)]
            state[:, layout.summed] = layout.state[chosen]
        return state

    def _eta(self, found, j, atom, arm, history):
        """Return the level of every person's regression for a cell, in an arm (or their own)."""
        name, part = self.parts[j, atom]
        level = self.points[f"{name}.level"][:, part.levels]
        eta = level[:, arm] if level.shape[1] > 1 else np.repeat(level, self.size, axis=1)
        size = len(part.centre)
        if size:
            slope = self.points[f"{name}.white"][:, part.whitened] @ part.unwhiten.T
            columns = self.cells.design.shape[1]
            eta = eta + slope[:, :columns] @ (self.cells.design - part.centre[:columns]).T
            for k, (p, own_arm) in enumerate(self.terms[j]):
                own = history[..., p] - part.centre[columns + k]
                if own_arm >= 0:
                    own = own * (arm == own_arm)
                eta = eta + slope[:, columns + k, None] * own
        if name in self.clusters and self.cells.cells[j].by_arm:
            outcomes = self.layout.blocks[name].outcomes
            first = outcomes.index(self.cells.cells[j].outcome) * len(self.cells.cluster_names)
            eta = eta + self.clusters[name][:, first + self.cells.cluster]
        spread = self.points.get(f"{name}.spread")
        if atom < 0 and spread is not None:
            spread = spread[:, part.spreads]
            spread = spread[:, arm] if spread.shape[1] > 1 else spread
        return eta, spread

    def _moments(self, found, j, arm, history):
        """Return the mean of a cell given history, its mean inside, and what draws need."""
        family, shares, rest, mean = self.layout.families[j], [], 1.0, 0.0
        for atom, value in enumerate(family.atoms):
            eta, _ = self._eta(found, j, atom, arm, history)
            share = special.expit(eta) * self.cells.may(j, atom)
            mean = mean + rest * share * family.raw(np.array(value))
            shares.append(rest * share)
            rest = rest * (1 - share)
        if family.inside:
            level, spread = self._eta(found, j, -1, arm, history)
            inside = family.raw(family.mean(level, spread))
        else:
            level, spread = np.zeros((self.draws, self.size)), None
            inside = np.zeros((self.draws, self.size))
        return mean + rest * inside, inside, shares, level, spread

    def _cell(self, found, j, states, alive):
        cells, family = self.cells, self.layout.families[j]
        seen, latent = self.seen[:, j], self.latent[:, j]
        own, history = cells.arm, found.score
        mean, inside, shares, level, spread = self._moments(found, j, own, history)
        value = np.where(seen, np.nan_to_num(cells.value[:, j]), 0.0)
        residual = self._residual(j, seen, alive, value - mean)
        found.residual[..., j] = residual
        unseen = np.flatnonzero(~seen & ~latent)
        unit = np.broadcast_to(family.unit(np.where(seen, value, family.raw(np.array(0.5)))),
                               mean.shape).copy()  # fmt: skip
        shift = residual[:, own]
        filled = mean + shift
        if self.reference is not None and cells.cells[j].kind in self.reference.kinds:
            filled, inside, shares, level, spread, shift = self._by_reference(
                found, j, filled, inside, shares, level, spread, shift, residual
            )
        if len(unseen):
            draw = self._draw(family, unseen, level, spread, shares)
            unit[:, unseen] = draw
        if latent.any():
            hidden = np.flatnonzero(latent)
            unit[:, hidden] = self._sampled(j, hidden, states)
        score = family.score(unit)
        if len(unseen) and family.inside:
            slope = family.slope_of_score(family.unit(value[seen])) if seen.any() else 0.0
            score[:, unseen] += slope * np.broadcast_to(shift, mean.shape)[:, unseen]
        found.score[..., j] = np.where(alive, score, 0.0)
        result = np.where(seen, value, filled)
        if latent.any():
            result[:, hidden] = family.raw(unit[:, hidden])
        found.mean[..., j] = np.where(alive, result, 0.0)
        drawn = np.where(seen, value, family.raw(unit))
        found.value[..., j] = np.where(alive, drawn, 0.0)
        below = np.where(seen, value, inside + shift)
        found.inside[..., j] = np.where(alive, below, 0.0)

    def _residual(self, j, seen, alive, rest):
        """Return the mean residual of those seen, shape (draws, arms), as uncertain as it is.

        Weighted means of n seen vary by (n - 1) / n of the variance of their mean and have no heavy
        tails; deviations from equal weights are spread out by sqrt(n / chi^2(n - 1)).
        """
        by_arm = self.cells.cells[j].by_arm
        member = self.member if by_arm else np.ones_like(self.member)
        there = (seen & alive).astype(float)
        count = there @ member
        weight = self.weight * there
        total = weight @ member
        known = (total > 1e-9) & (count >= _FEWEST)
        if not known.any():
            return np.zeros(total.shape)
        plain = (there * rest) @ member / np.maximum(count, 1.0)
        drawn = (weight * rest) @ member / np.where(known, total, 1.0)
        freedom = np.maximum(count - 1.0, 1.0)
        chi = self.rng.chisquare(freedom if by_arm else freedom[:, :1])
        wider = np.sqrt(np.maximum(count, 1.0) / np.maximum(chi, 1e-9))
        # An arm in which hardly anybody was seen keeps what the model says.
        return np.where(known, plain + wider * (drawn - plain), 0.0)

    def _draw(self, family, unseen, level, spread, shares):
        """Draw values of some people on the unit of the cell."""
        own = spread
        if own is not None and np.ndim(own) == 2 and own.shape[1] > 1:
            own = own[:, unseen]
        value = family.draw(self.rng, level[:, unseen], own)
        if shares:
            uniform, low = self.rng.random(value.shape), 0.0
            for atom, share in zip(family.atoms, shares, strict=True):
                high = low + share[:, unseen]
                value = np.where((uniform >= low) & (uniform < high), atom, value)
                low = high
        return value

    def _sampled(self, j, hidden, states):
        """Return latent values on the unit of the cell, as the sampler and the sums have them."""
        family, layout = self.layout.families[j], self.layout
        state = states[:, hidden, j]
        value = np.zeros(state.shape)
        if family.inside:
            start = layout.latents[family.density].start
            free = self.points[f"{family.density}.latent"]
            value = family.constrained(free[:, layout.latent_place[hidden, j] - start])
        for atom, at in enumerate(family.atoms):
            value = np.where(state == INSIDE + 1 + atom, at, value)
        return value

    def _by_reference(self, found, j, filled, inside, shares, level, spread, shift, residual):
        """Return what a rule makes of the cells after dropout."""
        rule, arm = self.reference.rule, self.reference.arm
        gone = self.ruled[:, j]
        if not gone.any() or not self.cells.cells[j].by_arm:
            return filled, inside, shares, level, spread, shift
        other = np.full(self.size, arm)
        history = found.score
        if rule != "copy_reference":
            moved = self.mean_score[:, self.cells.arm] - self.mean_score[:, other]
            # Cells already filled by the rule stand in the reference arm's history.
            history = np.where(self.ruled, history, history - moved)
        there = self._moments(found, j, other, history)
        step = np.broadcast_to(residual[:, other], filled.shape)
        mean = there[0] + step
        extra = 0.0
        if rule in ("copy_increments", "last_carried"):
            extra = self._carried(j, rule, arm)
            mean = mean + extra
        filled = np.where(gone, mean, filled)
        inside = np.where(gone, there[1] + extra, inside)
        shares = [np.where(gone, new, old) for new, old in zip(there[2], shares, strict=True)]
        level = np.where(gone, there[3], level)
        if spread is not None and np.shape(spread)[-1] > 1:
            spread = np.where(gone, there[4], spread)
        return filled, inside, shares, level, spread, np.where(gone, step, shift)

    def _arm_means(self, value, alive):
        """Return weighted means by arm of cells (draws, arms, cells) among the living."""
        weight = self.weight[..., None] * alive
        total = np.einsum("snj,na->saj", weight, self.member)
        size = np.einsum("snj,na->saj", weight * value, self.member)
        return size / np.maximum(total, 1e-12)

    def _carried(self, j, rule, arm):
        """Return what is added to a jump: the last difference, or the last mean in its place."""
        means, cell = self.mean_value, self.cells.cells[j]
        same = [k for k, one in enumerate(self.cells.cells[:j])
                if (one.kind, one.source) == (cell.kind, cell.source)]  # fmt: skip
        extra = np.zeros((self.draws, self.size))
        for k in same:
            # The last cell of the source before dropout comes last.
            at = ~self.tail[:, k]
            own = means[:, self.cells.arm, k]
            away = means[:, [arm], k if rule == "copy_increments" else j]
            extra = np.where(at, own - away, extra)
        return extra
