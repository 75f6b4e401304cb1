"""Deviations of sites (or clusters) and of subgroups from the level of their arm."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from trialbalance.contracts import Finding
from trialbalance.dataset.rows import GROUPING


@dataclass(frozen=True)
class Block:
    """One grouping of the participants, with a deviation of effect and of cost for each unit.

    Parameters
    ----------
    labels : list of str
        Units: sites, or arm and subgroup.
    codes : numpy.ndarray
        Number of each participant's site or subgroup, shape (participants,).
    levels : list of str
        Sites or subgroups.
    by_arm : bool
        Whether each arm has its own deviation.
    """

    labels: list
    codes: np.ndarray
    levels: list
    by_arm: bool

    @property
    def correlated(self):
        """Whether the deviations of the two outcomes are correlated."""
        return not self.by_arm

    @property
    def prior(self):
        """Which scale of the priors the SDs take."""
        return "subgroup" if self.by_arm else "cluster"

    def unit(self, arm, person):
        """Return the unit of people seen in an arm, which need not be their own."""
        return self.codes[person] + self.by_arm * len(self.levels) * np.asarray(arm)


def blocks(dataset, arms, section, findings, notes):
    """Return the groupings that the settings ask for.

    Parameters
    ----------
    dataset : pandas.DataFrame
        One row a participant.
    arms : list of str
        Arms that are fitted.
    section : dict
        Resolved model section: ``clusters`` and ``subgroups``.
    findings, notes : list
        Where problems and remarks are added.

    Returns
    -------
    dict of str to Block
        By name of the column.

    Examples
    --------
    >>> frame = pd.DataFrame({"site": ["a", "b", "a"]})
    >>> found = blocks(frame, ["A"], {"clusters": "site", "subgroups": []}, [], [])
    >>> found["site"].codes
    array([0, 1, 0])
    """
    found = {}
    wanted = [(section["clusters"], False)] if section["clusters"] else []
    wanted += [(name, True) for name in section["subgroups"]]
    for name, by_arm in wanted:
        where = f"model.{'subgroups' if by_arm else 'clusters'}"
        codes, levels = _codes(dataset, name, where, findings)
        if levels is None:
            continue
        if len(levels) < 2:
            notes.append(f"{name} is {levels[0]} for everybody: it has no deviations")
            continue
        labels = [f"{arm}, {level}" for arm in arms for level in levels] if by_arm else levels
        found[name] = Block(labels, codes, levels, by_arm)
    return found


def _codes(dataset, name, where, findings):
    """Return the number of each participant's level, and the levels in order."""
    column = f"{GROUPING}{name}" if f"{GROUPING}{name}" in dataset else name
    if column not in dataset:
        findings.append(Finding("study.yaml", None, where, name, ", ".join(dataset.columns),
                                "name a column of the dataset"))  # fmt: skip
        return None, None
    values = dataset[column]
    blank = values.isna()
    if blank.any():
        row = int(np.flatnonzero(blank)[0]) + 2
        findings.append(Finding("dataset", row, name, "nothing", "a value for everybody",
                                f"give it, or leave {name} out of {where}",
                                further=int(blank.sum()) - 1))  # fmt: skip
        return None, None
    codes, levels = pd.factorize(values, sort=True)
    if len(levels) > 20 and where == "model.subgroups":
        findings.append(Finding("study.yaml", None, where, f"{name} with {len(levels)} values",
                                "up to 20", "give a column of categories"))  # fmt: skip
        return None, None
    return codes.astype(np.int64), [_label(level) for level in levels]


def _label(level):
    return str(level).lower() if isinstance(level, (bool, np.bool_)) else str(level)


def deviations_of(trial, parameters, arm, person):
    """Return the sum of the deviations of people seen in arms, by outcome.

    Parameters
    ----------
    trial : Trial
        The data, with its blocks.
    parameters : dict
        Draws by name, draws first.
    arm, person : numpy.ndarray
        Arm and participant of each row.

    Returns
    -------
    effect, cost : numpy.ndarray or float
        Shape (draws, rows); 0 where the model has no deviations.

    Notes
    -----
    With standard normals z: effect s_e z₁; cost s_c (ρ z₁ + √(1 − ρ²) z₂).

    Examples
    --------
    >>> deviations_of.__name__
    'deviations_of'
    """
    effect = cost = 0.0
    for name, block in trial.blocks.items():
        unit = block.unit(arm, person)
        rho = parameters.get(f"{name}_correlation", np.zeros(1))[..., None]
        first, second = parameters[f"{name}_effect"], parameters[f"{name}_cost"]
        effect = effect + (parameters[f"{name}_effect_sd"][..., None] * first)[..., unit]
        both = rho * first + np.sqrt(1 - rho**2) * second
        cost = cost + (parameters[f"{name}_cost_sd"][..., None] * both)[..., unit]
    return effect, cost
