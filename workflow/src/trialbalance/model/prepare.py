"""From the dataset to the numbers of the model: scales, masks and what is to be modelled."""

from dataclasses import dataclass, field

import numpy as np

from trialbalance.contracts import Finding, Problems
from trialbalance.model.covariates import AT_CEILING, encode, named_columns
from trialbalance.model.deviations import blocks
from trialbalance.model.effects import effect_values, flag
from trialbalance.model.score import score_scale


@dataclass
class Trial:
    """Outcomes and covariates of the analysis population as arrays.

    Effects are internal values (normal: multiples of ``effect_unit``; beta: 0 to 1 between lower
    and ceiling; decrement_gamma: 0 at the ceiling, negative below; bernoulli: 0 or 1):
    ``effect = effect_origin + effect_unit * internal``. Costs are multiples of ``cost_unit``, one
    a source group. NaN means unobserved. A source group that costs everybody the same is not
    modelled: its mean is ``cost_known``, NaN for the others.
    """

    arms: list
    arm: np.ndarray
    participants: np.ndarray
    groups: list
    cost: np.ndarray
    cost_unit: np.ndarray
    cost_known: np.ndarray
    effect: np.ndarray
    effect_origin: float
    effect_unit: float
    effect_spread: float
    at_ceiling: np.ndarray
    died: np.ndarray
    covariates: dict
    effect_terms: list
    cost_terms: list
    ceiling_terms: list
    effect_family: str
    cost_family: str
    dependence: bool
    effect_on_cost: bool
    cost_spread: float
    spike: bool
    ceiling_needs_baseline: bool
    deaths: bool
    hurdle: list
    bounded: bool = False
    own_arm: bool = False
    common: tuple = ()
    blocks: dict = field(default_factory=dict)
    notes: list = field(default_factory=list)

    @property
    def size(self):
        """Number of participants in the analysis population."""
        return len(self.arm)

    @property
    def cost_families(self):
        """Family of each source group of cost; only the first may be bounded."""
        first = "bounded" if self.bounded else self.cost_family
        return [first] + [self.cost_family] * (len(self.groups) - 1)

    @property
    def first_cost_family(self):
        """Family of the first source group of cost."""
        return self.cost_families[0]

    @property
    def cost_spread_internal(self):
        """SD of the first cost, internal units."""
        spread = np.nanstd(self.cost[:, 0]) if np.isfinite(self.cost[:, 0]).any() else 1.0
        return float(spread) or 1.0

    @property
    def effect_top(self):
        """Internal effect of the ceiling; whole, since a float rounds draws differently."""
        return 1 if self.effect_family == "beta" else 0


def prepare(dataset, groups, study, section):
    """Turn a dataset and the settings into a :class:`Trial`.

    Parameters
    ----------
    dataset : pandas.DataFrame
        One row a participant of the analysis population.
    groups : list of str
        Source groups of cost, the most complete first; empty means the column ``cost`` alone.
    study : dict
        Study section: ``arms`` and ``horizon_years``.
    section : dict
        Resolved model section.

    Returns
    -------
    Trial
        Arrays ready for the likelihood.

    Raises
    ------
    Problems
        Where the data cannot be what the chosen family describes.

    Examples
    --------
    >>> prepare(None, [], {}, {})  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    AttributeError: 'NoneType' object has no attribute 'copy'
    """
    dataset = dataset.copy().reset_index(drop=True)
    arms = [arm for arm in study["arms"] if (dataset["arm"] == arm).any()]
    notes = [f"arm {arm} has no participants and is not fitted" for arm in study["arms"]
             if arm not in arms]  # fmt: skip
    findings = []
    died = flag(dataset, "died")
    cost, unit, known, group_names, bounded = _costs(dataset, groups, section, findings, notes)
    effect = effect_values(dataset, died, study, section["effect"], notes, findings)
    _refuse_dependence(section, findings)
    grouped = blocks(dataset, arms, section, findings, notes)
    if findings:
        raise Problems(findings)
    notes += [
        f"cost of {group} is {value:g} for everybody and is not modelled"
        for group, value in zip(group_names, known, strict=True)
        if not np.isnan(value)
    ]
    terms = {
        "effect_terms": named_columns(dataset, section["effect"]["covariates"]),
        "cost_terms": named_columns(dataset, section["cost"]["covariates"]),
        "ceiling_terms": list(section["effect"]["ceiling_covariates"]),
    }
    covariates = _covariates(dataset, terms, effect["spike"])
    family = section["cost"]["family"]
    return Trial(
        arms=arms,
        arm=dataset["arm"].map({arm: index for index, arm in enumerate(arms)}).to_numpy(int),
        participants=dataset["participant_id"].astype(str).to_numpy(),
        groups=group_names,
        cost=cost,
        cost_unit=unit,
        cost_known=known,
        died=died,
        deaths=bool((died == 1).any()) and section["effect"]["family"] != "bernoulli",
        covariates=covariates,
        cost_family=family,
        dependence=section["dependence"] == "cost_given_effect",
        # Nothing can depend on a cost that is known for everybody.
        effect_on_cost=section["dependence"] == "effect_given_cost" and np.isnan(known).any(),
        cost_spread=score_scale(cost[:, 0], "bounded" if bounded else family),
        bounded=bounded,
        own_arm=section["standardisation"] == "own_arm",
        common=tuple(section["common_to_arms"]),
        blocks=grouped,
        ceiling_needs_baseline=section["effect"]["ceiling_needs_baseline"]
        and AT_CEILING in covariates,
        hurdle=_hurdles(cost, section["cost"], family),
        notes=notes,
        **{key: [name for name in names if name in covariates] for key, names in terms.items()},
        **effect,
    )


