"""Log density of the posterior and its gradient at one point, compiled once and kept on disk.

This is the only compiled code of the model, and data are its arguments, so that new data, new
priors and another trial cost no compiling. Everything stands in one file because Numba renews what
it keeps on disk when this file changes, and looks at no other. What a row of the likelihood means
is told in ``likelihood.py``, which says the same for all draws at once; a test holds the two equal
and the gradient against differences.

Each row of the likelihood sees a short vector ``x`` of predictors; its slots are the constants
below. A spread's slot holds what the density uses (shape of a gamma, SD of a log, precision of a
beta), and its derivative is turned into that of the parameter when the rows have been added up.
"""

import math
from collections import namedtuple

import numpy as np
from numba import njit

# What the density reads; types must not depend on the trial (see pack.py).
Data = namedtuple(
    "Data",
    "kind parent location scale law cost_law size places arm configuration rows_of row cost "
    "effect_number cost_number latent_effect latent_cost effect_design effect_slope "
    "ceiling_design ceiling_slope cost_design cost_slope strata hidden hidden_width hidden_column "
    "hidden_person hidden_seen hidden_value hidden_index categories levels blocks units unit",
)
NORMAL, BETA, DECREMENT, BERNOULLI = 0, 1, 2, 3
GAMMA, LOGNORMAL, BOUNDED = 1, 2, 3
EFFECT, CEILING, SPREAD, ON_COST, CEILING_ON_COST, DEATH, DEAD_MEAN, DEAD_SPREAD = range(8)
LATENT_EFFECT, LATENT_COST = 8, 9
COSTS = 10
LEVEL, VARIATION, DEPENDENCE, ZERO, CARRY = range(5)
PER_COST = 5
# Kinds of prior.
NORMAL_AROUND, HALF_NORMAL, SHARE, FLAT, WEIGHT, CORRELATION = range(6)
# Columns of what a row knows, of what it knows by source group, and of what holds for all rows.
(DEAD, DEATH_TERM, AT_SPIKE, SPIKE_TERM, EFFECT_VALUE, EFFECT_TERM, EFFECT_LATENT, EFFECT_LOGIT,
 EFFECT_JACOBIAN, LINKED, WIDENED, POSSIBLE, FIRST_TERM, FIRST_ZERO, FIRST_KNOWN,
 COST_LATENT) = range(16)  # fmt: skip
COST, COST_TERM, COST_LOG, COST_LOGIT, COST_JACOBIAN, AT_ZERO, ZERO_TERM = range(7)
FAMILY, ON_EFFECT, FOLLOWS_COST, SPIKE = range(4)
EFFECT_TOP, EFFECT_SCALE, COST_SCALE = range(3)
# What holds for all rows of an arm, so that it is worked out once: constants of each cost density
# with the chance of zero, then (last line) those of the effect density and the risk of death.
CONSTANT, BY_SPREAD, LOG_SOME, CHANCE_ZERO, SCORE_MEAN, SCORE_BY_SPREAD = range(6)
LOG_DEATH, LOG_ALIVE = 2, 3

_compiled = njit(cache=True, error_model="numpy")
# Functions of one row make no arrays; without reference counts they are a quarter faster.
_small = njit(cache=True, error_model="numpy", _nrt=False)
_HALF_LOG_2PI = 0.5 * math.log(2 * math.pi)


@_small
def _log_gamma(x):
    """Return the log gamma function and its derivative, x > 0, by Stirling's series.

    Small arguments are raised first, which costs one logarithm for both.
    """
    # The product of the steps and its derivative: their ratio is the sum of the inverses.
    product, by_x = 1.0, 0.0
    while x < 8.0:
        by_x = by_x * x + product
        product *= x
        x += 1.0
    log_x, i = math.log(x), 1.0 / (x * x)
    series = (1 / 12 - i * (1 / 360 - i * (1 / 1260 - i * (1 / 1680 - i / 1188)))) / x
    slope = i * (1 / 12 - i * (1 / 120 - i * (1 / 252 - i * (1 / 240 - i / 132))))
    value = (x - 0.5) * log_x - x + _HALF_LOG_2PI + series - math.log(product)
    return value, log_x - 0.5 / x - slope - by_x / product


@_small
def _sigmoid(x):
    if x >= 0:
        return 1.0 / (1.0 + math.exp(-x))
    other = math.exp(x)
    return other / (1.0 + other)


@_small
def _softplus(x):
    return max(x, 0.0) + math.log1p(math.exp(-abs(x)))


@_small
def _normal(value, mean, spread):
    """Return log density and its derivatives by value, mean and SD."""
    z = (value - mean) / spread
    slope = z / spread
    return -0.5 * z * z - math.log(spread) - _HALF_LOG_2PI, -slope, slope, (z * z - 1) / spread


@_small
def _gamma_log(ratio, shape, constant, d_constant):
    """Return log density of the log of a gamma over its mean; derivatives by ratio and shape."""
    power = math.exp(ratio)
    return constant + shape * (ratio - power), shape * (1 - power), d_constant + ratio - power


