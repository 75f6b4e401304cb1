"""Every table on people whose data may be missing not at random."""

from typing import Any

import numpy as np
import pandas as pd

from trialbalance.decision.draws import ArmDraws, arm_draws
from trialbalance.decision.information.value_of_information import COLUMNS as INFORMATION
from trialbalance.decision.information.value_of_information import value_information
from trialbalance.decision.missing.compare_cases import BENEFIT, INCREMENT, compared, tidy_arrays
from trialbalance.decision.missing.tipping import tipping_points, tipping_values
from trialbalance.decision.missing.unobserved import (
    Unobserved,
    move,
    out_of_range,
    unobserved_arrays,
)
from trialbalance.decision.thresholds import outcome_thresholds

AT_RANDOM = "missing_at_random"
AVERAGED = "averaged"
GROUP = "missing_delta"
_DELTAS = [
    "effect_delta", "cost_percent", "comparator_effect_delta", "comparator_cost_percent",
    "at_ceiling", "comparator_at_ceiling",
]  # fmt: skip


def move_unobserved(
    draws: pd.DataFrame,
    table: pd.DataFrame,
    study: dict[str, Any],
    section: dict[str, Any],
    outcome: str,
    rng: np.random.Generator,
):
    """Return scenarios, tipping points and averaged answer of data missing not at random.

    Parameters
    ----------
    draws : DataFrame
        Columns draw, arm, cost (currency), effect (units of the outcome).
    table : DataFrame
        Shares and means of people alive but unobserved, from the model.
    study : dict
        Resolved study settings.
    section : dict
        Resolved settings of the decision stage; ``missing_not_at_random`` is read.
    outcome : str
        Name of the outcome.
    rng : numpy.random.Generator
        Stream of the prior on the deltas.

    Returns
    -------
    dict of str to DataFrame
        missing_scenarios, tipping_points, tipping_values, and delta_draws and delta_information,
        which have no rows without a prior.

    Raises
    ------
    Problems
        Tables that do not match; a jump to an arm that nobody entered.

    Examples
    --------
    >>> tidy = pd.DataFrame({"draw": [1, 1, 2, 2], "arm": ["a", "b"] * 2,
    ...                      "cost": [0.0, 10, 0, 30], "effect": [0.0, 1, 0, 1]})
    >>> study = {"arms": {"a": {}, "b": {}}, "comparator": "a", "currency": "GBP"}
    >>> from trialbalance.settings.resolve import complete
    >>> thresholds = {"qaly": {"marked": [25], "range": [0, 50], "step": 25}}
    >>> section = complete("decision", {"thresholds": thresholds,
    ...     "missing_not_at_random": {"scenarios": {"worse": {"effect": -0.2}}}})
    >>> lost = pd.DataFrame({"draw": [1, 1, 2, 2], "arm": ["a", "b"] * 2, "component": "effect",
    ...     "moment": "all", "share": 0.5, "mean": 0.5, "reference_mean": 0.5, "lowest": 0.0,
    ...     "highest": 1.0, "below_ceiling": np.nan, "ceiling_gain": np.nan,
    ...     "share_with_effect": np.nan, "cost_per_effect": np.nan})
    >>> tables = move_unobserved(tidy, lost, study, section, "qaly", np.random.default_rng(1))
    >>> tables["missing_scenarios"]["scenario"].unique().tolist()
    ['missing_at_random', 'worse']
    """
    plan = section["missing_not_at_random"]
    arrays = arm_draws(draws, study)
    unobserved = unobserved_arrays(table, arrays)
    thresholds = outcome_thresholds(section, outcome)
    cases = {AT_RANDOM: {"effect": 0.0, "cost_percent": 0.0, "jump": ()}}
    for name, delta in plan["scenarios"].items():
        cases[name] = {
            "effect": by_arm(delta["effect"], arrays.arms),
            "cost_percent": by_arm(delta["cost_percent"], arrays.arms),
            "jump": tuple(delta["jump_to_reference"]),
            "at_ceiling": by_arm(delta["at_ceiling"], arrays.arms, silent=np.nan),
        }
    if plan["prior"]:
        cases[AVERAGED] = draw_deltas(plan["prior"], arrays, rng) | {"jump": ()}
    rows = [
        _scenario(name, case, arrays, unobserved, plan, study, section, outcome)
        for name, case in cases.items()
    ]
    found = {
        "missing_scenarios": pd.concat(rows, ignore_index=True),
        "tipping_points": tipping_points(arrays, unobserved, thresholds, plan, study["comparator"]),
        "tipping_values": tipping_values(arrays, unobserved, thresholds, plan),
    }
    return found | averaged(arrays, unobserved, cases.get(AVERAGED), plan, study, section, outcome)


def by_arm(value: Any, arms: list[str], silent: Any = 0.0):
    """Return a delta by arm: one number for every arm, or those named; 0 for those not named.

    Examples
    --------
    >>> by_arm({"b": -0.1}, ["a", "b"]).tolist(), by_arm(0.2, ["a", "b"]).tolist()
    ([0.0, -0.1], [0.2, 0.2])
    """
    if isinstance(value, dict):
        return np.array([float(value.get(arm, silent)) for arm in arms])
    return np.full(len(arms), silent if value is None else float(value))