def _refuse_dependence(section, findings):
    """Refuse a cost given the effect whose mean has no closed form or need not exist."""
    if section["cost"]["maximum"] and section["dependence"] == "cost_given_effect":
        findings.append(Finding("study.yaml", None, "model.dependence", "cost_given_effect",
                                "effect_given_cost, none", "model.cost.maximum needs one of "
                                "these"))  # fmt: skip
    open_ended = section["effect"]["family"] == "decrement_gamma"
    if (
        open_ended
        and section["cost"]["family"] != "normal"
        and section["dependence"] == "cost_given_effect"
    ):
        findings.append(Finding("study.yaml", None, "model.dependence", "cost_given_effect",
                                "effect_given_cost, none",
                                "mean cost given a decrement_gamma effect need not be "
                                "finite"))  # fmt: skip


def _covariates(dataset, terms, spike):
    names = [name for group in terms.values() for name in group]
    if spike and AT_CEILING in dataset:
        names.append(AT_CEILING)
    return encode(dataset, names)


def _costs(dataset, groups, section, findings, notes):
    """Return costs in internal units, the units, known costs, group names, and whether bounded.

    A cost is counted in multiples of its pooled mean, a bounded one as a share of its maximum.
    """
    columns = {group: f"cost_{group}" for group in groups} or {"total": "cost"}
    maximum = _maximum(columns, section["cost"], findings)
    bounded, modelled, constant = [], [], []
    for group, column in columns.items():
        if column not in dataset:
            findings.append(Finding("dataset", None, column, "no such column", None,
                                    "give each source group its column"))  # fmt: skip
            continue
        values = dataset[column].to_numpy(dtype=float, na_value=np.nan)
        seen = values[~np.isnan(values)]
        _refuse_outside(column, values, section["cost"]["family"], maximum.get(group), findings)
        _refuse_zeros(column, seen, section["cost"], findings)
        if not len(seen):
            findings.append(Finding("dataset", None, column, "no cost for anybody", None,
                                    "leave the source group out of the analysis"))  # fmt: skip
        elif len(seen) > 1 and seen.min() == seen.max():
            constant.append((group, np.full_like(values, np.nan), 1.0, seen[0]))
        elif group in maximum:
            inside = _inside(values / maximum[group], group, notes)
            bounded.append((group, inside, maximum[group], np.nan))
        else:
            unit = abs(seen.mean()) or 1.0
            modelled.append((group, values / unit, unit, np.nan))
    if findings:
        return None, None, None, None, None
    # Later groups may follow the first one: a bounded one leads, constant ones come last.
    names, scaled, units, known = zip(*bounded, *modelled, *constant, strict=True)
    return np.column_stack(scaled), np.array(units), np.array(known), list(names), bool(bounded)


def _maximum(columns, section, findings):
    """Return the largest possible cost of the one source group that has a maximum."""
    found = section["maximum"]
    strange = [name for name in found if name not in columns]
    if strange or len(found) > 1:
        findings.append(Finding("study.yaml", None, "model.cost.maximum", ", ".join(found),
                                f"one of {', '.join(columns)}", "name one source group of the "
                                "analysis"))  # fmt: skip
    elif found and section["family"] == "normal":
        findings.append(Finding("study.yaml", None, "model.cost.family", "normal",
                                "gamma, lognormal", "model.cost.maximum needs a cost that is not "
                                "below zero"))  # fmt: skip
    return found


def _inside(fraction, group, notes):
    """Move shares of the whole just below 1: a beta has no density there."""
    top = 1 - 0.05 / len(fraction)
    moved = int((fraction > top).sum())
    if moved:
        notes.append(f"{moved} costs of {group} at their maximum were moved just below it")
    return np.minimum(fraction, top)


def _refuse_outside(column, values, family, maximum, findings):
    """Refuse costs below zero (but for a normal) or above the maximum."""
    top = np.inf if maximum is None else maximum * (1 + 1e-9)
    bad = (values < (-np.inf if family == "normal" else 0)) | (values > top)
    if bad.any():
        row = int(np.flatnonzero(bad)[0])
        remedy = "correct it, or set model.cost.family to normal"
        if values[row] > 0:
            remedy = "correct it, or raise model.cost.maximum"
        allowed = "0 or more" if maximum is None else f"0 to {maximum:g}"
        findings.append(Finding("dataset", row + 2, column, f"{values[row]:g}", allowed,
                                remedy, further=int(bad.sum()) - 1))  # fmt: skip


def _refuse_zeros(column, seen, section, findings):
    if section["family"] == "normal":
        return
    if (seen == 0).any() and section["hurdle"] == "no":
        findings.append(Finding("study.yaml", None, "model.cost.hurdle", "no",
                                "auto, yes", f"{column} has zeros"))  # fmt: skip


def _hurdles(cost, section, family):
    """Return the numbers of the groups that have a hurdle at zero."""
    if section["hurdle"] == "no" or (section["hurdle"] == "auto" and family == "normal"):
        return []
    zeros = (cost == 0).any(axis=0)
    return [k for k in range(cost.shape[1]) if zeros[k] or section["hurdle"] == "yes"]
