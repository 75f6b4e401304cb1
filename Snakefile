"""trialbalance: from the records of a trial to a decision. The stages stand in their order."""

from importlib.util import find_spec

# Snakemake alone, as where a catalogue lints, reads no study: the targets then say what to install.
if find_spec("trialbalance") is None:

    include: "workflow/rules/uninstalled.smk"

else:

    include: "workflow/rules/common.smk"
    include: "workflow/rules/targets.smk"
    include: "workflow/rules/data.smk"
    include: "workflow/rules/legal.smk"
    include: "workflow/rules/costs.smk"
    include: "workflow/rules/outcomes.smk"
    include: "workflow/rules/dataset.smk"
    include: "workflow/rules/model.smk"
    include: "workflow/rules/decision.smk"
    include: "workflow/rules/synthesis.smk"
    include: "workflow/rules/report.smk"
    include: "workflow/rules/audit.smk"


rule all:
    """Report, audit and books of every study, and the page of all of them."""
    default_target: True
    input:
        complete,


for study in STUDIES:

    rule:
        """Report, audit and books of one study."""
        name:
            study
        input:
            targets([study]),


rule full:
    """Beside all: cross-check, ladder of families and prior sensitivity of every base analysis.

    A report of its own, report/full.html, holds them beside all that the report holds. They take
    about as long as three or four more fits of each analysis.
    """
    input:
        completed_in_full,


rule multiverse:
    """Every defensible analysis of the studies that name them, and a report that holds them.

    The list of fits is printed before any starts; those that are there are not made again.
    """
    input:
        spread_out,


rule certificates:
    """The study computed again in R, and on how much the two programs agree, of every study."""
    input:
        certified,


rule release:
    """What may leave of every study, after disclosure checks, in its folder release."""
    input:
        released,
