"""Outcomes by arm: contrasts where the arms overlap, described means where they do not."""

from typing import Any

import numpy as np
import pandas as pd

from trialbalance.contracts import Finding, Problems
from trialbalance.dataset.totals import add_up_costs
from trialbalance.model.observational.arms import Weighting, arm_means, resampled
from trialbalance.model.observational.described import bias_to_meet, describe
from trialbalance.model.observational.lines import (
    ASSOCIATED,
    DESCRIBED,
    ILLUSTRATIVE,
    NOBODY,
    SCREENS,
    UNMEASURED,
    line,
    spread,
)

# Difference between two methods, in standard errors, from which on it is told.
_TOLD = 0.5


def outcome_values(
    records: dict[str, pd.DataFrame],
    people: pd.DataFrame,
    study: dict[str, Any],
    outcomes: dict[str, Any],
):
    """Return the values of each outcome, one a participant, NaN where not observed.

    Parameters
    ----------
    records : dict of pandas.DataFrame
        outcomes; measures for those at a visit; participant_costs and cost_observed for costs.
    people : pandas.DataFrame
        Participants analysed.
    study : dict
        Study section: ``periods``.
    outcomes : dict
        Settings ``model.observational.outcomes``.

    Returns
    -------
    dict of numpy.ndarray
        By name.

    Raises
    ------
    Problems
        For an outcome that neither the table nor a column of the participants has.

    Examples
    --------
    >>> people = pd.DataFrame({"participant_id": ["p", "q"], "well": [True, None]})
    >>> outcome_values({}, people, {}, {"x": {"outcome": "well", "perspective": None}})["x"]
    array([ 1., nan])
    """
    ids, found, findings = pd.Index(people["participant_id"]), {}, []
    table = records.get("outcomes", pd.DataFrame(columns=["participant_id", "outcome", "value"]))
    for name, one in outcomes.items():
        if one["perspective"]:
            costs = add_up_costs(ids, records["participant_costs"], records["cost_observed"],
                                 study["periods"], one["perspective"])  # fmt: skip
            found[name] = costs.total.to_numpy(float)
        elif one.get("visit"):
            measures = records["measures"]
            mine = (measures["measure"] == one["outcome"]) & (measures["visit"] == one["visit"])
            own = measures[mine].set_index("participant_id")["value"]
            found[name] = own.reindex(ids).to_numpy(dtype=float, na_value=np.nan)
        elif (table["outcome"] == one["outcome"]).any():
            own = table[table["outcome"] == one["outcome"]].set_index("participant_id")["value"]
            found[name] = own.reindex(ids).to_numpy(dtype=float, na_value=np.nan)
        elif one["outcome"] in people.columns:
            column = pd.to_numeric(people[one["outcome"]].astype("Float64"))
            found[name] = column.to_numpy(dtype=float, na_value=np.nan)
        else:
            known = ", ".join(table["outcome"].unique())
            findings.append(
                Finding("study.yaml", None, f"model.observational.outcomes.{name}.outcome",
                        one["outcome"], f"{known or 'an outcome'}, or a column of participants",
                        "correct the name")
            )  # fmt: skip
    if findings:
        raise Problems(findings)
    return found