@_small
def _beta_logit(logit, mean, precision, whole, by_whole):
    """Return log density of the logit of a beta; derivatives by logit, mean and precision.

    ``whole`` and ``by_whole`` are the log gamma function of the precision and its derivative.
    """
    a, b = max(mean * precision, 1e-300), max((1 - mean) * precision, 1e-300)
    of_a, by_a = _log_gamma(a)
    of_b, by_b = _log_gamma(b)
    soft = _softplus(logit)
    value = a * logit - precision * soft + whole - of_a - of_b
    by_a, by_b = logit - by_a, -by_b
    by_precision = by_whole - soft + mean * by_a + (1 - mean) * by_b
    return value, a - precision * _sigmoid(logit), precision * (by_a - by_b), by_precision


@_small
def _gamma_constants(shape):
    """Return the constant of a gamma density and its derivative by the shape."""
    value, slope = _log_gamma(shape)
    return shape * math.log(shape) - value, math.log(shape) + 1 - slope


@_small
def _first_cost(row, cost, cost_law, size, x, constants):
    """Return the score of the first cost, its slopes by level, spread, latent value and zero."""
    family, level, spread = cost_law[0, 0], x[COSTS + LEVEL], x[COSTS + VARIATION]
    positive = 1.0 - row[FIRST_ZERO]
    zero = constants[0, CHANCE_ZERO]
    seen, latent = row[FIRST_TERM], x[LATENT_COST] * row[COST_LATENT]
    by_level = by_spread = by_latent = 0.0
    if family == GAMMA:
        ratio = math.exp(seen * (cost[0, COST_LOG] - level) + latent)
        power = math.exp(-ratio)
        slope = power * ratio
        value, by_level, by_latent = 1 - power, -seen * slope, slope
        mean, mean_by_level = constants[0, SCORE_MEAN], 0.0
        mean_by_spread = constants[0, SCORE_BY_SPREAD]
    elif family == BOUNDED:
        mean = _sigmoid(level)
        mean_by_level, mean_by_spread = mean * (1 - mean), 0.0
        value = cost[0, COST] * seen
        if row[COST_LATENT] > 0:
            value = _sigmoid(latent)
            by_latent = value * (1 - value)
    elif family == LOGNORMAL:
        residual = cost[0, COST_LOG] - level + 0.5 * spread * spread
        value = _sigmoid(seen * residual / spread + latent)
        slope = value * (1 - value)
        by_level, by_latent = -slope * seen / spread, slope
        by_spread = slope * seen * (1 - residual / (spread * spread))
        mean, mean_by_level, mean_by_spread = 0.5, 0.0, 0.0
    else:
        # The mean plus what stands above it; without an observed or latent cost, the mean.
        value = level + seen * (cost[0, COST] - level) + spread * latent
        by_level, by_spread, by_latent = 1 - seen, latent, spread
        mean, mean_by_level, mean_by_spread = level, 1.0, 0.0
    some = 1 - zero
    score = (positive * value - some * mean) / size[COST_SCALE]
    return (
        score,
        (positive * by_level - some * mean_by_level) / size[COST_SCALE],
        (positive * by_spread - some * mean_by_spread) / size[COST_SCALE],
        positive * by_latent / size[COST_SCALE],
        zero * (1 - zero) * mean / size[COST_SCALE],
    )


@_small
def _bounded_effect(law, eta):
    """Return the mean effect below the ceiling and its slope by the predictor."""
    if law[FAMILY] == DECREMENT:
        level = -math.exp(-eta)
        return level, -level
    level = _sigmoid(eta)
    return level, level * (1 - level)


