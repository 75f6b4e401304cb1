"""What a report says of its edition: banner, closing line and the words at the foot of a page."""

from collections.abc import Mapping
from typing import Any

from trialbalance.disclosure.edition import edition_mark
from trialbalance.report.text.markup import Markdown, box


def restricted_banner(settings: Mapping[str, Any], edition: Mapping[str, Any] | None) -> str:
    """Return what a reader of the restricted edition must know first; blank in any other.

    Parameters
    ----------
    settings, edition
        As for `disclosure.edition.edition_mark`.
    """
    if edition or not edition_mark(simulated(settings), edition):
        return ""
    threshold = (settings.get("disclosure") or {}).get("threshold", 10)
    return box(
        "banner .restricted",
        Markdown(
            f"**Restricted edition.** Counts below {threshold} and numbers that rest on few people "
            "stand here as they are, so that a person may be found in them. Do not hand this on: "
            "what may be handed out is the folder release, made by `snakemake release`."
        ),
    )


def restricted_footer(settings: Mapping[str, Any], edition: Mapping[str, Any] | None) -> str:
    """Return the closing line of the restricted edition; blank in any other."""
    if edition or not edition_mark(simulated(settings), edition):
        return ""
    return box("note .restricted", Markdown(f"**{edition_mark(simulated(settings), edition)}.**"))


# The banner that build_document puts at the head of a report on simulated records.
SIMULATED = "::: {.banner .synthetic}"


def running_head(markdown: str) -> str:
    """Return what stands before the title at the head of every page of paper.

    Examples
    --------
    >>> running_head("::: {.banner .synthetic}"), running_head("# A trial")
    ('Simulated data · ', '')
    """
    return "Simulated data · " if SIMULATED in markdown else ""


def simulated(settings: Mapping[str, Any]) -> bool:
    """Return whether nobody stands behind the records; so where the settings do not say."""
    return (settings.get("study") or {}).get("synthetic", True)
