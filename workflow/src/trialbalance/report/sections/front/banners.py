"""What must be known before any number: edition, blinding, simulated data, failed checks."""

from collections.abc import Mapping
from typing import Any

from trialbalance.report.facts.facts import Facts
from trialbalance.report.sections.appendix.checks import failed_checks
from trialbalance.report.text.edition import restricted_banner
from trialbalance.report.text.markup import (
    Markdown,
    box,
    bullets,
    joined,
    prose,
)
from trialbalance.report.text.numbers import (
    counted,
)


def banners(facts: Facts) -> str:
    """Return what must be known before any number: edition, simulated data, failed checks."""
    simulated, failed = "", ""
    edition = released(facts.context.get("edition"))
    edition += restricted_banner(facts.settings, facts.context.get("edition"))
    if facts.part("study").get("blind"):
        rest = "; [a table below](#what-is-blind) lists what cannot be blinded"
        listed_there = rest if facts.table("blinding") is not None else ""
        words = f"**Blind.** Arms carry neutral labels in an order drawn by lot{listed_there}."
        edition += "\n\n" + box("banner .blind", Markdown(words))
    if facts.synthetic:
        simulated = box(
            "banner .synthetic",
            Markdown(
                f"**Simulated data.** The {'draws' if facts.from_draws else 'records'} behind this "
                "report were made by a computer. They show that the analysis works; they say "
                "nothing about real people."
            ),
        )
    if entries := failed_checks(facts):
        lines = []
        for entry in entries:
            title = (
                (facts.settings.get("analyses") or {}).get(str(entry.get("analysis"))) or {}
            ).get("title") or entry.get("analysis")
            advice = entry.get("advice")
            advice = advice[:1].upper() + advice[1:] if isinstance(advice, str) else ""
            lines.append(
                joined(
                    [
                        prose("{a}: {c}.", a=title, c=facts.label(entry.get("check"))),
                        advice,
                    ]
                )
            )
        failed = box(
            "banner .failed",
            prose(
                "**{n} failed.** Do not rely on the analyses named here until this is mended.",
                n=counted(len(entries), "model check"),
            ),
            bullets(lines),
        )
    return "\n\n".join(part for part in (edition.strip(), failed, simulated) if part)


def released(edition: Mapping[str, Any] | None) -> str:
    """Return what a release does not show; nothing in the restricted edition."""
    if not edition:
        return ""
    if edition["exempt"]:
        words = (
            "Wholly simulated: exempt from suppression and rounding, as nobody stands behind it."
        )
    else:
        words = (
            f"Counts are rounded to {edition['rounding']} and other numbers to "
            f"{edition['figures']} significant figures at most; what rests on fewer than "
            f"{edition['threshold']} participants, or would give them away, is blank: "
            f"{counted(edition['held'], 'cell')}, listed in suppressed.csv."
        )
    return box("banner .release", Markdown(f"**Release edition.** {words} "
               "Parts made of single participants' records are left out."))  # fmt: skip
