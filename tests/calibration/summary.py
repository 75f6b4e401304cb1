"""Coverage, bias and width of each cell, from the lines of its trials."""

import datetime
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import stats

CELLS = pd.read_csv(Path(__file__).with_name("cells.csv"))


def nominal(cell):
    """Return the coverage a cell should have: less than 95 % where clusters are ignored."""
    if cell["clusters_per_arm"] == 0 or cell["model_clusters"]:
        return 0.95
    effect = 1 + (cell["per_arm"] / cell["clusters_per_arm"] - 1) * cell["icc"]
    return 2 * stats.norm.cdf(1.96 / np.sqrt(effect)) - 1


def summarise(trials):
    """Return one line a cell, in the order of the grid."""
    lines = []
    for _, cell in CELLS.iterrows():
        own = trials[trials["cell"] == cell["cell"]]
        if own.empty:
            continue
        expected, share = nominal(cell), own["covered"].mean()
        error = np.sqrt(expected * (1 - expected) / len(own))
        lines.append({
            "cell": cell["cell"], "trials": len(own), "coverage": share,
            "expected": round(expected, 4), "standard_error": round(error, 4),
            "within_three": bool(abs(share - expected) <= 3 * error),
            "truth": own["truth"].iloc[0].round(1),
            "bias": (own["estimate"] - own["truth"]).mean().round(1),
            "bias_standard_error": (own["estimate"].std() / np.sqrt(len(own))).round(1),
            "spread_of_estimates": own["estimate"].std().round(1),
            "mean_width": (own["upper"] - own["lower"]).mean().round(1),
            "trials_with_divergences": int((own["divergences"] > 0).sum()),
            "date": datetime.datetime.now(tz=datetime.UTC).date().isoformat(),
        })  # fmt: skip
    return pd.DataFrame(lines)


if __name__ == "__main__":
    frame = pd.concat([pd.read_csv(file) for file in sys.argv[2:]], ignore_index=True)
    summarise(frame).to_csv(sys.argv[1], index=False)