def arm_lines(
    name: str,
    one: dict[str, Any],
    value: np.ndarray,
    data: dict[str, Any],
    study: dict[str, Any],
    chosen: dict[str, Any],
    weighting: Weighting,
    rng: np.random.Generator,
):
    """Return the lines of one outcome: by arm, then contrasts where the arms overlap.

    Parameters
    ----------
    name : str
        Name of the outcome.
    one : dict
        Its settings: ``kind``, ``range``, ``bias``, ``illustrative``.
    value : numpy.ndarray, shape (participants,)
        Outcome; NaN where not observed.
    data : dict
        people (with ``_arm``), design, adjusted_for.
    study, chosen : dict
        Study section, and the settings ``model.observational`` with ``comparison`` added.
    weighting : Weighting
        Propensities and weights.
    rng : numpy.random.Generator
        Source of the bootstrap.

    Returns
    -------
    list of dict
        Lines of the table of associations.

    Examples
    --------
    >>> from trialbalance.model.observational.arms import weigh
    >>> from trialbalance.settings.sections.modelling.observational import ObservationalSettings
    >>> arm, design = np.array([0, 0, 1, 1]), np.zeros((4, 0))
    >>> data = {"people": pd.DataFrame({"_arm": arm}), "design": design, "adjusted_for": None}
    >>> chosen = ObservationalSettings(
    ...     population="all", covariates=[], outcomes={"gain": {"outcome": "qaly"}}).model_dump()
    >>> value, study = np.array([0.5, 0.7, 0.8, np.nan]), {"arms": {"a": {}, "b": {}}}
    >>> lines = arm_lines("gain", chosen["outcomes"]["gain"], value, data,
    ...     study | {"comparator": "a"}, chosen | {"comparison": "described"},
    ...     weigh(arm, 2, design, chosen["truncation"]), np.random.default_rng(1))
    >>> [round(float(one["value"]), 1) for one in lines if one["method"] == "described"]
    [0.6, 0.8]
    """
    arm, arms = data["people"]["_arm"].to_numpy(), list(study["arms"])
    described = [describe(value[arm == number], one["kind"], one["range"])
                 for number in range(len(arms))]  # fmt: skip
    lines = _described(name, one, described, study)
    if chosen["comparison"] != "described":
        _tell_sizes(lines, arm, arms, weighting)
    no_contrast = _no_overlap(arm, arms, study, chosen["overlap"], weighting, chosen["comparison"])
    compared = [other for other in arms if other != study["comparator"] and not no_contrast[other]]
    if compared:
        lines += _contrasts(name, one, value, data, study, chosen, weighting, rng, compared)
    for other in arms:
        if other != study["comparator"] and no_contrast[other]:
            pair = described[arms.index(other)], described[arms.index(study["comparator"])]
            lines.append(
                line(name, "bias_sensitivity", "bias_to_meet", DESCRIBED, other,
                     study["comparator"], value=bias_to_meet(*pair), note=no_contrast[other],
                     n=pair[0]["n"] + pair[1]["n"])
            )  # fmt: skip
    for one_line in lines if one.get("illustrative") else ():
        one_line["note"] = f"{ILLUSTRATIVE} {one_line['note'] or ''}".strip()
    return lines


def _described(name, one, described, study):
    """Return described means, their bounds over those lost, and what a bias would make of them."""
    lines, estimate = [], "risk" if one["kind"] == "binary" else "mean"
    for arm, found in zip(study["arms"], described, strict=True):
        counts = {"n": found["n"], "missing": found["missing"]}
        nobody = NOBODY if not found["n"] + found["missing"] else None
        limits = {"lower": found["lower"], "upper": found["upper"]}
        lines.append(
            line(name, "described", estimate, DESCRIBED, arm, value=found["value"], **limits,
                 **counts, note=nobody)
        )  # fmt: skip
        if found["missing"] and not np.isnan(found["lowest"]):
            lines.append(
                line(name, "bounds", estimate, DESCRIBED, arm, lower=found["lowest"],
                     upper=found["highest"], **counts,
                     note="Mean of the whole arm if all lost had the lowest or the highest value.")
            )  # fmt: skip
        for bias in () if nobody else one["bias"]:
            moved = {key: end - bias for key, end in limits.items()}
            lines.append(
                line(name, "bias_sensitivity", estimate, DESCRIBED, arm, bias=bias,
                     value=found["value"] - bias, **moved, **counts)
            )  # fmt: skip
    return lines


