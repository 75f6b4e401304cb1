"""Ellipses around the draws of the cost-effectiveness plane."""

import altair as alt
import numpy as np
import pandas as pd

from trialbalance.report.facts.facts import Facts

SHARES = (0.5, 0.95)
_CORNERS = 73


def ellipse(effect: np.ndarray, cost: np.ndarray, share: float) -> np.ndarray:
    """Return the outline of the ellipse around the mean that holds a share of the draws.

    Parameters
    ----------
    effect, cost : ndarray, shape (draw,)
        Draws of the two differences.
    share : float
        Share of the draws inside, between 0 and 1.

    Returns
    -------
    ndarray, shape (corner, 2)
        Effect and cost along the outline, closed; empty where the draws lie on one line.

    Notes
    -----
    Its shape is that of the draws' covariance, as for a highest-density region of normal draws;
    its size is the quantile of their Mahalanobis distances, so that the share holds for draws of
    any shape.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> outline = ellipse(rng.normal(size=4000), rng.normal(size=4000), 0.5)
    >>> bool(abs(np.linalg.norm(outline, axis=1).mean() - 1.18) < 0.05)
    True
    """
    points = np.column_stack([effect, cost])
    centre, spread = points.mean(axis=0), points.std(axis=0)
    if len(points) < 3 or not (spread > 1e-12 * np.abs(points).max(axis=0)).all():
        return np.empty((0, 2))
    scaled = (points - centre) / spread
    correlation = np.cov(scaled.T, ddof=0)
    if correlation[0, 1] ** 2 > 1 - 1e-9:
        return np.empty((0, 2))
    root = np.linalg.cholesky(correlation)
    reach = np.quantile(np.linalg.norm(np.linalg.solve(root, scaled.T), axis=0), share)
    turn = np.linspace(0, 2 * np.pi, _CORNERS)
    circle = np.column_stack([np.cos(turn), np.sin(turn)])
    return centre + reach * (circle @ root.T) * spread


def outlines(facts: Facts, gaps: pd.DataFrame) -> pd.DataFrame:
    """Return the outlines of every option: arm, name, share, corner, effect, cost."""
    parts, by_arm = [], dict(list(gaps.groupby("arm")))
    for arm in [arm for arm in facts.others if arm in by_arm]:
        own = by_arm[arm]
        for share in SHARES:
            line = ellipse(own["effect"].to_numpy(float), own["cost"].to_numpy(float), share)
            part = pd.DataFrame(line.round(6), columns=["effect", "cost"])
            part = part.assign(arm=arm, name=facts.arm(arm), share=share, corner=range(len(line)))
            parts.append(part)
    columns = ["arm", "name", "share", "corner", "effect", "cost"]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


def ellipse_layers(lines: pd.DataFrame, x: alt.X, y: alt.Y, colour: alt.Color) -> list[alt.Chart]:
    """Return the layer with the outlines; none where no option has any."""
    if lines.empty:
        return []
    return [
        alt.Chart(lines[["name", "share", "corner", "effect", "cost"]])
        .mark_line(strokeWidth=1.4)
        .encode(x, y, colour, order="corner:Q", detail="share:N")
    ]