@_small
def _effect(row, law, size, x, eta, psi, spread, whole, d):
    """Return log density of the effect, the effect, its mean, and slopes of both in ``d``.

    ``d``: 0–3 of the density by eta, psi, spread, latent; 4 of the effect by eta, 5 by spread,
    6 by latent; 7 and 8 of the mean by eta and psi.
    """
    d[:] = 0.0
    family, value, effect = law[FAMILY], 0.0, row[EFFECT_VALUE]
    share = level = mean = 0.0
    if law[SPIKE] == 1 or family == BERNOULLI:
        logit = eta if family == BERNOULLI else psi
        chance = _sigmoid(logit)
        value += row[SPIKE_TERM] * (row[AT_SPIKE] * logit - _softplus(logit))
        slope = row[SPIKE_TERM] * (row[AT_SPIKE] - chance)
        if family == BERNOULLI:
            d[0], d[7] = slope, chance * (1 - chance)
            return value, row[AT_SPIKE], chance
        d[1] = slope
        share = row[POSSIBLE] * chance
        d[8] = share * (1 - chance)
    term = row[EFFECT_TERM] * (1 - row[DEAD])
    latent = row[EFFECT_LATENT] > 0
    if family == NORMAL:
        mean = eta
        d[7] = 1.0
        if latent:
            z = x[LATENT_EFFECT]
            effect = eta + spread * z
            d[4], d[5], d[6] = 1.0, z, spread
        elif term > 0:
            own, _, by_mean, by_spread = _normal(effect, eta, spread)
            value += own
            d[0], d[2] = by_mean, by_spread
        return value, effect, mean
    level, by_eta = _bounded_effect(law, eta)
    mean = level + share * (size[EFFECT_TOP] - level)
    d[7], d[8] = by_eta * (1 - share), d[8] * (size[EFFECT_TOP] - level)
    logit = x[LATENT_EFFECT] if latent else row[EFFECT_LOGIT]
    if latent:
        if family == DECREMENT:
            effect = -math.exp(logit)
            d[6] = effect
        else:
            effect = _sigmoid(logit)
            d[6] = effect * (1 - effect)
    if row[AT_SPIKE] > 0:
        effect, d[6] = size[EFFECT_TOP], 0.0
    if term > 0:
        if family == DECREMENT:
            own, by_logit, by_spread = _gamma_log(logit + eta, spread, whole[0], whole[1])
            d[0] += by_logit
        else:
            own, by_logit, by_mean, by_spread = _beta_logit(
                logit, level, spread, whole[0], whole[1]
            )
            d[0] += by_mean * by_eta
        value += own - row[EFFECT_JACOBIAN]
        d[2], d[3] = by_spread, by_logit if latent else 0.0
    return value, effect, mean


@_small
def _dead_effect(row, law, x, g):
    """Add the density of the effect of somebody who died."""
    mean, spread = x[DEAD_MEAN], x[DEAD_SPREAD]
    if law[FAMILY] == NORMAL:
        value, _, by_mean, by_spread = _normal(row[EFFECT_VALUE], mean, spread)
    elif law[FAMILY] == DECREMENT:
        constant, slope = _gamma_constants(spread)
        value, by_mean, by_spread = _gamma_log(row[EFFECT_LOGIT] + mean, spread, constant, slope)
    else:
        middle = _sigmoid(mean)
        value, _, by_mean, by_spread = _beta_logit(
            row[EFFECT_LOGIT], middle, spread, *_log_gamma(spread)
        )
        by_mean *= middle * (1 - middle)
    g[DEAD_MEAN] += by_mean
    g[DEAD_SPREAD] += by_spread
    return value - row[EFFECT_JACOBIAN]


@_small
def _cost_density(cost, cost_law, k, level, spread, constants, g, at):
    """Return the log density of one observed cost and its slope by level; spread goes to g."""
    family = cost_law[k, 0]
    if family == NORMAL:
        value, _, by_level, by_spread = _normal(cost[k, COST], level, spread)
        g[at + VARIATION] += by_spread
        return value, by_level
    if family == GAMMA:
        value, by_ratio, by_shape = _gamma_log(
            cost[k, COST_LOG] - level, spread, constants[k, 0], constants[k, 1]
        )
        g[at + VARIATION] += by_shape
        return value - cost[k, COST_LOG], -by_ratio
    if family == LOGNORMAL:
        half = 0.5 * spread * spread
        value, by_value, _, by_spread = _normal(cost[k, COST_LOG] - level, -half, spread)
        g[at + VARIATION] += by_spread + by_value * spread
        return value - cost[k, COST_LOG], -by_value
    mean = _sigmoid(level)
    value, _, by_mean, by_spread = _beta_logit(
        cost[k, COST_LOGIT], mean, spread, constants[k, 0], constants[k, 1]
    )
    g[at + VARIATION] += by_spread
    return value - cost[k, COST_JACOBIAN], by_mean * mean * (1 - mean)


@_small
def _latent_density(cost_law, x, level, constants, g):
    """Return the density of a latent first cost that has a flat prior (gamma, bounded)."""
    latent, spread = x[LATENT_COST], x[COSTS + VARIATION]
    if cost_law[0, 0] == GAMMA:
        value, by_ratio, by_shape = _gamma_log(latent, spread, constants[0, 0], constants[0, 1])
        g[LATENT_COST] += by_ratio
        g[COSTS + VARIATION] += by_shape
        return value, 0.0
    if cost_law[0, 0] == BOUNDED:
        mean = _sigmoid(level)
        value, by_logit, by_mean, by_spread = _beta_logit(
            latent, mean, spread, constants[0, 0], constants[0, 1]
        )
        g[LATENT_COST] += by_logit
        g[COSTS + VARIATION] += by_spread
        return value, by_mean * mean * (1 - mean)
    return 0.0, 0.0


