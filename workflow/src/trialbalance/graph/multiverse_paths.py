"""Which files a multiverse reads and writes: a table of cells a fit, and one of all."""

from pathlib import Path
from typing import Any

from trialbalance.contracts.catalogue import written_by
from trialbalance.graph import audit_paths, paths
from trialbalance.graph.paths import Place
from trialbalance.graph.report_paths import report_inputs, reported
from trialbalance.settings.refits import refits
from trialbalance.settings.resolve import Study
from trialbalance.settings.universes import fits, multiverse_settings, options_of


def cell_inputs(place: Place) -> dict[str, str]:
    """Return what the cells of one fit are made of: its draws, and what people used."""
    found = paths.wanted(
        place,
        *("draws_given", "arm_means", "unobserved_means", "dataset"),
        *("item_costs", "prices", "perspectives"),
    )
    options = options_of(place.study.base["multiverse"]).values()
    years = [one["prices"]["price_year"] for one in options if one["prices"] is not None]
    if any(years) and "prices" in found:
        found["price_index"] = paths.price_files(place)["price_index"]
    return found


def multiverse_inputs(place: Place) -> dict[str, str]:
    """Return cells and checks of every fit, named ``scenario.analysis.table``, and the lock."""
    found = {
        f"{fit.scenario}.{fit.analysis}.{name}": path
        for fit in fits(place.study)
        for name, path in paths.wanted(
            Place(place.study, fit.scenario, fit.analysis, place.format),
            *("multiverse_cells", "model_checks"),
        ).items()
    }
    lock = audit_paths.lock_file(place.study)
    return found | ({"lock": lock} if Path(lock).is_file() else {})


def refit_inputs(place: Place) -> dict[str, str]:
    """Return the cells, and the draws of every fit that is made for proof, by its place."""
    own = {"multiverse": paths.made(place, "multiverse")}
    return own | {
        f"{fit.scenario}.{fit.analysis}.{name}": path
        for fit in refits(place.study)
        for name, path in paths.wanted(
            Place(place.study, fit.scenario, fit.analysis, place.format),
            *("arm_means", "unobserved_means"),
        ).items()
    }


def proof_settings(study: Study) -> dict[str, Any]:
    """Return what the proof of a multiverse reads beside the draws of its fits.

    Parameters
    ----------
    study : Study
        The study; it has a multiverse.

    Returns
    -------
    dict
        As `multiverse_settings` of the plan's analysis, with ``refits``, the fields of each
        `Refit`, instead of ``fit``.
    """
    plan = multiverse_settings(study, "base", study.base["multiverse"]["analysis"])
    kept = {word: plan[word] for word in plan if word != "fit"}
    return kept | {"refits": [fit._asdict() for fit in refits(study)]}


def multiverse_tables(place: Place) -> dict[str, str]:
    """Return the tables of a multiverse that its report prints."""
    return paths.wanted(place, *reported("study", "multiverse"))


def multiverse_report_inputs(place: Place) -> dict[str, str]:
    """Return every table that the report of target multiverse prints: its own beside the report's.

    It stands beside the report, in files of its own, so that neither makes the other again.
    """
    return report_inputs(place) | multiverse_tables(place)


def multiverse_targets(study: Study) -> list[str]:
    """Return the files that target multiverse makes; none for a study without the section."""
    if study.base["multiverse"] is None:
        return []
    rules = ("compare_multiverse", "compare_refits")
    tables = paths.wanted(Place(study), *(name for rule in rules for name in written_by(rule)))
    return [*tables.values(), f"<results>/{study.name}/report/multiverse.html"]


def fit_lines(study: Study) -> list[str]:
    """Return the list of fits of a multiverse, in words, before any starts.

    Parameters
    ----------
    study : Study
        The study.

    Returns
    -------
    list of str
        How many cells and fits there are, then one line a fit; none without the section.
    """
    own = fits(study)
    if not own:
        return []
    shown = {
        fit: paths.made(Place(study, fit.scenario, fit.analysis), "multiverse_cells") for fit in own
    }
    lines = [
        f"{study.name} multiverse: {sum(fit.cells for fit in own):,} cells on {len(own)} fits; "
        "each fit takes about as long as that of the plan's analysis"
    ]
    for fit in shown:
        words = " or ".join(" with ".join(one) or "the plan" for one in fit.refits)
        lines.append(f"{fit.scenario}/{fit.analysis}: {fit.cells:,} cells ({words})")
    return lines + _proof_lines(study)


def _proof_lines(study: Study) -> list[str]:
    """Return the fits that are made for proof alone, in words."""
    own = refits(study)
    if not own:
        return []
    count = sum(len(fit.cells) for fit in own)
    start = f"{study.name} proof: {count:,} cells drawn at random are refitted on {len(own)} more"
    return [
        f"{start} fit{'s' * (len(own) > 1)} (multiverse.refitted, multiverse.new_fits)",
        *(
            f"{fit.scenario}/{fit.analysis}: {len(fit.cells):,} cells "
            f"({' with '.join(fit.options) or 'the plan, other random numbers'})"
            for fit in own
        ),
    ]
