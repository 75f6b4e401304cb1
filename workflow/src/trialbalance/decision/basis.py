"""Smooth functions of a few parameters, in an order from plain to rich."""

from itertools import combinations

import numpy as np
from scipy.linalg import solve_triangular

# Knots of one parameter's curve, and functions of each parameter in a product, by how many
# parameters there are: enough for the smooth surfaces of evaluations, few enough to be quick.
_KNOTS = {1: 10, 2: 8, 3: 6, 4: 5, 5: 5}
_PRODUCTS = {2: 4, 3: 3, 4: 2, 5: 2}
_FEW = 5
_MANY = 12
# Share of a function's square that those before it must leave for it to count as new.
_DEPENDENT = 1e-9


def smooth_basis(parameters):
    """Return functions of the parameters, orthonormal over the draws, in nested steps.

    Parameters
    ----------
    parameters : ndarray, shape (draw, parameter)
        Draws of the parameters, in any unit.

    Returns
    -------
    basis : ndarray, shape (draw, function)
        Orthonormal columns, the constant first.
    steps : list of int
        Numbers of leading columns that make a complete simpler model: the constant; straight
        lines; curves; products of two; products of three.

    Notes
    -----
    Natural cubic splines with knots at quantiles (straight beyond the last knots, so that far
    draws do not swing) and products of them. One factorisation serves every nested model.

    References
    ----------
    Hastie T, Tibshirani R, Friedman J. The Elements of Statistical Learning. 2nd ed. Springer;
    2009, section 5.2. doi:10.1007/978-0-387-84858-7

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
    # A tenth of the draws as functions is as rich as a regression on them should be.
    kept, columns = [], 0
    for block in blocks:
        if columns and columns + block.shape[1] > max(draws // 10, 2):
            break
        kept.append(block)
        columns += block.shape[1]
    return _orthonormal(kept)


def _blocks(scaled, curves):
    """Return groups of functions, each to be added to those before it."""
    count = scaled.shape[1]
    blocks = [scaled, np.column_stack([curve[:, 1:2] for curve in curves])]
    if count > 1 and count <= _MANY:
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


def _spline(values, knots):
    """Return a natural cubic spline basis without the constant; its first column is the value."""
    places = np.unique(np.quantile(values, np.linspace(0.02, 0.98, knots)))
    if places.size < 3:
        return np.column_stack([values, values**2])
    last, reach = places[-1], places[-1] - places[0]
    tail = np.maximum(values - last, 0) ** 3

    def curvature(knot):
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