@_small
def _excess(row, cost, cost_law, x, level, spread, e):
    """Return what the first cost hands to later ones: its residual, or its ratio to the mean.

    Slopes in ``e``: by level, spread, latent, zero.
    """
    e[:] = 0.0
    seen, hidden = row[FIRST_TERM], row[COST_LATENT]
    family, latent = cost_law[0, 0], x[LATENT_COST]
    if family == NORMAL:
        e[0], e[1], e[2] = -seen, hidden * latent, hidden * spread
        return seen * (cost[0, COST] - level) + hidden * spread * latent
    if family == BOUNDED:
        mean = _sigmoid(level)
        log_ratio = seen * (cost[0, COST_LOG] - math.log(mean))
        e[0] = -seen * (1 - mean)
        if hidden > 0:
            log_ratio = -_softplus(-latent) - math.log(mean)
            e[0], e[2] = -(1 - mean), 1 - _sigmoid(latent)
    elif family == LOGNORMAL:
        log_ratio = seen * (cost[0, COST_LOG] - level)
        log_ratio += hidden * (spread * latent - 0.5 * spread * spread)
        e[0], e[1], e[2] = -seen, hidden * (latent - spread), hidden * spread
    else:
        log_ratio = seen * (cost[0, COST_LOG] - level) + hidden * latent
        e[0], e[2] = -seen, hidden
    ratio = math.exp(log_ratio)
    if cost_law[0, 1]:
        odds = row[FIRST_KNOWN] * math.exp(x[COSTS + ZERO])
        ratio *= (1 - row[FIRST_ZERO]) * (1 + odds)
        e[3] = odds / (1 + odds)
    for i in range(4):
        e[i] *= ratio
    return ratio


@_small
def _costs(row, cost, cost_law, x, score, through, constants, g, e):
    """Add the densities of the costs of a row; return them, and the slope by the score.

    ``through`` is the SD that a missing normal effect adds per unit of dependence.
    """
    value, by_score, by_through = 0.0, 0.0, 0.0
    groups = len(cost_law)
    excess, by_excess, first_spread = 0.0, 0.0, 1.0
    for k in range(groups):
        at = COSTS + PER_COST * k
        level = x[at + LEVEL] + x[at + DEPENDENCE] * score
        spread = x[at + VARIATION]
        wide = x[at + DEPENDENCE] * through
        widened = wide != 0.0
        if widened:
            spread = math.sqrt(spread * spread + wide * wide)
        by_level = 0.0
        if k == 0:
            first_spread = spread
            if groups > 1:
                excess = _excess(row, cost, cost_law, x, level, spread, e)
            if row[COST_LATENT] > 0:
                own, by_level = _latent_density(cost_law, x, level, constants, g)
                value += own
        elif cost[k, COST_TERM] > 0:
            carry = x[at + CARRY]
            if cost_law[0, 0] == NORMAL:
                level += carry * excess
            else:
                level += math.log1p(carry * (excess - 1))
        if cost[k, COST_TERM] > 0:
            before = g[at + VARIATION]
            own, slope = _cost_density(cost, cost_law, k, level, spread, constants, g, at)
            value += own
            by_level += slope
            if widened:
                by_spread = g[at + VARIATION] - before
                g[at + VARIATION] = before + by_spread * x[at + VARIATION] / spread
                g[at + DEPENDENCE] += by_spread * wide * through / spread
                by_through += by_spread * wide * x[at + DEPENDENCE] / spread
            if k > 0:
                carry = x[at + CARRY]
                if cost_law[0, 0] == NORMAL:
                    g[at + CARRY] += slope * excess
                    by_excess += slope * carry
                else:
                    inside = 1 + carry * (excess - 1)
                    g[at + CARRY] += slope * (excess - 1) / inside
                    by_excess += slope * carry / inside
        g[at + LEVEL] += by_level
        g[at + DEPENDENCE] += by_level * score
        by_score += by_level * x[at + DEPENDENCE]
    if by_excess != 0.0:
        g[COSTS + LEVEL] += by_excess * e[0]
        g[COSTS + DEPENDENCE] += by_excess * e[0] * score
        by_score += by_excess * e[0] * x[COSTS + DEPENDENCE]
        g[COSTS + VARIATION] += by_excess * e[1] * x[COSTS + VARIATION] / first_spread
        g[LATENT_COST] += by_excess * e[2]
        g[COSTS + ZERO] += by_excess * e[3]
    return value, by_score, by_through


