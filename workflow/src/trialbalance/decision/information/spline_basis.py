"""Smooth functions of a few parameters, in an order from plain to rich."""

from itertools import combinations

import numpy as np
import pandas as pd
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


def smooth_basis(parameters: np.ndarray, targets: np.ndarray | None = None):
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
    basis : ndarray, shape (draw, function)
        Orthonormal columns, the constant first.
    steps : list of int
        Numbers of leading columns that make a complete simpler model: the constant; straight
        lines; curves; products of two; products of three; functions of the directions.

    Notes
    -----
    Natural cubic splines with knots at quantiles (straight beyond the last knots, so that far
    draws do not swing) and products of them. One factorisation serves every nested model. More
    than five parameters get lines, squares, products of two, curves, and the rich functions of up
    to three of their directions: those in which a quadratic fit of the targets is steepest.

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
    >>> basis, steps = smooth_basis(np.linspace(0, 1, 200)[:, None])
    >>> basis.shape[1] == steps[-1], np.allclose(basis.T @ basis, np.eye(steps[-1]))
    (True, True)
    """
    draws, count = parameters.shape
    spread = parameters.std(axis=0)
    varying = spread > 1e-12 * np.abs(parameters).max(axis=0)
    scaled = (parameters[:, varying] - parameters[:, varying].mean(axis=0)) / spread[varying]
    count = scaled.shape[1]
    curves = [_spline(scaled[:, place], _KNOTS.get(count, 4)) for place in range(count)]
    blocks = [np.ones((draws, 1))]
    if count:
        blocks += _blocks(scaled, curves)
    if count > _FEW and targets is not None:
        leading = directions(scaled, targets)
        curves = [_spline(leading[:, place], 8) for place in range(leading.shape[1])]
        blocks += [np.column_stack(curves), *_blocks(leading, curves)[2:]]
    # A tenth of the draws as functions is as rich as a regression on them should be.
    kept, columns = [], 0
    for block in blocks:
        if columns and columns + block.shape[1] > max(draws // 10, 2):
            continue
        kept.append(block)
        columns += block.shape[1]
    return _orthonormal(kept)


def _blocks(scaled, curves):
    """Return groups of functions, each to be added to those before it."""
    count = scaled.shape[1]
    blocks = [scaled, np.column_stack([curve[:, 1:2] for curve in curves])]
    if count > 1:
        pairs = list(combinations(range(count), 2))
        blocks.append(np.column_stack([scaled[:, a] * scaled[:, b] for a, b in pairs]))
    blocks.append(np.column_stack([curve[:, 2:] for curve in curves]))
    if 1 < count <= _FEW:
        reach = _PRODUCTS[count]
        products = [
            curves[a][:, one] * curves[b][:, other]
            for a, b in pairs
            # A parameter of few distinct values has a shorter curve.
            for one in range(min(reach, curves[a].shape[1]))
            for other in range(min(reach, curves[b].shape[1]))
            if one + other
        ]
        blocks.append(np.column_stack(products))
    if 2 < count <= _FEW:
        triples = combinations(range(count), 3)
        blocks.append(np.column_stack([scaled[:, list(three)].prod(axis=1) for three in triples]))
    return blocks


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
    products = np.column_stack([scaled[:, a] * scaled[:, b] for a, b in pairs])
    design = np.column_stack([np.ones(draws), scaled, products])
    spread = targets.std(axis=0)
    targets = targets[:, spread > 1e-12 * np.abs(targets).max(axis=0).clip(1e-300)]
    fit = np.linalg.lstsq(design, targets / targets.std(axis=0), rcond=None)[0]
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


def _spline(values: pd.Series, knots):
    """Return a natural cubic spline basis without the constant; its first column is the value."""
    places = np.unique(np.quantile(values, np.linspace(0.02, 0.98, knots)))
    if places.size < 3:
        return np.column_stack([values, values**2])
    last, reach = places[-1], places[-1] - places[0]
    tail = np.maximum(values - last, 0) ** 3

    def curvature(knot: np.ndarray):
        return (np.maximum(values - knot, 0) ** 3 - tail) / ((last - knot) * reach)

    reference = curvature(places[-2])
    return np.column_stack([values, *(curvature(knot) - reference for knot in places[:-2])])


def _orthonormal(blocks):
    """Return orthonormal columns of the same nested spans, leaving out dependent ones."""
    design = np.column_stack(blocks)
    design /= np.sqrt((design**2).sum(axis=0)).clip(1e-300)
    kept, triangle = _independent(design.T @ design)
    # Cholesky twice is as accurate here as Householder reflections, in four matrix products that
    # stay quick when other work shares the processor.
    basis = design[:, kept] @ np.linalg.inv(triangle).T
    basis = basis @ np.linalg.inv(np.linalg.cholesky(basis.T @ basis)).T
    ends = np.cumsum([block.shape[1] for block in blocks])
    return basis, sorted({int(np.count_nonzero(kept < end)) for end in ends})


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
