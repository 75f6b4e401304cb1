"""Which files a run is asked for, and what it says when it ends."""

import sys

from trialbalance.audit.standards.checksums import tampered_files
from trialbalance.graph import index_paths, multiverse_paths, target_files
from trialbalance.provenance.leftovers import leftovers

# A result that somebody changed must not pass for one of the run, nor be built upon.
if workflow.is_main_process and (
    found := [line for name in STUDIES for line in tampered_files(RESULTS / name)]
):
    sys.exit("\n".join(found))


def targets(names, find=target_files.study_targets):
    """Return the files that make studies complete, by default or as a target finds them."""
    return [file for name in names for file in find(STUDIES[name])]


def complete(wildcards):
    """Return what makes every study complete, and the page of all of them."""
    return targets(STUDIES) + [index_paths.INDEX]


def completed_in_full(wildcards):
    """Return what makes every study complete, with what is made on request only."""
    more = (target_files.full_targets, target_files.full_reports)
    return targets(STUDIES) + [file for find in more for file in targets(STUDIES, find)]


def spread_out(wildcards):
    """Return the multiverse of every study that has one, once its fits are listed."""
    if workflow.is_main_process:
        for name in STUDIES:
            print(*multiverse_paths.fit_lines(STUDIES[name]), sep="\n", file=sys.stderr)
    return targets(STUDIES, multiverse_paths.multiverse_targets)


def certified(wildcards):
    """Return the second opinion and its certificate of every study."""
    return targets(STUDIES, target_files.certificates)


def released(wildcards):
    """Return the release of every study; refused while results are left over from elsewhere."""
    if found := leftovers(STUDIES, RESULTS):
        sys.exit("\n".join(found))
    return [f"<results>/{name}/release" for name in STUDIES]


onsuccess:
    for line in leftovers(STUDIES, RESULTS):
        print(line)
    for name in STUDIES:
        for report in sorted((RESULTS / name / "report").glob("*.html")):
            print(f"report: {report}")


onerror:
    print("The run stopped: the first sentence above says why; see its log for more.")