@_small
def _row(row, cost, law, cost_law, size, x, constants, g, d, e):
    """Return the log-likelihood of a row; its slopes by the slots of ``x`` are put in ``g``."""
    g[:] = 0.0
    value = 0.0
    eta, psi, spread = x[EFFECT], x[CEILING], x[SPREAD]
    follows = law[FOLLOWS_COST] == 1 and row[FIRST_KNOWN] > 0
    known, by_level, by_spread, by_latent, by_zero = 0.0, 0.0, 0.0, 0.0, 0.0
    if follows:
        known, by_level, by_spread, by_latent, by_zero = _first_cost(
            row, cost, cost_law, size, x, constants
        )
        eta += x[ON_COST] * known
        psi += x[CEILING_ON_COST] * known
    own = spread
    extra = 0.0
    if law[FOLLOWS_COST] == 1 and row[WIDENED] > 0:
        # A missing normal cost integrates out exactly: its variance joins that of the effect.
        extra = x[COSTS + VARIATION] / size[COST_SCALE]
        own = math.sqrt(spread * spread + (x[ON_COST] * extra) ** 2)
    part, effect, mean = _effect(row, law, size, x, eta, psi, own, constants[-1], d)
    value += part
    by_eta, by_psi, by_own = d[0], d[1], d[2]
    g[LATENT_EFFECT] += d[3]
    score, through = 0.0, 0.0
    if law[ON_EFFECT] == 1:
        score = row[LINKED] * (effect - mean) / size[EFFECT_SCALE]
        through = row[WIDENED] * spread / size[EFFECT_SCALE]
    part, by_score, by_through = _costs(row, cost, cost_law, x, score, through, constants, g, e)
    value += part
    if law[ON_EFFECT] == 1:
        slope = by_score * row[LINKED] / size[EFFECT_SCALE]
        by_eta += slope * (d[4] - d[7])
        by_psi -= slope * d[8]
        by_own += slope * d[5]
        g[LATENT_EFFECT] += slope * d[6]
        g[SPREAD] += by_through * row[WIDENED] / size[EFFECT_SCALE]
    for k in range(len(cost_law)):
        if cost[k, ZERO_TERM] > 0:
            at = COSTS + PER_COST * k + ZERO
            value += cost[k, AT_ZERO] * x[at] + constants[k, LOG_SOME]
            g[at] += cost[k, AT_ZERO] - constants[k, CHANCE_ZERO]
    if row[DEATH_TERM] > 0:
        chance = x[DEATH]
        value += constants[-1, LOG_DEATH if row[DEAD] > 0 else LOG_ALIVE]
        g[DEATH] += 1 / chance if row[DEAD] > 0 else -1 / (1 - chance)
    if row[DEAD] > 0 and row[EFFECT_TERM] > 0 and row[EFFECT_LATENT] == 0:
        value += _dead_effect(row, law, x, g)
    if extra > 0:
        g[ON_COST] += by_own * x[ON_COST] * extra * extra / own
        g[COSTS + VARIATION] += by_own * x[ON_COST] ** 2 * extra / (own * size[COST_SCALE])
        by_own *= spread / own
    g[EFFECT] += by_eta
    g[CEILING] += by_psi
    g[SPREAD] += by_own
    if follows:
        g[ON_COST] += by_eta * known
        g[CEILING_ON_COST] += by_psi * known
        slope = by_eta * x[ON_COST] + by_psi * x[CEILING_ON_COST]
        g[COSTS + LEVEL] += slope * by_level
        g[COSTS + VARIATION] += slope * by_spread
        g[LATENT_COST] += slope * by_latent * row[COST_LATENT]
        g[COSTS + ZERO] += slope * by_zero
    return value


@_compiled
def constrain(data, theta):
    """Return the parameters at an unconstrained point.

    Examples
    --------
    >>> constrain.__name__
    'constrain'
    """
    values = np.empty(len(theta))
    for i in range(len(theta)):
        kind = data.kind[i]
        if kind in (HALF_NORMAL, WEIGHT):
            values[i] = math.exp(theta[i])
        elif kind == SHARE:
            values[i] = _sigmoid(theta[i])
        elif kind == CORRELATION:
            values[i] = 2 * _sigmoid(theta[i]) - 1
        else:
            values[i] = theta[i]
    return values


@_compiled
def _prior(data, theta, values, slopes, gradient):
    """Add log priors with their Jacobians; chain slopes by parameters to the point."""
    total = 0.0
    for i in range(len(theta)):
        kind, value, scale = data.kind[i], values[i], data.scale[i]
        if kind == NORMAL_AROUND:
            parent = data.parent[i]
            centre = data.location[i] + (values[parent] if parent >= 0 else 0.0)
            own, by_value, by_mean, _ = _normal(value, centre, scale)
            total += own
            gradient[i] += by_value + slopes[i]
            if parent >= 0:
                gradient[parent] += by_mean
        elif kind == HALF_NORMAL:
            z = value / scale
            total += math.log(2.0) - _HALF_LOG_2PI - math.log(scale) - 0.5 * z * z + theta[i]
            gradient[i] += 1 - z * z + slopes[i] * value
        elif kind == SHARE:
            a, b = data.location[i], scale
            total += a * theta[i] - (a + b) * _softplus(theta[i])
            total += math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
            gradient[i] += a - (a + b) * value + slopes[i] * value * (1 - value)
        elif kind == CORRELATION:
            # LKJ of two dimensions: a beta on half of one plus the correlation.
            half = 0.5 * (value + 1)
            shape = scale
            total += shape * theta[i] - 2 * shape * _softplus(theta[i])
            total += math.lgamma(2 * shape) - 2 * math.lgamma(shape)
            gradient[i] += shape - 2 * shape * half + slopes[i] * 2 * half * (1 - half)
        elif kind == WEIGHT:
            # Shares are weights over their sum; exponential weights make them uniform.
            total += theta[i] - value
            gradient[i] += 1 - value + slopes[i] * value
        else:
            gradient[i] += slopes[i]
    return total