def draw_deltas(prior: dict[str, Any], arrays: ArmDraws, rng: np.random.Generator):
    """Draw deltas by arm from their prior.

    Parameters
    ----------
    prior : dict
        ``effect_mean``, ``effect_sd``, ``cost_percent_mean``, ``cost_percent_sd`` (a number or
        one by arm) and ``correlation`` of any two arms.
    arrays : ArmDraws
        Draws of cost and effect.
    rng : numpy.random.Generator
        Stream.

    Returns
    -------
    dict of str to ndarray
        ``effect`` (units of the effect) and ``cost_percent``, shape (draw, arm); the two are
        independent of each other and of the data, which hold no information on them.

    Examples
    --------
    >>> from trialbalance.decision.draws import ArmDraws
    >>> arrays = ArmDraws(["a", "b"], [], np.arange(3), np.ones((3, 2)), np.ones((3, 2)))
    >>> prior = {"effect_mean": -0.1, "effect_sd": 0.0, "cost_percent_mean": 0.0,
    ...          "cost_percent_sd": 5.0, "correlation": 1.0}
    >>> found = draw_deltas(prior, arrays, np.random.default_rng(1))
    >>> np.unique(found["effect"]).tolist(), float(np.ptp(found["cost_percent"], axis=1).max())
    ([-0.1], 0.0)
    """
    shape, found = arrays.effect.shape, {}
    for name in ("effect", "cost_percent"):
        # A part shared by the arms makes them correlated.
        shared, own = rng.standard_normal((shape[0], 1)), rng.standard_normal(shape)
        rho = prior["correlation"]
        mean, sd = (by_arm(prior[f"{name}_{word}"], arrays.arms) for word in ("mean", "sd"))
        found[name] = mean + sd * (np.sqrt(rho) * shared + np.sqrt(1 - rho) * own)
    return found


def _moved(arrays: ArmDraws, unobserved: Unobserved, case: Any, plan: dict[str, Any]):
    """Return draws as a tidy table after a scenario's deltas."""
    follows = plan["cost_follows_effect"]
    share = case.get("at_ceiling")
    share = None if share is None or np.isnan(share).all() else share
    own = case | {"at_ceiling": share}
    cost, effect = move(arrays, unobserved, **own, cost_follows_effect=follows)
    return tidy_arrays(arrays, cost, effect)


def _scenario(
    name: str,
    case: Any,
    arrays: Any,
    unobserved: Unobserved,
    plan: dict[str, Any],
    study,
    section: dict,
    outcome: str,
):
    """Return the comparison of arms under one scenario, with its deltas."""
    rows = compared(_moved(arrays, unobserved, case, plan), study, section, outcome)
    deltas = {
        word: _mean_by_arm(case.get(word, np.nan), arrays)
        for word in ("effect", "cost_percent", "at_ceiling")
    }
    other = study["comparator"]
    wrong = dict(zip(arrays.arms, _wrong(unobserved, case), strict=True))
    added = {
        "scenario": name,
        "effect_delta": rows["arm"].map(deltas["effect"]),
        "cost_percent": rows["arm"].map(deltas["cost_percent"]),
        "comparator_effect_delta": deltas["effect"].get(other),
        "comparator_cost_percent": deltas["cost_percent"].get(other),
        "at_ceiling": rows["arm"].map(deltas["at_ceiling"]),
        "comparator_at_ceiling": deltas["at_ceiling"].get(other),
        "jump_to_reference": " and ".join(case["jump"]) or None,
        "out_of_range": [bool(wrong.get(arm) or wrong.get(other)) for arm in rows["arm"]],
    }
    columns = ["scenario", *_DELTAS[:4], "jump_to_reference", *_DELTAS[4:], *INCREMENT, *BENEFIT,
               "preferred", "out_of_range"]  # fmt: skip
    rows = rows.assign(**added)[columns]
    return rows.astype(dict.fromkeys(_DELTAS, float) | {"jump_to_reference": object})


def _wrong(unobserved: Any, case: Any):
    return out_of_range(unobserved, case["effect"], case["cost_percent"])


def _mean_by_arm(delta, arrays: ArmDraws):
    """Return the mean delta of each arm; one that does not vary stays as it was written."""
    values = np.mean(delta, axis=0) if np.ndim(delta) == 2 else delta
    values = np.broadcast_to(values, len(arrays.arms))
    return dict(zip(arrays.arms, values.tolist(), strict=True))


def averaged(
    arrays: ArmDraws,
    unobserved: Unobserved,
    case: dict[str, Any] | None,
    plan: dict[str, Any],
    study: dict[str, Any],
    section: dict,
    outcome: str,
):
    """Return the draws averaged over the prior on the deltas, and what knowing it is worth.

    Parameters
    ----------
    arrays : ArmDraws
        Draws of cost and effect.
    unobserved : Unobserved
        Shares and means of people alive but unobserved.
    case : dict or None
        Deltas by draw and arm, from `draw_deltas`.
    plan : dict
        Resolved settings ``missing_not_at_random``.
    study, section, outcome
        As for `move_unobserved`.

    Returns
    -------
    dict of str to DataFrame
        delta_draws (draw, arm, cost, effect, effect_delta, cost_percent) and delta_information,
        with the group ``missing_delta``: would chasing the missing people change the decision?
    """
    columns = ["draw", "arm", "cost", "effect", "effect_delta", "cost_percent"]
    if case is None:
        empty = pd.DataFrame(columns=columns)
        return {"delta_draws": empty, "delta_information": pd.DataFrame(columns=INFORMATION)}
    draws = _moved(arrays, unobserved, case, plan)
    draws["effect_delta"] = case["effect"].ravel()
    draws["cost_percent"] = case["cost_percent"].ravel()
    deltas = np.hstack([case["effect"], case["cost_percent"]])
    plain = section | {"parameter_groups": {}, "sampling": None}
    known = value_information(draws, study, plain, outcome, ready={GROUP: deltas})
    # The arms' means are valued in the table of the base case.
    known = known[known["quantity"].isin(["evpi", f"evppi:{GROUP}"])].reset_index(drop=True)
    return {"delta_draws": draws[columns], "delta_information": known}
