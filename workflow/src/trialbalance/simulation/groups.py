"""Groups that nobody randomised, asked once or twice: surveys and small cohorts."""

import numpy as np
import pandas as pd

from trialbalance.contracts.terms import DAYS_A_YEAR, last_day
from trialbalance.simulation.care.courses import as_stays
from trialbalance.simulation.care.use import draw_periodic
from trialbalance.simulation.people.allocation import choose_exactly
from trialbalance.simulation.people.participants import People, Streams, assemble
from trialbalance.simulation.people.questionnaires import draw_responses
from trialbalance.simulation.records import Drawn


def draw_groups(values: dict, study: dict, streams: Streams) -> Drawn:
    """Draw people in groups, some of which may be empty, with exact counts by group.

    Parameters
    ----------
    values : dict
        Values of the simulator's parameters, as from `resolve_parameters`.
    study : dict
        Resolved study section: horizon_years, visits, periods.
    streams : callable
        Named random streams, so that one part can change without moving another.

    Returns
    -------
    Drawn
        People and all that happened to them.

    Raises
    ------
    Problems
        If the design cannot be met.

    Notes
    -----
    One latent severity, different between groups on average, drives answers, use, marks and who
    is lost. Counts fixed by the design are met by choosing whom.
    """
    people = assemble(values["participants"], last_day(study["horizon_years"]), streams)
    for name, spec in values["marks"].items():
        people.frame[name] = _mark(people, name, spec, streams)
    for name, column in _kinds(people, values.get("kinds", {}), streams).items():
        people.frame[name] = column
    visits, days = _visits(people, values["attended"], study["visits"], streams)
    nowhere = as_stays([[] for _ in people.arm])
    names = list(study["visits"])
    responses = draw_responses(people, nowhere, days, names, values["instruments"], streams)
    for instrument, asked in values["asked_at"].items():
        mine = responses["instrument"] == instrument
        responses = responses[~mine | responses["visit"].isin(asked)]
    use = draw_periodic(people, nowhere, values["periodic"], study["periods"], streams)
    everyone = np.ones(len(people.arm), dtype=bool)
    return Drawn(people, {"recruited": everyone}, use, visits, responses.reset_index(drop=True))


def _mark(people: People, name: str, spec: dict, streams: Streams) -> np.ndarray:
    """Mark exact numbers of people in each group, the more severe being likelier (or less)."""
    rng, n = streams("marks", name), len(people.arm)
    can = np.ones(n, dtype=bool) if "of" not in spec else people.frame[spec["of"]].to_numpy(bool)
    score = spec["severity"] * people.severity + rng.gumbel(size=n)
    return choose_exactly(spec["counts"], people.arm, can, score)


def _kinds(people: People, spec: dict, streams: Streams) -> dict[str, np.ndarray]:
    """Divide those with a mark into kinds: an exact number have the first, everyone has one."""
    if not spec:
        return {}
    rng, n = streams("kinds"), len(people.arm)
    marked = people.frame[spec["of"]].to_numpy(bool)
    first, *others = spec["shares"]
    together = np.full(n, "all", dtype=object)
    held = {first: choose_exactly({"all": spec["first"]}, together, marked, rng.gumbel(size=n))}
    shares = np.array([spec["shares"][name] for name in others])
    needed = rng.choice(len(others), size=n, p=shares / shares.sum())
    for place, name in enumerate(others):
        also = rng.random(n) < spec["shares"][name] * spec["also"]
        held[name] = marked & ((~held[first] & (needed == place)) | also)
    return held


def _visits(
    people: People, attended: dict, times: dict[str, float], streams: Streams
) -> tuple[pd.DataFrame, np.ndarray]:
    """Choose exactly how many of each group come to each visit; the reluctant stay away."""
    rng, n, names = streams("visits"), len(people.arm), list(times)
    days = np.full((n, len(names)), np.nan)
    for place, name in enumerate(names):
        score = -people.reluctance + rng.gumbel(size=n)
        came = choose_exactly(attended[name], people.arm, people.included, score)
        days[came, place] = np.rint(times[name] * DAYS_A_YEAR)
    flat = days.ravel()
    index = people.frame["randomisation_date"].to_numpy().astype("datetime64[D]")
    index = np.repeat(index, len(names))
    shift = np.where(np.isnan(flat), np.timedelta64("NaT"), flat.astype("timedelta64[D]"))
    frame = pd.DataFrame(
        {
            "participant_id": np.repeat(people.frame["participant_id"].to_numpy(), len(names)),
            "visit": np.tile(np.array(names, dtype=object), n),
            "date": (index + shift).astype("datetime64[ns]"),
            "status": np.where(np.isnan(flat), "missed", "attended").astype(object),
        }
    )
    return frame, days
