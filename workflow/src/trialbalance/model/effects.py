"""The effect of the dataset in internal units, within the bounds of its family."""

import numpy as np

from trialbalance.contracts import Finding
from trialbalance.model.covariates import AT_CEILING


def flag(dataset, column):
    """Read a boolean column as 0, 1 and NaN; an absent column is all 0.

    Examples
    --------
    >>> flag.__name__
    'flag'
    """
    if column not in dataset:
        return np.zeros(len(dataset))
    values = dataset[column].map({True: 1.0, False: 0.0})
    return values.to_numpy(dtype=float, na_value=np.nan)


def effect_values(dataset, died, study, section, notes, findings):
    """Return the effect in internal units, with its origin, unit, spread and spike.

    Examples
    --------
    >>> effect_values.__name__
    'effect_values'
    """
    values = dataset["effect"].to_numpy(dtype=float, na_value=np.nan)
    ceiling = np.nan_to_num(flag(dataset, "at_ceiling")) == 1
    seen = ~np.isnan(values)
    if not seen.any():
        findings.append(Finding("dataset", None, "effect", "no effect for anybody", None,
                                "analyse an outcome that was measured"))  # fmt: skip
        return None
    family, spike = section["family"], False
    _refuse_constant(values[seen & ~ceiling] if family != "normal" else values[seen], family,
                     findings)  # fmt: skip
    origin, unit = 0.0, 1.0
    if family == "normal":
        pooled, spread = abs(values[seen].mean()), values[seen].std()
        unit = pooled if pooled > 0.5 * spread else spread
        unit = float(unit) or 1.0
    elif family == "bernoulli":
        _refuse(seen & ~np.isin(values, [0, 1]), values, "0 or 1", findings)
    else:
        found = _bounded(dataset, values, ceiling, study, section, findings)
        if found is None:
            return None
        origin, unit, spike = found
    internal = (values - origin) / unit
    alive = seen & ~(died == 1)
    spread = float(np.std(internal[alive])) if alive.any() else 0.0
    if family != "normal" and family != "bernoulli":
        internal = _squeeze(family, internal, ceiling & spike, notes)
    return {
        "effect": internal, "effect_origin": float(origin), "effect_unit": float(unit),
        "effect_spread": spread if spread > 1e-6 else 1.0, "effect_family": family,
        "spike": spike, "at_ceiling": ceiling & seen,
    }  # fmt: skip


def _bounded(dataset, values, ceiling, study, section, findings):
    """Return origin, unit and spike of a family with a ceiling; None where it has no bounds."""
    origin, top = _bounds(study, section, findings)
    if origin is None:
        return None
    seen = ~np.isnan(values)
    unit, open_ended = top - origin, section["family"] == "decrement_gamma"
    slack = 1e-9 * (abs(top) if open_ended else unit)
    out = seen & ((values < origin - slack) | (values > top + slack))
    allowed = f"up to {top:g}" if open_ended else f"{origin:g} to {top:g}"
    _refuse(out, values, allowed, findings)
    if open_ended:
        origin, unit = top, float((top - values[seen]).mean()) or 1.0
    spike = {"auto": bool((ceiling & seen).any()), "yes": True, "no": False}[section["spike"]]
    if spike and section["ceiling_needs_baseline"]:
        _check_baseline(dataset, ceiling & seen, findings)
    return origin, unit, spike


def _squeeze(family, internal, spike, notes):
    """Move values on the bounds just inside: a beta or a gamma has no density there."""
    edge, top = 0.5 / len(internal), 1.0
    if family == "beta":
        inside = np.clip(internal, edge / 10, 1 - edge / 10)
    else:
        inside, top = np.minimum(internal, -edge / 10), 0.0
    moved = int((np.abs(inside - internal) > 0)[~spike & ~np.isnan(internal)].sum())
    if moved:
        notes.append(f"{moved} effects on a bound of the {family} were moved just inside it")
    return np.where(spike, top, inside)


def _bounds(study, section, findings):
    lower, top = section["lower"], section["ceiling"]
    if section["family"] == "decrement_gamma":
        lower = -np.inf
    if top is None and study["horizon_years"] <= 1:
        top = study["horizon_years"]
    for name, value, hint in (
        ("lower", lower, "value-set minimum times horizon, such as -0.594 for a year of EQ-5D-3L"),
        ("ceiling", top, "the discounted horizon"),
    ):
        if value is None:
            findings.append(Finding("study.yaml", None, f"model.effect.{name}", "nothing",
                                    "a number", f"the family needs it: {hint}"))  # fmt: skip
    if not findings and lower >= top:
        findings.append(Finding("study.yaml", None, "model.effect.lower", f"{lower:g}",
                                f"below the ceiling, {top:g}", "correct one of them"))  # fmt: skip
    return (None, None) if findings else (lower, top)


def _refuse(bad, values, allowed, findings):
    if bad.any():
        first = int(np.flatnonzero(bad)[0])
        findings.append(
            Finding("dataset", first + 2, "effect", f"{values[first]:g}", allowed,
                    "correct it or choose another model.effect.family",
                    further=int(bad.sum()) - 1)
        )  # fmt: skip


def _refuse_constant(values, family, findings):
    """Refuse an effect that is the same for everybody: its spread has no posterior."""
    if family != "bernoulli" and len(values) > 1 and values.min() == values.max():
        findings.append(
            Finding("dataset", None, "effect", f"{values[0]:g} for everybody",
                    "an effect that varies", "check how it was scored; if it is right, compare "
                    "costs alone (table observed_case)")
        )  # fmt: skip


def _check_baseline(dataset, ceiling, findings):
    """Refuse a ceiling effect with baseline below the ceiling."""
    if AT_CEILING not in dataset:
        return
    bad = ceiling & (flag(dataset, AT_CEILING) == 0)
    if bad.any():
        first = int(np.flatnonzero(bad)[0])
        findings.append(
            Finding("dataset", first + 2, "at_ceiling", "true with baseline below the ceiling",
                    "false", "set model.effect.ceiling_needs_baseline to false if this is right",
                    further=int(bad.sum()) - 1)
        )  # fmt: skip


def effect_logits(trial, effect, latent=False):
    """Logits of observed beta effects (a harmless 0 where none is seen) and their Jacobian.

    For a decrement its log takes the place of the logit.

    Examples
    --------
    >>> effect_logits.__name__
    'effect_logits'
    """
    if trial.effect_family == "decrement_gamma":
        value = np.log(np.where(effect < 0, -effect, 1.0))
        value = np.where(latent, 0.0, value)
        return {"effect_logit": value, "effect_jacobian": value}
    if trial.effect_family != "beta":
        return {"effect_logit": np.zeros(len(effect)), "effect_jacobian": np.zeros(len(effect))}
    inside = (effect > 0) & (effect < 1)
    value = np.where(inside, effect, 0.5)
    jacobian = np.log(value) + np.log1p(-value)
    return {
        "effect_logit": np.where(latent, 0.0, np.log(value) - np.log1p(-value)),
        "effect_jacobian": np.where(latent, 0.0, jacobian),
    }
