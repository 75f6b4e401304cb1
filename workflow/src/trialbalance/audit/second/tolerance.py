"""How far two numbers may lie apart before rounding no longer explains it."""

import numpy as np
import pandas as pd

# Tables are written with ten significant digits; regressions lose a few of them on the way.
CLOSE = 2e-9
FITTED = 1e-6
LEAST = 1e-3
REGRESSIONS = (
    "adjusted difference",
    "regression",
    "standard error",
    "correlation",
    "normal theory",
)
MEANS = ("observed mean {}", "mean {} of the draws")
MONEY = ("net benefit", "expected loss", "value of perfect information")


class Tolerance:
    """Tolerances of the quantities of one study.

    Parameters
    ----------
    ours : pandas.DataFrame
        Figures of the first program: quantity, of, within and value.
    """

    def __init__(self, ours: pd.DataFrame):
        self._sizes = {kind: self._largest(ours, kind) for kind in ("cost", "effect")}
        self._steps = {
            kind: self._by_of(ours, f"mean difference in {kind}") for kind in ("cost", "effect")
        }

    def of(self, quantity: str, of: str, within: pd.Series, values: np.ndarray) -> np.ndarray:
        """Return the tolerance of each number of a quantity.

        Parameters
        ----------
        quantity, of : str
            What it is, and of what.
        within : pandas.Series of str
            Threshold, participant or blank.
        values : numpy.ndarray, shape (numbers, programs)
            The numbers; NaN where there is none.

        Returns
        -------
        numpy.ndarray, shape (numbers,)
            In the unit of the quantity.

        Notes
        -----
        ``t max(|value| of the quantity, size of what it is made from, 1e-3)`` with t = 2e-9, for
        what comes from a regression 1e-6. A difference is made from means; a net benefit from a
        cost and, times the threshold, an effect; a ratio of two differences from both.

        Examples
        --------
        >>> ours = pd.DataFrame({"quantity": ["mean effect of the draws"], "of": ["q / a"],
        ...                      "within": [""], "value": [0.5]})
        >>> small = np.array([[0.0, 0.0]])
        >>> blank = pd.Series([""])
        >>> Tolerance(ours).of("mean difference in effect", "q / a", blank, small).tolist()
        [1e-09]
        """
        share = FITTED if any(word in quantity for word in REGRESSIONS) else CLOSE
        largest = max(np.nanmax(np.abs(values), initial=0.0), LEAST)
        analysis = of.partition(" / ")[0]
        cost, effect = (self._sizes[kind].get(analysis, 0.0) for kind in ("cost", "effect"))
        made_from = np.zeros(len(within))
        if any(word in quantity for word in MONEY) and "probability" not in quantity:
            threshold = pd.to_numeric(within, errors="coerce").fillna(0.0).to_numpy(float)
            made_from = cost + threshold * effect
        elif quantity == "cost per unit of effect":
            made_from = np.full(len(within), largest * self._lost(analysis, of))
        elif "difference" in quantity or "step" in quantity:
            made_from = np.full(len(within), effect if "effect" in quantity else cost)
        return share * np.maximum(made_from, largest)

    def _lost(self, analysis: str, of: str) -> float:
        """Return how many times less exact the differences of an arm are than its means."""
        sizes = [
            self._sizes[kind].get(analysis, 0.0) / (abs(self._steps[kind].get(of, 0.0)) or 1.0)
            for kind in ("cost", "effect")
        ]
        return sum(sizes)

    @staticmethod
    def _largest(ours: pd.DataFrame, kind: str) -> dict[str, float]:
        names = [mean.format(kind) for mean in MEANS]
        mine = ours[ours["quantity"].isin(names)]
        return (
            mine["value"]
            .abs()
            .groupby(mine["of"].astype("str").str.split(" / ").str[0])
            .max()
            .to_dict()
        )

    @staticmethod
    def _by_of(ours: pd.DataFrame, quantity: str) -> dict[str, float]:
        mine = ours[ours["quantity"] == quantity]
        return dict(zip(mine["of"], mine["value"], strict=True))
