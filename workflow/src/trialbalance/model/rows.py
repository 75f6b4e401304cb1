"""Rows of the likelihood: one for each way the discrete unknowns of a participant can fall.

A participant whose data are complete has one row. Somebody whose effect is missing has a row at
the ceiling and a row below it; a missing category, a missing flag of baseline at ceiling, an
unknown vital status and an unknown zero cost multiply rows in the same way. The likelihood of the
participant is the sum over the rows, so nothing discrete is ever sampled.
"""

import itertools
from dataclasses import dataclass, field

import numpy as np

from trialbalance.contracts import Finding, Problems
from trialbalance.model.covariates import AT_CEILING, BASELINE
from trialbalance.model.effects import effect_logits

_MAX_ROWS = 64


@dataclass
class Configurations:
    """Participants × the values their missing discrete covariates may take.

    ``design`` holds one matrix an equation (effect, cost, ceiling); ``latent`` one entry
    (covariate, rows using the latent value, index of the latent value) a continuous covariate
    with missing values; ``levels`` the level of each discrete covariate with missing values.
    """

    person: np.ndarray
    design: dict
    columns: dict
    levels: dict
    latent: list
    at_baseline_ceiling: np.ndarray
    strata: dict = field(default_factory=dict)
    strata_missing: dict = field(default_factory=dict)
    strata_seen: dict = field(default_factory=dict)
    possible: np.ndarray = field(default=None)


@dataclass
class Rows:
    """Arrays with one entry a row of the likelihood; masks are 0 or 1."""

    person: np.ndarray
    arm: np.ndarray
    configuration: np.ndarray
    dead: np.ndarray
    death_term: np.ndarray
    spike: np.ndarray
    spike_term: np.ndarray
    effect: np.ndarray
    effect_term: np.ndarray
    effect_latent: np.ndarray
    effect_index: np.ndarray
    linked: np.ndarray
    widened: np.ndarray
    cost: np.ndarray
    cost_term: np.ndarray
    zero: np.ndarray
    zero_term: np.ndarray
    ratio_latent: np.ndarray
    ratio_index: np.ndarray
    possible: np.ndarray
    effect_logit: np.ndarray
    effect_jacobian: np.ndarray
    log_cost: np.ndarray
    first_term: np.ndarray
    first_zero: np.ndarray
    first_known: np.ndarray
    first_logit: np.ndarray
    first_jacobian: np.ndarray
    levels: dict


def configurations(trial):
    """Expand participants over the values of their missing discrete covariates.

    Parameters
    ----------
    trial : Trial
        The prepared data.

    Returns
    -------
    Configurations
        One entry a participant and combination of values.

    Raises
    ------
    Problems
        If somebody lacks so many categories that the combinations pass 64.

    Examples
    --------
    >>> configurations.__name__
    'configurations'
    """
    discrete = [c for c in trial.covariates.values() if c.levels and c.missing.any()]
    person, chosen = [], []
    for index in range(trial.size):
        options = [
            range(len(c.levels)) if c.missing[index] else [int(c.values[index])] for c in discrete
        ]
        combinations = list(itertools.product(*options))
        if len(combinations) > _MAX_ROWS:
            raise Problems([_too_many(trial, index, discrete)])
        person += [index] * len(combinations)
        chosen += combinations
    person = np.array(person)
    levels = {c.name: np.array([row[j] for row in chosen]) for j, c in enumerate(discrete)}
    values = {
        name: levels[name].astype(float) if name in levels else c.values[person]
        for name, c in trial.covariates.items()
    }
    at_ceiling = values.get(AT_CEILING, np.ones(len(person)))
    _tie_baseline(trial, values, at_ceiling)
    latent = []
    for name, covariate in trial.covariates.items():
        holes = np.isnan(values[name])
        if not covariate.levels and holes.any():
            order = np.cumsum(covariate.missing) - 1
            latent.append((name, holes.astype(float), np.where(holes, order[person], 0)))
    design, columns = {}, {}
    for equation in ("effect", "cost", "ceiling"):
        used = [trial.covariates[name] for name in getattr(trial, f"{equation}_terms")]
        parts = [covariate.design(values[covariate.name]) for covariate in used]
        design[equation] = np.hstack([np.zeros((len(person), 0)), *parts])
        columns[equation] = [column for covariate in used for column in covariate.columns]
    if AT_CEILING in trial.covariates and trial.spike and not trial.ceiling_needs_baseline:
        design["ceiling"] = np.column_stack([design["ceiling"], at_ceiling - 0.5])
        columns["ceiling"] = [*columns["ceiling"], AT_CEILING]
    setup = Configurations(person, design, columns, levels, latent, at_ceiling)
    setup.possible = np.ones(len(person))
    if trial.ceiling_needs_baseline:
        setup.possible = (at_ceiling == 1).astype(float)
    _add_strata(trial, setup)
    return setup