@_compiled
def _arm_table(data, values):
    """Return slots by arm, their derivatives by the parameter, and constants of the densities.

    The last constants are those of the effect, the others those of each source group of cost.
    """
    arms, slots = data.places.shape
    groups = len(data.cost_law)
    table, chain = np.zeros((arms, slots)), np.ones((arms, slots))
    constants = np.zeros((arms, groups + 1, 6))
    for a in range(arms):
        for m in range(slots):
            if data.places[a, m] >= 0:
                table[a, m] = values[data.places[a, m]]
        for m in (SPREAD, DEAD_SPREAD):
            if data.places[a, m] < 0:
                table[a, m] = 1.0
            elif data.law[FAMILY] == BETA:
                table[a, m] = math.exp(table[a, m])
                chain[a, m] = table[a, m]
            elif data.law[FAMILY] == DECREMENT:
                own = table[a, m]
                table[a, m] = own**-2.0
                chain[a, m] = -2 * own**-3.0
        if data.law[FAMILY] == BETA:
            constants[a, groups, 0], constants[a, groups, 1] = _log_gamma(table[a, SPREAD])
        elif data.law[FAMILY] == DECREMENT:
            constants[a, groups, 0], constants[a, groups, 1] = _gamma_constants(table[a, SPREAD])
        if data.places[a, DEATH] >= 0:
            constants[a, groups, LOG_DEATH] = math.log(table[a, DEATH])
            constants[a, groups, LOG_ALIVE] = math.log1p(-table[a, DEATH])
        for k in range(groups):
            m = COSTS + PER_COST * k + VARIATION
            own = table[a, m]
            if data.cost_law[k, 0] == GAMMA:
                shape = own**-2.0
                table[a, m], chain[a, m] = shape, -2 * own**-3.0
                constants[a, k, 0], constants[a, k, 1] = _gamma_constants(shape)
            elif data.cost_law[k, 0] == LOGNORMAL:
                table[a, m] = math.sqrt(math.log1p(own * own))
                chain[a, m] = own / ((1 + own * own) * table[a, m])
            elif data.cost_law[k, 0] == BOUNDED:
                table[a, m] = math.exp(own)
                chain[a, m] = table[a, m]
                constants[a, k, 0], constants[a, k, 1] = _log_gamma(table[a, m])
            if data.cost_law[k, 1]:
                logit = table[a, COSTS + PER_COST * k + ZERO]
                constants[a, k, LOG_SOME] = -_softplus(logit)
                constants[a, k, CHANCE_ZERO] = _sigmoid(logit)
        if data.cost_law[0, 0] == GAMMA:
            # Mean of 1 - exp(-cost / mean) of a gamma, and its slope by the shape.
            shape = table[a, COSTS + VARIATION]
            log_part = math.log1p(1 / shape)
            base = math.exp(-shape * log_part)
            constants[a, 0, SCORE_MEAN] = 1 - base
            constants[a, 0, SCORE_BY_SPREAD] = base * (log_part - 1 / (shape + 1))
    return table, chain, constants


@_compiled
def _deviations(data, values):
    """Return deviations of sites and subgroups: of the effect and of cost, by block and unit."""
    found = np.zeros((len(data.blocks), data.units, 2))
    for b in range(len(data.blocks)):
        spread_e, spread_c, correlation = data.blocks[b, 0], data.blocks[b, 1], data.blocks[b, 2]
        first, second, units = data.blocks[b, 3], data.blocks[b, 4], data.blocks[b, 5]
        rho = values[correlation] if correlation >= 0 else 0.0
        rest = math.sqrt(1 - rho * rho)
        for j in range(units):
            own = values[first + j]
            found[b, j, 0] = values[spread_e] * own
            found[b, j, 1] = values[spread_c] * (rho * own + rest * values[second + j])
    return found


@_compiled
def _deviation_slopes(data, values, by, slopes):
    """Chain slopes by deviations to their parameters."""
    for b in range(len(data.blocks)):
        spread_e, spread_c, correlation = data.blocks[b, 0], data.blocks[b, 1], data.blocks[b, 2]
        first, second, units = data.blocks[b, 3], data.blocks[b, 4], data.blocks[b, 5]
        rho = values[correlation] if correlation >= 0 else 0.0
        rest = math.sqrt(1 - rho * rho)
        for j in range(units):
            one, two = values[first + j], values[second + j]
            slopes[spread_e] += by[b, j, 0] * one
            slopes[first + j] += by[b, j, 0] * values[spread_e]
            slopes[spread_c] += by[b, j, 1] * (rho * one + rest * two)
            slopes[first + j] += by[b, j, 1] * values[spread_c] * rho
            slopes[second + j] += by[b, j, 1] * values[spread_c] * rest
            if correlation >= 0:
                slopes[correlation] += by[b, j, 1] * values[spread_c] * (one - rho / rest * two)


