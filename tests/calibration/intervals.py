"""Fit trials of one cell of the grid and say whether their intervals hold the truth."""

import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from trialbalance.model.forms import fit
from trialbalance.settings.sections.model import ModelSettings

sys.path.insert(0, str(Path(__file__).parent))
from trials import MNAR_DELTA, STUDY, THRESHOLD, lose, people, truth

CELLS = pd.read_csv(Path(__file__).with_name("cells.csv"))
FAMILIES = {"beta": "beta", "negative": "decrement_gamma", "normal": "normal"}
SAMPLER = {"draws": 500, "tune": 400, "chains": 2, "target_accept": 0.9}


def settings(cell):
    """Resolved model section of a cell: shipped priors, the family that made the data."""
    family = cell["effect"]
    effect = {"family": FAMILIES[family], "ceiling_needs_baseline": False}
    if family == "beta":
        effect["lower"] = -0.594
    cost = {"family": {"hurdle": "gamma"}.get(cell["cost"], cell["cost"])}
    return ModelSettings(
        effect=effect | {"covariates": ["severity"]}, cost=cost | {"covariates": ["severity"]},
        dependence="effect_given_cost",
        clusters="site" if cell["model_clusters"] else None, **SAMPLER,
    ).model_dump(mode="json")  # fmt: skip


def one_trial(cell, number, section):
    """Return estimate and interval of the difference in net benefit of one simulated trial."""
    rng = np.random.default_rng([int(CELLS.index[CELLS["cell"] == cell["cell"]][0]), number])
    frame = lose(cell, people(cell, cell["per_arm"], rng), rng)
    idata = fit(frame, [], STUDY, section, seed=number)
    posterior = idata.posterior
    benefit = THRESHOLD * posterior["mean_effect"] - posterior["mean_cost"]
    draws = (benefit.sel(arm="new") - benefit.sel(arm="control")).to_numpy().ravel()
    if cell["mechanism"] == "mnar":
        unseen = frame.loc[frame["arm"] == "new", "effect"].isna().mean()
        draws = draws + THRESHOLD * MNAR_DELTA * unseen
    lower, upper = np.quantile(draws, (0.025, 0.975))
    return {"cell": cell["cell"], "trial": number, "estimate": draws.mean(), "lower": lower,
            "upper": upper, "divergences": int(idata.sample_stats["diverging"].sum())}  # fmt: skip


def main(name, first, count, output):
    """Fit trials ``first`` to ``first + count - 1`` of a cell and write one line each."""
    warnings.simplefilter("ignore")
    cell = CELLS.set_index("cell", drop=False).loc[name].to_dict()
    section, true = settings(cell), truth(cell)
    lines = [one_trial(cell, number, section) for number in range(first, first + count)]
    frame = pd.DataFrame(lines).assign(truth=true)
    frame["covered"] = (frame["lower"] <= true) & (true <= frame["upper"])
    Path(output).parent.mkdir(parents=True, exist_ok=True)
    frame.to_csv(output, index=False)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