def _add_strata(trial, setup):
    """Say from which complete covariates, and from whom, a missing one is learnt."""
    complete = [c for c in trial.covariates.values() if not c.missing.any()]
    design = [c.design(c.values) for c in complete if c.name != AT_CEILING]
    for name, _, _ in setup.latent:
        covariate = trial.covariates[name]
        seen = ~covariate.missing
        if name == BASELINE and AT_CEILING in trial.covariates:
            seen &= ~(trial.covariates[AT_CEILING].values == 1)
        setup.strata[name] = np.hstack([np.zeros((trial.size, 0)), *design])
        setup.strata_missing[name] = np.flatnonzero(covariate.missing)
        setup.strata_seen[name] = np.flatnonzero(seen)


def _tie_baseline(trial, values, at_ceiling):
    """Somebody taken to be at the baseline ceiling has the baseline effect of the ceiling."""
    if AT_CEILING not in trial.covariates or BASELINE not in values:
        return
    baseline, flag = trial.covariates[BASELINE], trial.covariates[AT_CEILING]
    top = baseline.values[(flag.values == 1) & ~baseline.missing]
    if len(top):
        holes = np.isnan(values[BASELINE]) & (at_ceiling == 1)
        values[BASELINE] = np.where(holes, top.mean(), values[BASELINE])


def _too_many(trial, index, discrete):
    names = ", ".join(c.name for c in discrete if c.missing[index])
    return Finding(
        "dataset", index + 2, None, f"participant {trial.participants[index]} lacks {names}",
        f"at most {_MAX_ROWS} combinations of missing categories",
        "group the categories or leave a covariate out of the model",
    )  # fmt: skip


def _outcome_options(trial, index, baseline_ceiling):
    """List (dead, spike, first cost is zero) for one participant and covariate configuration."""
    seen_effect = not np.isnan(trial.effect[index])
    seen_cost = ~np.isnan(trial.cost[index])
    unknown_death = trial.deaths and np.isnan(trial.died[index])
    asked = trial.dependence and seen_cost.any()
    asked_first = seen_cost[1:].any() or (trial.effect_on_cost and seen_effect)
    died = [0, 1] if unknown_death and (seen_effect or seen_cost.any()) else None
    died = died or [int(trial.deaths and trial.died[index] == 1)]
    zeros = [0]
    if not seen_cost[0] and asked_first and 0 in trial.hurdle:
        zeros = [0, 1]
    for dead, zero in itertools.product(died, zeros):
        spikes = [0]
        if trial.effect_family == "bernoulli":
            spikes = [int(trial.effect[index])] if seen_effect else [0, 1] if asked else [0]
        elif trial.spike and not dead:
            possible = baseline_ceiling or not trial.ceiling_needs_baseline
            if seen_effect:
                spikes = [int(trial.at_ceiling[index])]
                if spikes[0] and not possible:
                    continue
            elif asked and possible:
                spikes = [0, 1]
        yield from ((dead, spike, zero) for spike in spikes)


