"""Uncertain unit costs drawn beside the posterior quantities that they are paid for."""

from dataclasses import replace

import numpy as np
import pandas as pd

from trialbalance.decision.draws import ArmDraws
from trialbalance.decision.prices.quantities import ItemDraws

# Half the width of an interval of 95 % in standard deviations.
_HALF_WIDTH = 1.959964


def draw_prices(items: pd.DataFrame, draws: int, rng: np.random.Generator):
    """Draw the unit costs that have a range.

    Parameters
    ----------
    items : DataFrame
        Columns item, unit_cost, unit_cost_lower, unit_cost_upper (currency per unit).
    draws : int
        Number of draws.
    rng : numpy.random.Generator
        Random stream.

    Returns
    -------
    DataFrame
        One column an item with a range of some width, one row a draw.

    Notes
    -----
    Gamma with the unit cost as its mean, so that expected costs stay what they were, and the width
    of the range over 2 × 1.96 as its standard deviation.

    References
    ----------
    Briggs A, Claxton K, Sculpher M. Decision Modelling for Health Economic Evaluation. Oxford;
    2006, chapter 4.

    Examples
    --------
    >>> import numpy as np
    >>> items = pd.DataFrame({"item": ["bed", "visit"], "unit_cost": [300.0, 40],
    ...                       "unit_cost_lower": [200, np.nan], "unit_cost_upper": [420, np.nan]})
    >>> draw_prices(items, 5, np.random.default_rng(1)).columns.to_list()
    ['bed']
    """
    drawn = {}
    for row in items.to_dict("records"):
        price, width = row["unit_cost"], row["unit_cost_upper"] - row["unit_cost_lower"]
        if price > 0 and width > 0:
            spread = width / 2 / _HALF_WIDTH
            drawn[row["item"]] = rng.gamma((price / spread) ** 2, spread**2 / price, draws)
    return pd.DataFrame(drawn, index=pd.RangeIndex(draws))


def price_parameters(arrays: ArmDraws, drawn: ItemDraws, rng: np.random.Generator):
    """Return draws of cost at uncertain prices, and the parameters that they were made of.

    Parameters
    ----------
    arrays : ArmDraws
        Draws of cost and effect at known prices.
    drawn : ItemDraws
        Draws of the mean cost of each item.
    rng : numpy.random.Generator
        Random stream of the prices.

    Returns
    -------
    arrays : ArmDraws or None
        The same draws with each item at the price of the draw; None where no price has a range.
    parameters : DataFrame
        price_<item>; quantity_<item>:<arm>, mean units; rest:<arm>, the mean cost of everything
        whose price is taken as known.
    groups : dict of str to list
        Ready-made groups of these columns: each price, all prices, each quantity, the rest.

    Notes
    -----
    cost = rest + Σ quantity × price over items with a range; quantity = cost of the item at its
    own price over that price. Prices and quantities are drawn independently.

    Examples
    --------
    >>> from trialbalance.decision.draws import ArmDraws
    >>> import numpy as np
    >>> arrays = ArmDraws(["a", "b"], [], np.arange(2), np.array([[0.0, 10], [0, 30]]),
    ...                   np.array([[0.0, 1], [0, 1]]))
    >>> from trialbalance.decision.prices.quantities import ItemDraws
    >>> items = pd.DataFrame({"item": ["bed"], "source_group": ["records"], "unit_cost": [300.0],
    ...     "unit_cost_lower": [200.0], "unit_cost_upper": [420.0], "alone": [True]})
    >>> drawn = ItemDraws(items, ["a", "b"], np.ones((2, 1)), arrays.cost[:, :, None])
    >>> priced, parameters, _ = price_parameters(arrays, drawn, np.random.default_rng(1))
    >>> list(parameters)
    ['price_bed', 'quantity_bed:a', 'quantity_bed:b', 'rest:a', 'rest:b']
    """
    prices = draw_prices(drawn.items, len(arrays.draw), rng)
    if prices.empty:
        return None, prices, {}
    columns = {f"price_{item}": prices[item].to_numpy() for item in prices}
    groups = {name: [name] for name in columns}
    groups["prices"] = list(columns)
    cost, rest = arrays.cost.copy(), arrays.cost.copy()
    for item in prices:
        place = drawn.items.index[drawn.items["item"] == item][0]
        quantity = drawn.cost[:, :, place] / drawn.items.loc[place, "unit_cost"]
        rest -= drawn.cost[:, :, place]
        cost += quantity * prices[item].to_numpy()[:, None] - drawn.cost[:, :, place]
        groups[f"quantity_{item}"] = [f"quantity_{item}:{arm}" for arm in arrays.arms]
        columns |= dict(zip(groups[f"quantity_{item}"], quantity.T, strict=True))
    groups["rest"] = [f"rest:{arm}" for arm in arrays.arms]
    columns |= dict(zip(groups["rest"], rest.T, strict=True))
    return replace(arrays, cost=cost), pd.DataFrame(columns), groups
