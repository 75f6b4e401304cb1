"""Smooth functions of a few parameters, in an order from plain to rich."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy.linalg import solve_triangular

# Knots of one parameter's curve, and functions of each parameter in a product, by how many
# parameters there are: enough for the smooth surfaces of evaluations, few enough to be quick.
_KNOTS = {1: 10, 2: 8, 3: 6, 4: 5, 5: 5}
_PRODUCTS = {2: 4, 3: 3, 4: 2, 5: 2}
_FEW = 5
# Directions in which many parameters act together, at most.
_DIRECTIONS = 3
# Share of a function's square that those before it must leave for it to count as new.
_DEPENDENT = 1e-9
# Functions beyond so many cost more time than they tell.
_MOST = 1000
# Draws × functions held at once: 32 MB.
_CELLS = 2**22
Design = Callable[[slice], list[np.ndarray]]


@dataclass(frozen=True)
class Basis:
    """Functions of the parameters, orthonormal over the draws, made for some draws at a time.

    Parameters
    ----------
    draws : int
        Number of draws.
    steps : list of int
        Numbers of leading functions that make a complete simpler model: the constant; straight
        lines; curves; products of two; products of three; functions of the directions.
    rows : int
        Draws held at once.
    made : callable
        From a slice of the draws to the functions there, shape (draw, function).
    """

    draws: int
    steps: list[int]
    rows: int
    made: Callable[[slice], np.ndarray]

    def pieces(self) -> Iterator[tuple[slice, np.ndarray]]:
        """Yield each slice of the draws with the functions there, the constant first."""
        for piece in slices(self.draws, self.rows):
            yield piece, self.made(piece)


def slices(draws: int, rows: int) -> Iterator[slice]:
    """Cut draws into slices.

    Parameters
    ----------
    draws : int
        How many there are.
    rows : int
        How many a slice holds at most.

    Yields
    ------
    slice
        In order, together all draws.

    Examples
    --------
    >>> list(slices(5, 3))
    [slice(0, 3, None), slice(3, 5, None)]
    """
    for start in range(0, draws, rows):
        yield slice(start, min(start + rows, draws))


def smooth_basis(parameters: np.ndarray, targets: np.ndarray | None = None) -> Basis:
    """Return functions of the parameters, orthonormal over the draws, in nested steps.

    Parameters
    ----------
    parameters : ndarray, shape (draw, parameter)
        Draws of the parameters, in any unit.
    targets : ndarray, shape (draw, target), optional
        What will be regressed on them; of more than five parameters it tells the few directions
        that are worth rich functions.

    Returns
    -------
    Basis
        The functions, made anew wherever they are asked for, so that memory does not grow with
        draws times functions.

    Notes
    -----
    Natural cubic splines with knots at quantiles (straight beyond the last knots, so that far
    draws do not swing) and products of them. One factorisation serves every nested model. More
    than five parameters get lines, squares, products of two, curves, and the rich functions of up
    to three of their directions: those in which a quadratic fit of the targets is steepest. There
    are at most a tenth as many functions as draws, and a thousand.

    References
    ----------
    Hastie T, Tibshirani R, Friedman J. The Elements of Statistical Learning. 2nd ed. Springer;
    2009, section 5.2. doi:10.1007/978-0-387-84858-7
    Heath A, Manolopoulou I, Baio G. Estimating the expected value of partial perfect information
    in health economic evaluations using integrated nested Laplace approximation. Stat Med
    2016;35:4264-80. doi:10.1002/sim.6983
    Constantine PG. Active Subspaces. SIAM; 2015. doi:10.1137/1.9781611973860

    Examples
    --------
    >>> basis = smooth_basis(np.linspace(0, 1, 200)[:, None])
    >>> ((_, functions),) = basis.pieces()
    >>> np.allclose(functions.T @ functions, np.eye(basis.steps[-1]))
    True
    """
    draws = len(parameters)
    spread = parameters.std(axis=0)
    varying = spread > 1e-12 * np.abs(parameters).max(axis=0)
    scaled = (parameters[:, varying] - parameters[:, varying].mean(axis=0)) / spread[varying]
    count = scaled.shape[1]
    places, leading = _places(scaled, _KNOTS.get(count, 4)), None
    if count > _FEW and targets is not None:
        leading = directions(scaled, targets)
        leading_places = _places(leading, 8)
    # A tenth of the draws as functions is as rich as a regression on them should be.
    most = min(max(draws // 10, 2), _MOST)

    def design(piece: slice) -> list[np.ndarray]:
        blocks = [(1, lambda: np.ones((piece.stop - piece.start, 1)))]
        if count:
            blocks += _blocks(scaled[piece], places)
        if leading is not None:
            along = leading[piece]
            blocks += [_curves(along, leading_places), *_blocks(along, leading_places)[2:]]
        kept, columns = [], 0
        for width, make in blocks:
            if columns and columns + width > most:
                continue
            kept.append(make())
            columns += width
        return kept

    return _orthonormal(design, draws)


def _blocks(scaled, places):
    """Return groups of functions, each to be added to those before: how many, and their maker."""
    count = scaled.shape[1]
    curves = [_spline(scaled[:, one], places[one]) for one in range(count)]
    later = sum(curve.shape[1] - 2 for curve in curves)
    blocks = [
        (count, lambda: scaled),
        (count, lambda: np.column_stack([curve[:, 1:2] for curve in curves])),
    ]
    pairs = list(combinations(range(count), 2))
    if pairs:
        blocks.append((len(pairs), lambda: _products(scaled, pairs)))
    blocks.append((later, lambda: np.column_stack([curve[:, 2:] for curve in curves])))
    if 1 < count <= _FEW:
        reach = _PRODUCTS[count]
        chosen = [
            (curves[a][:, one], curves[b][:, other])
            for a, b in pairs
            # A parameter of few distinct values has a shorter curve.
            for one in range(min(reach, curves[a].shape[1]))
            for other in range(min(reach, curves[b].shape[1]))
            if one + other
        ]
        rich = len(chosen), lambda: np.column_stack([one * other for one, other in chosen])
        blocks.append(rich)
    if 2 < count <= _FEW:
        triples = list(combinations(range(count), 3))
        blocks.append((len(triples), lambda: _products(scaled, triples)))
    return blocks


def _products(scaled, sets):
    """Return the product of each set of parameters."""
    return np.column_stack([scaled[:, list(places)].prod(axis=1) for places in sets])


def _curves(along, places):
    """Return the curves of directions as one group of functions."""
    made = np.column_stack([_spline(along[:, one], at) for one, at in enumerate(places)])
    return made.shape[1], lambda: made


def directions(scaled: np.ndarray, targets: np.ndarray):
    """Return the few sums of many parameters along which the targets change most.

    Parameters
    ----------
    scaled : ndarray, shape (draw, parameter)
        Parameters with mean 0 and standard deviation 1.
    targets : ndarray, shape (draw, target)
        What depends on them.

    Returns
    -------
    ndarray, shape (draw, direction)
        Scaled sums, the steepest first.

    Notes
    -----
    With a quadratic fit of slope b and curvature H the mean outer product of its gradient is
    b b' + H R H, R the correlations of the parameters; its leading eigenvectors are the
    directions. Where draws are too few for the products, the fit has squares only.

    Examples
    --------
    >>> x = np.random.default_rng(1).normal(size=(500, 6))
    >>> leading = directions((x - x.mean(axis=0)) / x.std(axis=0), np.exp(x[:, :1] + x[:, 1:2]))
    >>> bool(abs(np.corrcoef(leading[:, 0], x[:, 0] + x[:, 1])[0, 1]) > 0.99)
    True
    """
    draws, count = scaled.shape
    pairs = [(place, place) for place in range(count)]
    if count * (count + 3) // 2 < draws // 5:
        pairs += combinations(range(count), 2)
    spread = targets.std(axis=0)
    varying = spread > 1e-12 * np.abs(targets).max(axis=0).clip(1e-300)
    fit = _quadratic_fit(scaled, pairs, targets[:, varying] / spread[varying])
    gradient = np.zeros((count, count))
    for slope, curve in zip(fit[1 : count + 1].T, fit[count + 1 :].T, strict=True):
        bend = np.zeros((count, count))
        for (a, b), value in zip(pairs, curve, strict=True):
            bend[a, b] += value
            bend[b, a] += value
        gradient += np.outer(slope, slope) + bend @ (scaled.T @ scaled / draws) @ bend
    leading = np.linalg.eigh(gradient)[1][:, ::-1][:, :_DIRECTIONS]
    along = scaled @ leading
    return along / along.std(axis=0)


def _quadratic_fit(scaled, pairs, targets):
    """Return the least-squares coefficients of a constant, the parameters and their products."""
    width = 1 + scaled.shape[1] + len(pairs)
    triangles = []
    for piece in slices(len(scaled), max(_CELLS // width, width)):
        own = scaled[piece]
        parts = np.ones((len(own), 1)), own, *(own[:, [a]] * own[:, [b]] for a, b in pairs)
        # Triangles of the pieces, one below the other, have the products of the whole.
        triangles.append(np.linalg.qr(np.column_stack([*parts, targets[piece]]), mode="r"))
    whole = np.linalg.qr(np.vstack(triangles), mode="r")
    return np.linalg.lstsq(whole[:, :width], whole[:, width:], rcond=None)[0]


def _places(values, knots):
    """Return the knots of the curve of each column."""
    share = np.linspace(0.02, 0.98, knots)
    return [np.unique(np.quantile(column, share)) for column in values.T]


def _spline(values: np.ndarray, places: np.ndarray):
    """Return a natural cubic spline basis without the constant; its first column is the value."""
    if places.size < 3:
        return np.column_stack([values, values**2])
    last, reach = places[-1], places[-1] - places[0]
    tail = np.maximum(values - last, 0) ** 3

    def curvature(knot: np.ndarray):
        return (np.maximum(values - knot, 0) ** 3 - tail) / ((last - knot) * reach)

    reference = curvature(places[-2])
    return np.column_stack([values, *(curvature(knot) - reference for knot in places[:-2])])


def _orthonormal(design: Design, draws: int):
    """Return orthonormal functions of the same nested spans, leaving out dependent ones."""
    ends = np.cumsum([block.shape[1] for block in design(slice(0, 1))])
    rows = max(_CELLS // int(ends[-1]), 1000)
    if draws <= rows:
        held = np.column_stack(design(slice(0, draws)))
    cut = list(slices(draws, rows))

    def functions(piece: slice):
        return held if draws <= rows else np.column_stack(design(piece))

    products = sum(part.T @ part for part in map(functions, cut))
    scale = np.sqrt(np.diag(products)).clip(1e-300)
    kept, triangle = _independent(products / scale[:, None] / scale)
    first = np.linalg.inv(triangle).T / scale[kept, None]
    # Cholesky twice is as accurate here as Householder reflections, in a few matrix products that
    # stay quick when other work shares the processor.
    nearly = (functions(piece)[:, kept] @ first for piece in cut)
    second = np.linalg.inv(np.linalg.cholesky(sum(part.T @ part for part in nearly))).T
    whole = first @ second
    steps = sorted({int(np.count_nonzero(kept < end)) for end in ends})
    if draws <= rows:
        basis = held[:, kept] @ whole
        return Basis(draws, steps, rows, lambda _: basis)
    return Basis(draws, steps, rows, lambda piece: functions(piece)[:, kept] @ whole)


def _independent(products):
    """Return which columns add to those before them, and the Cholesky factor of their products."""
    kept, rows = [], np.zeros_like(products)
    for column in range(len(products)):
        count = len(kept)
        row = np.zeros(count)
        if count:
            row = solve_triangular(rows[:count, :count], products[kept, column], lower=True)
        rest = products[column, column] - row @ row
        if rest > _DEPENDENT:
            rows[count, :count], rows[count, count] = row, np.sqrt(rest)
            kept.append(column)
    return np.array(kept), rows[: len(kept), : len(kept)]