def expand(trial, setup):
    """Build the rows of the likelihood.

    Parameters
    ----------
    trial : Trial
        The prepared data.
    setup : Configurations
        Participants expanded over missing discrete covariates.

    Returns
    -------
    Rows
        Arrays, and the numbers of the rows each participant sums over.

    Examples
    --------
    >>> expand.__name__
    'expand'
    """
    listed = [
        (configuration, *option)
        for configuration, person in enumerate(setup.person)
        for option in _outcome_options(trial, person, setup.at_baseline_ceiling[configuration] == 1)
    ]
    configuration, dead, spike, zero_first = (
        np.array(column) for column in zip(*listed, strict=True)
    )
    person = setup.person[configuration]
    effect, cost = trial.effect[person], trial.cost[person]
    seen, seen_cost = ~np.isnan(effect), ~np.isnan(cost)
    possible = setup.possible[configuration] == 1
    alive = dead == 0
    asked = trial.dependence & seen_cost.any(axis=1)
    needs = ~seen & asked & alive & (trial.effect_family != "bernoulli")
    closed = trial.effect_family == trial.cost_family == "normal" and cost.shape[1] == 1
    latent = needs & (not closed)
    hurdle = np.isin(np.arange(cost.shape[1]), trial.hurdle)
    zero = (cost == 0) & hurdle
    follows = trial.effect_on_cost & seen & ~seen_cost[:, 0]
    closed_cost = closed & follows & (0 not in trial.hurdle)
    ratio = ~seen_cost[:, 0] & (seen_cost[:, 1:].any(axis=1) | follows & ~closed_cost)
    zero[:, 0] |= (zero_first == 1) & ratio
    zero_term = seen_cost & hurdle
    zero_term[:, 0] |= ratio & hurdle[0]
    binary = trial.effect_family == "bernoulli"
    fraction = np.where(trial.bounded & seen_cost[:, 0] & (cost[:, 0] > 0), cost[:, 0], 0.5)
    return Rows(
        person=person,
        arm=trial.arm[person],
        configuration=configuration,
        dead=dead.astype(float),
        death_term=_known_death(trial, person, seen, seen_cost),
        spike=spike.astype(float),
        spike_term=((seen | asked) & possible & alive & (trial.spike | binary)).astype(float),
        effect=np.where(latent, 0.0, np.where(seen, effect, 0.5)),
        **effect_logits(trial, effect, latent),
        possible=possible.astype(float),
        log_cost=np.log(np.where(seen_cost & (cost > 0), cost, 1.0)),
        first_term=(seen_cost[:, 0] & ~zero[:, 0]).astype(float),
        first_zero=(zero[:, 0] & (seen_cost[:, 0] | ratio)).astype(float),
        first_known=(seen_cost[:, 0] | ratio).astype(float),
        levels={name: level[configuration] for name, level in setup.levels.items()},
        effect_term=((seen & (spike == 0) | latent) & (not binary)).astype(float),
        effect_latent=latent,
        effect_index=number(latent, person),
        linked=(trial.dependence & alive & (seen | latent | binary)).astype(float),
        widened=(needs & closed | closed_cost & alive).astype(float),
        cost=np.where(seen_cost & ~zero, cost, 1.0),
        cost_term=(seen_cost & ~zero).astype(float),
        zero=zero[:, trial.hurdle].astype(float),
        zero_term=zero_term[:, trial.hurdle].astype(float),
        ratio_latent=ratio,
        ratio_index=number(ratio, person),
        first_logit=np.log(fraction) - np.log1p(-fraction),
        first_jacobian=np.log(fraction) + np.log1p(-fraction),
    )


def number(mask, person):
    """Give each row the number of its participant among those under a mask.

    Examples
    --------
    >>> number(np.array([True, False, True]), np.array([4, 5, 7]))
    array([0, 0, 1])
    """
    people = np.unique(person[mask])
    return np.where(mask, np.searchsorted(people, person), 0)


def _known_death(trial, person, seen, seen_cost):
    known = ~np.isnan(trial.died[person]) | seen | seen_cost.any(axis=1)
    return (known & trial.deaths).astype(float)
