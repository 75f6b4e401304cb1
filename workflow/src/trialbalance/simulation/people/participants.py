"""Who takes part: entry, allocation, severity, exclusions and deaths."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import norm

from trialbalance.simulation.people.allocation import allocate, choose_exactly

Streams = Callable[..., np.random.Generator]


@dataclass
class People:
    """The participants of one replicate, as arrays of equal length.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row a participant: identifier, arm, site, dates and covariates.
    arm : numpy.ndarray
        Name of the arm of each participant.
    severity : numpy.ndarray
        Joint latent severity, mean 0 and SD 1 in expectation; higher is worse.
    reluctance : numpy.ndarray
        Latent tendency to be missing, SD 1, correlated with severity.
    included : numpy.ndarray of bool
        Not excluded after randomisation, so followed up.
    last_day : numpy.ndarray of int
        Day on which follow-up ends: the horizon, or the day of death.
    death_day : numpy.ndarray of float
        Day of death counted from the index date; NaN if alive at the horizon.
    """

    frame: pd.DataFrame
    arm: np.ndarray
    severity: np.ndarray
    reluctance: np.ndarray
    included: np.ndarray
    last_day: np.ndarray
    death_day: np.ndarray

    def per_arm(self, values: dict | float) -> np.ndarray:
        """Spread a number, or a number by arm, over the participants."""
        if not isinstance(values, dict):
            return np.full(len(self.arm), float(values))
        result = np.full(len(self.arm), np.nan)
        for name, value in values.items():
            result[self.arm == name] = value
        return result


def _entry_dates(section: dict, n: int, rng: np.random.Generator) -> np.ndarray:
    first, last = (np.datetime64(str(section[key]), "D") for key in ("first_entry", "last_entry"))
    days = np.sort(rng.integers(0, (last - first).astype(int) + 1, n))
    # Recruitment is dated by its first and last entry.
    days[0], days[-1] = 0, (last - first).astype(int)
    return first + days


def _sites(section: dict, n: int, rng: np.random.Generator) -> np.ndarray:
    number = section["sites"]
    names = np.array([f"site_{k + 1:02d}" for k in range(number)], dtype=object)
    shares = rng.dirichlet(np.full(number, section["site_evenness"]))
    # Every site of the design recruits at least one participant.
    drawn = np.concatenate([np.arange(number), rng.choice(number, size=n - number, p=shares)])
    return names[rng.permutation(drawn)]


def _exclude(section: dict, arm: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    reasons = np.full(len(arm), "", dtype=object)
    for reason, counts in section["exclusions"].items():
        chosen = choose_exactly(counts, arm, reasons == "", rng.gumbel(size=len(arm)))
        reasons[chosen] = reason
    return reasons


def enrol(section: dict, horizon_days: int, streams: Streams) -> People:
    """Enrol, allocate and follow up the participants of one replicate.

    Parameters
    ----------
    section : dict
        The ``participants`` part of the resolved parameters.
    horizon_days : int
        Length of follow-up in whole days.
    streams : callable
        Named random streams: ``streams(*names)`` gives a generator.

    Returns
    -------
    People
        Arrays of one entry a participant, in order of entry.

    Examples
    --------
    A whole trial is drawn by `trialbalance.simulation.simulate`.
    """
    n = sum(section["arm_sizes"].values())
    characteristics = draw_characteristics(section, n, streams("characteristics"))
    columns = (characteristics[name].to_numpy() for name in section["stratify_by"])
    strata = np.array(["|".join(map(str, levels)) for levels in zip(*columns, strict=True)])
    sizes, blocks = section["arm_sizes"], section["block_sizes"]
    arm = allocate(strata, sizes, blocks, streams("allocation"))
    severity = draw_severity(characteristics, section["severity_effects"], streams("severity"))
    return _followed(section, characteristics, arm, severity, horizon_days, streams)


def assemble(section: dict, horizon_days: int, streams: Streams) -> People:
    """Bring together people in groups that nobody randomised, the more severe in some of them.

    Parameters
    ----------
    section : dict
        The ``participants`` part of the resolved parameters: as for `enrol`, with
        ``severity_in_arm`` (mean severity of each group; 0 where silent) instead of strata.
    horizon_days : int
        Length of follow-up in whole days.
    streams : callable
        Named random streams.

    Returns
    -------
    People
        Arrays of one entry a participant, in order of entry.

    Examples
    --------
    A whole study is drawn by `trialbalance.simulation.simulate`.
    """
    sizes = section["arm_sizes"]
    n = sum(sizes.values())
    characteristics = draw_characteristics(section, n, streams("characteristics"))
    names = np.repeat(np.array(list(sizes), dtype=object), list(sizes.values()))
    arm = streams("allocation").permutation(names)
    severity = draw_severity(characteristics, section["severity_effects"], streams("severity"))
    for name, shift in section["severity_in_arm"].items():
        severity[arm == name] += shift
    return _followed(section, characteristics, arm, severity, horizon_days, streams)


def _followed(
    section: dict,
    characteristics: pd.DataFrame,
    arm: np.ndarray,
    severity: np.ndarray,
    horizon_days: int,
    streams: Streams,
) -> People:
    """Draw exclusions, deaths, sites and dates of entry."""
    n = len(arm)
    shared = section["reluctance_on_severity"]
    own = streams("reluctance").standard_normal(n)
    excluded = _exclude(section, arm, streams("exclusions"))
    rng = streams("deaths")
    score = section["death_on_severity"] * severity + rng.gumbel(size=n)
    died = choose_exactly(section["deaths"], arm, excluded == "", score)
    low, high = section["death_days"]
    death_day = np.where(died, rng.integers(low, min(high, horizon_days - 1) + 1, n), np.nan)
    frame = pd.DataFrame({"participant_id": [f"P{k + 1:04d}" for k in range(n)], "arm": arm})
    frame["site"] = _sites(section, n, streams("sites"))
    frame["randomisation_date"] = _entry_dates(section, n, streams("entry"))
    frame["exclusion"] = excluded
    return People(
        frame=pd.concat([frame, characteristics], axis=1),
        arm=arm,
        severity=severity,
        reluctance=shared * severity + np.sqrt(1 - shared**2) * own,
        included=excluded == "",
        last_day=np.where(died, death_day, horizon_days).astype(int),
        death_day=death_day,
    )


def _levels(levels: dict, n: int, rng: np.random.Generator) -> np.ndarray:
    values = np.repeat(np.array(list(levels), dtype=object), list(levels.values()))
    drawn = rng.permutation(values)
    return drawn == "true" if set(levels) == {"true", "false"} else drawn


def _numeric(spec: dict, n: int, rng: np.random.Generator) -> np.ndarray:
    low, high = spec["limits"]
    uniform = rng.random(n)
    # Inverse of the truncated distribution, so that limits never pile people up at the edge.
    if spec["distribution"] == "lognormal":
        low, high = np.log(max(low, 1e-9)), np.log(high)
        mean = np.log(spec["median"])
        sd = spec["log_sd"]
    else:
        mean, sd = spec["mean"], spec["sd"]
    edge = norm.cdf([(low - mean) / sd, (high - mean) / sd])
    values = mean + sd * norm.ppf(edge[0] + uniform * (edge[1] - edge[0]))
    values = np.exp(values) if spec["distribution"] == "lognormal" else values
    return np.round(values, spec["decimals"])


def draw_characteristics(section: dict, n: int, rng: np.random.Generator) -> pd.DataFrame:
    """Draw covariates: exact counts of categories in random order, numbers, and cut numbers.

    Parameters
    ----------
    section : dict
        ``categories`` (name to counts by level), ``numbers`` (name to truncated normal or
        lognormal) and ``cuts`` (name to column, bound and the labels below and above it).
    n : int
        Number of participants.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    pandas.DataFrame
        One column a covariate.

    Examples
    --------
    >>> section = {"categories": {"sex": {"f": 1, "m": 2}}, "numbers": {}, "cuts": {}}
    >>> sorted(draw_characteristics(section, 3, np.random.default_rng(1))["sex"])
    ['f', 'm', 'm']
    """
    columns = {name: _levels(spec, n, rng) for name, spec in section["categories"].items()}
    columns |= {name: _numeric(spec, n, rng) for name, spec in section["numbers"].items()}
    for name, spec in section["cuts"].items():
        above = columns[spec["column"]] > spec["bound"]
        columns[name] = np.where(above, spec["above"], spec["below"]).astype(object)
    return pd.DataFrame(columns)


def draw_severity(
    characteristics: pd.DataFrame, effects: dict, rng: np.random.Generator
) -> np.ndarray:
    """Draw a latent severity to which characteristics contribute.

    Parameters
    ----------
    characteristics : pandas.DataFrame
        One column a covariate.
    effects : dict
        Covariate to ``{level, share, effect}``: shift for those at the level, centred on its share.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    numpy.ndarray
        Mean 0 and variance 1 in expectation.

    Examples
    --------
    >>> frame = pd.DataFrame({"sex": ["f", "m"]})
    >>> draw_severity(frame, {}, np.random.default_rng(1)).shape
    (2,)
    """
    shift, explained = np.zeros(len(characteristics)), 0.0
    for name, spec in effects.items():
        level = spec["level"]
        at = characteristics[name] == (level == "true" if level in ("true", "false") else level)
        shift += spec["effect"] * (at.to_numpy(dtype=float) - spec["share"])
        explained += spec["effect"] ** 2 * spec["share"] * (1 - spec["share"])
    return shift + np.sqrt(1 - explained) * rng.standard_normal(len(shift))