def _tell_sizes(lines, arm, arms, weighting):
    """Put what weights leave of each arm beside its described mean."""
    for one in lines:
        mine = arm == arms.index(one["arm"])
        if one["method"] == "described" and mine.any():
            one["effective_n"] = float(weighting.effective[arms.index(one["arm"])])
            one["largest_weight"] = float(weighting.weight[mine].max())


def _no_overlap(arm, arms, study, settings, weighting, comparison):
    """Return by arm why it cannot be set against the comparator; blank where it can."""
    base, found = arms.index(study["comparator"]), {}
    for number, name in enumerate(arms):
        sizes = {one: int((arm == one).sum()) for one in (number, base)}
        share = [weighting.effective[one] / max(size, 1) for one, size in sizes.items()]
        found[name] = ""
        if not min(sizes.values()):
            found[name] = NOBODY
        elif comparison == "described":
            found[name] = f"{SCREENS}, by design."
        elif min(share) < settings["smallest_effective_share"]:
            found[name] = f"{SCREENS}: weighted, an arm is worth {min(share):.0%} of its size."
        elif (common := weighting.in_common(number, base)) < settings["smallest_common_share"]:
            found[name] = f"{SCREENS}: {common:.0%} of the two could have been in either."
    return found


def _contrasts(name, one, value, data, study, chosen, weighting, rng, compared):
    """Return crude, adjusted and doubly robust differences of the arms that overlap."""
    arm, arms = data["people"]["_arm"].to_numpy(), list(study["arms"])
    setting = (len(arms), data["design"], one["kind"], chosen["truncation"])
    means, influence = arm_means(value, arm, *setting)

    def again(rows: np.ndarray):
        found, _ = arm_means(value[rows], arm[rows], len(arms), data["design"][rows], *setting[2:])
        return np.stack([found["crude"], found["g_computation"]])

    draws = resampled(again, len(arm), chosen["resamples"], rng)
    base, lines = arms.index(study["comparator"]), []
    for other in compared:
        pair = [arms.index(other), base]
        mine = np.isin(arm, pair)
        common = {
            "n": int((~np.isnan(value[mine])).sum()), "missing": int(np.isnan(value[mine]).sum()),
            "effective_n": float(weighting.effective[pair].sum()),
            "largest_weight": float(weighting.weight[mine].max()),
        }  # fmt: skip
        ends = {
            "crude": spread(draws[:, 0, pair[0]] - draws[:, 0, base]),
            "g_computation": spread(draws[:, 1, pair[0]] - draws[:, 1, base]),
            "doubly_robust": _robust_interval(influence[:, pair]),
        }
        differ = _differ(means, ends["doubly_robust"], pair)
        for method, interval in ends.items():
            adjusted = None if method == "crude" else data["adjusted_for"]
            difference = means[method][pair[0]] - means[method][base]
            lines.append(
                line(name, method, "difference", ASSOCIATED, other, study["comparator"],
                     value=difference, **interval, **common, adjusted_for=adjusted,
                     note=f"{UNMEASURED}{differ}" if adjusted else UNMEASURED)
            )  # fmt: skip
    return lines


def _differ(means, interval, pair):
    """Return a sentence where the two adjusted methods differ by more than half an error."""
    one, other = (means[name][pair[0]] - means[name][pair[1]]
                  for name in ("g_computation", "doubly_robust"))  # fmt: skip
    errors = abs(one - other) / max((interval["upper"] - interval["lower"]) / 3.92, 1e-12)
    if errors <= _TOLD:
        return ""
    return (
        f" The outcome model and the doubly robust method differ by {errors:.1f} standard errors:"
        " one of their models is wrong, or few people of one arm stand for many."
    )


def _robust_interval(influence):
    """Return the 95 % interval of a doubly robust difference from the influence of each person."""
    difference = influence[:, 0] - influence[:, 1]
    half = 1.959964 * difference.std(ddof=1) / np.sqrt(len(difference))
    return {"lower": difference.mean() - half, "upper": difference.mean() + half}