@_compiled
def _hidden(data, values):
    """Return the values of missing continuous covariates, by covariate and number."""
    found = np.zeros((len(data.hidden), data.hidden_width))
    for c in range(len(data.hidden)):
        mean, spread, slope = data.hidden[c, 0], data.hidden[c, 1], data.hidden[c, 2]
        first, count = data.hidden[c, 3], data.hidden[c, 4]
        for i in range(count):
            person = data.hidden_person[c, i]
            centre = values[mean]
            for s in range(data.strata.shape[1]):
                centre += data.strata[person, s] * values[slope + s]
            found[c, i] = centre + values[spread] * values[first + i]
    return found


@_compiled
def _hidden_slopes(data, values, by, slopes):
    """Chain slopes by missing covariates; add the likelihood of the observed ones."""
    total = 0.0
    for c in range(len(data.hidden)):
        mean, spread, slope = data.hidden[c, 0], data.hidden[c, 1], data.hidden[c, 2]
        first, count = data.hidden[c, 3], data.hidden[c, 4]
        for i in range(count):
            person = data.hidden_person[c, i]
            slopes[mean] += by[c, i]
            for s in range(data.strata.shape[1]):
                slopes[slope + s] += by[c, i] * data.strata[person, s]
            slopes[spread] += by[c, i] * values[first + i]
            slopes[first + i] += by[c, i] * values[spread]
        for person in range(data.strata.shape[0]):
            if data.hidden_seen[c, person] == 0:
                continue
            centre = values[mean]
            for s in range(data.strata.shape[1]):
                centre += data.strata[person, s] * values[slope + s]
            own, _, by_mean, by_spread = _normal(
                data.hidden_value[c, person], centre, values[spread]
            )
            total += own
            slopes[mean] += by_mean
            slopes[spread] += by_spread
            for s in range(data.strata.shape[1]):
                slopes[slope + s] += by_mean * data.strata[person, s]
    return total


@_compiled
def _log_shares(data, values):
    """Return the log share of each category weight, 0 for other parameters."""
    found = np.zeros(len(values))
    for c in range(len(data.categories)):
        start, size = data.categories[c, 0], data.categories[c, 1]
        total = values[start : start + size].sum()
        for i in range(start, start + size):
            found[i] = math.log(values[i] / total)
    return found


@_compiled
def _predict(data, values, table, deviations, hidden):
    """Return the slots of all rows: arm, covariates, deviations, latent values."""
    groups, per_row = len(data.cost_law), np.empty((len(data.arm), table.shape[1]))
    for r in range(len(data.arm)):
        own, x = data.configuration[r], per_row[r]
        x[:] = table[data.arm[r]]
        for j in range(data.effect_design.shape[1]):
            x[EFFECT] += data.effect_design[own, j] * values[data.effect_slope + j]
        for j in range(data.ceiling_design.shape[1]):
            x[CEILING] += data.ceiling_design[own, j] * values[data.ceiling_slope + j]
        for j in range(data.cost_design.shape[1]):
            for k in range(groups):
                at = data.cost_slope + groups * j + k
                x[COSTS + PER_COST * k] += data.cost_design[own, j] * values[at]
        for c in range(len(hidden)):
            number = data.hidden_index[own, c]
            if number < 0:
                continue
            value = hidden[c, number]
            if data.hidden_column[c, 0] >= 0:
                x[EFFECT] += value * values[data.effect_slope + data.hidden_column[c, 0]]
            if data.hidden_column[c, 1] >= 0:
                x[CEILING] += value * values[data.ceiling_slope + data.hidden_column[c, 1]]
            if data.hidden_column[c, 2] >= 0:
                for k in range(groups):
                    at = data.cost_slope + groups * data.hidden_column[c, 2] + k
                    x[COSTS + PER_COST * k] += value * values[at]
        for b in range(len(data.blocks)):
            x[EFFECT] += deviations[b, data.unit[r, b], 0]
            x[CEILING] += deviations[b, data.unit[r, b], 0]
            for k in range(groups):
                x[COSTS + PER_COST * k] += deviations[b, data.unit[r, b], 1]
        if data.row[r, EFFECT_LATENT] > 0:
            x[LATENT_EFFECT] = values[data.latent_effect + data.effect_number[r]]
        if data.row[r, COST_LATENT] > 0:
            x[LATENT_COST] = values[data.latent_cost + data.cost_number[r]]
    return per_row


@_compiled
def _scatter(data, values, by_row, hidden, by_arm, by_deviation, by_hidden, slopes):
    """Add the slopes of all rows to those of the parameters behind their slots."""
    groups = len(data.cost_law)
    for r in range(len(data.arm)):
        own, g = data.configuration[r], by_row[r]
        for m in range(len(g)):
            by_arm[data.arm[r], m] += g[m]
        for j in range(data.effect_design.shape[1]):
            slopes[data.effect_slope + j] += g[EFFECT] * data.effect_design[own, j]
        for j in range(data.ceiling_design.shape[1]):
            slopes[data.ceiling_slope + j] += g[CEILING] * data.ceiling_design[own, j]
        for j in range(data.cost_design.shape[1]):
            for k in range(groups):
                at = data.cost_slope + groups * j + k
                slopes[at] += g[COSTS + PER_COST * k] * data.cost_design[own, j]
        for c in range(len(hidden)):
            number = data.hidden_index[own, c]
            if number < 0:
                continue
            value, by = hidden[c, number], 0.0
            if data.hidden_column[c, 0] >= 0:
                at = data.effect_slope + data.hidden_column[c, 0]
                slopes[at] += g[EFFECT] * value
                by += g[EFFECT] * values[at]
            if data.hidden_column[c, 1] >= 0:
                at = data.ceiling_slope + data.hidden_column[c, 1]
                slopes[at] += g[CEILING] * value
                by += g[CEILING] * values[at]
            if data.hidden_column[c, 2] >= 0:
                for k in range(groups):
                    at = data.cost_slope + groups * data.hidden_column[c, 2] + k
                    slopes[at] += g[COSTS + PER_COST * k] * value
                    by += g[COSTS + PER_COST * k] * values[at]
            by_hidden[c, number] += by
        for b in range(len(data.blocks)):
            by_deviation[b, data.unit[r, b], 0] += g[EFFECT] + g[CEILING]
            for k in range(groups):
                by_deviation[b, data.unit[r, b], 1] += g[COSTS + PER_COST * k]
        if data.row[r, EFFECT_LATENT] > 0:
            slopes[data.latent_effect + data.effect_number[r]] += g[LATENT_EFFECT]
        if data.row[r, COST_LATENT] > 0:
            slopes[data.latent_cost + data.cost_number[r]] += g[LATENT_COST]


@_compiled
def _likelihood(data, per_row, constants, log_shares, by_row, by_category):
    """Return the log-likelihood; put weighted slopes of each row in ``by_row``.

    Rows of one participant stand together; their likelihoods are summed.
    """
    law, cost_law, size = data.law, data.cost_law, data.size
    own, d, e = np.empty(len(per_row)), np.empty(9), np.empty(4)
    total, start = 0.0, 0
    while start < len(per_row):
        stop, top = start + data.rows_of[start], -np.inf
        for r in range(start, stop):
            own[r] = _row(data.row[r], data.cost[r], law, cost_law, size, per_row[r],
                          constants[data.arm[r]], by_row[r], d, e)  # fmt: skip
            for c in range(data.levels.shape[1]):
                own[r] += log_shares[data.levels[r, c]]
            top = max(top, own[r])
        whole = 0.0
        for r in range(start, stop):
            whole += math.exp(own[r] - top)
        total += top + math.log(whole)
        for r in range(start, stop):
            weight = math.exp(own[r] - top) / whole
            by_row[r] *= weight
            for c in range(data.levels.shape[1]):
                by_category[data.levels[r, c]] += weight
        start = stop
    return total


@_compiled
def log_density(theta, data):
    """Return the log posterior density at an unconstrained point, and its gradient.

    Parameters
    ----------
    theta : numpy.ndarray
        Unconstrained point, shape (parameters,).
    data : Data
        The trial, its rows and the priors.

    Returns
    -------
    float
        Log density up to no constant: priors with Jacobians and the whole likelihood.
    numpy.ndarray
        Gradient, shape (parameters,).

    Examples
    --------
    >>> log_density.__name__
    'log_density'
    """
    values = constrain(data, theta)
    slopes, gradient = np.zeros(len(theta)), np.zeros(len(theta))
    table, chain, constants = _arm_table(data, values)
    deviations, hidden = _deviations(data, values), _hidden(data, values)
    log_shares = _log_shares(data, values)
    by_arm, by_deviation = np.zeros(table.shape), np.zeros(deviations.shape)
    by_hidden, by_category = np.zeros(hidden.shape), np.zeros(len(theta))
    per_row = _predict(data, values, table, deviations, hidden)
    by_row = np.empty(per_row.shape)
    total = _likelihood(data, per_row, constants, log_shares, by_row, by_category)
    _scatter(data, values, by_row, hidden, by_arm, by_deviation, by_hidden, slopes)
    for a in range(table.shape[0]):
        for m in range(table.shape[1]):
            if data.places[a, m] >= 0:
                slopes[data.places[a, m]] += by_arm[a, m] * chain[a, m]
    for c in range(len(data.categories)):
        first, size = data.categories[c, 0], data.categories[c, 1]
        counted = by_category[first : first + size].sum()
        for i in range(first, first + size):
            slopes[i] += by_category[i] / values[i] - counted * math.exp(log_shares[i]) / values[i]
    _deviation_slopes(data, values, by_deviation, slopes)
    total += _hidden_slopes(data, values, by_hidden, slopes)
    total += _prior(data, theta, values, slopes, gradient)
    return total, gradient
