"""The few functions that rules call: settings, code digests, and which file a stage reads."""

import os
import sys
from pathlib import Path

from snakemake.utils import min_version
from trialbalance import house
from trialbalance.contracts import Problems
from trialbalance.provenance.content import content_digests
from trialbalance.provenance.digest import code_digest
from trialbalance.graph import audit_paths, methods, named_files, outside, paths
from trialbalance.graph import report_paths, tables
from trialbalance.settings.load import load_studies
from trialbalance.settings.resolve import (
    contrast_settings,
    cross_check_settings,
    settled,
    stage_settings,
)

min_version("9.10")


# The list of studies stands in the working folder, or else beside this workflow.
for listed in (Path("config/config.yaml"), house.root() / "config" / "config.yaml"):
    if listed.exists():

        configfile: str(listed)

        break


try:
    STUDIES = load_studies(config, house.root())
    named_files.must_exist(STUDIES)
except Problems as problems:
    sys.exit(str(problems))

# Environments that Snakemake makes link to this library (envs/environment.post-deploy.sh).
os.environ.update(TRIALBALANCE_LIBRARY=os.pathsep.join(map(str, house.library())))

FORMAT = config.get("format", "csv")
RESULTS = Path(workflow.pathvars.apply("<results>"))
STUDY = "<results>/{study}"
SCENARIO = f"{STUDY}/{{scenario}}"


wildcard_constraints:
    study="|".join(STUDIES),
    scenario="|".join({name for study in STUDIES.values() for name in study.scenarios}),
    analysis="|".join(
        {name for study in STUDIES.values() for name in study.base["analyses"]}
    )
    or "(?!)",


def place(wildcards):
    """Return where in the results a rule stands."""
    return paths.Place(
        STUDIES[wildcards.study],
        wildcards.get("scenario", "base"),
        wildcards.get("analysis"),
        FORMAT,
    )


def inputs(find):
    """Return the input function of a rule; a file from outside counts by `sources`, not by time."""
    return lambda wildcards: outside.marked(find(place(wildcards)), ancient)


def sources(find):
    """Return the parameter function with the digest of each file from outside that a rule reads."""
    return lambda wildcards: content_digests(
        outside.from_outside(find(place(wildcards)))
    )


def made(stage, table):
    """Return the input function for a table of an earlier stage, in base where shared."""
    return lambda wildcards: paths.made(place(wildcards), stage, table)


def outputs(stage, *names):
    """Return the paths of tables that a stage writes, by name."""
    return {
        name: f"{SCENARIO}/{tables.file_name(stage, name, '{analysis}', FORMAT)}"
        for name in names
    }


def settings(stage, without=None):
    """Return the parameter function with all that a stage may read.

    A setting of the section that a rule does not read can be left out, so that it re-makes nothing.
    """

    def read(wildcards):
        here = place(wildcards)
        found = stage_settings(here.study, here.scenario, stage, here.analysis)
        if without is None:
            return found
        kept = {name: value for name, value in found[stage].items() if name != without}
        return found | {stage: kept}

    return read


def contrasts(wildcards):
    """Return what the checks of a contrast may read."""
    return contrast_settings(*place(wildcards)[:3])


def cross_checks(wildcards):
    """Return what the cross-check may read."""
    return cross_check_settings(*place(wildcards)[:3])


def all_settings(wildcards):
    """Return every setting of a scenario."""
    return settled(STUDIES[wildcards.study], wildcards.scenario)


def study_folder(wildcards):
    """Return the folder of a study, in which the files that it names stand."""
    return str(STUDIES[wildcards.study].folder)


def code(script):
    """Return the parameter function with the digest of a script and all that it runs and opens."""
    path = house.scripts() / f"{script}.py"
    # Snakemake compares no parameter whose function asks by name for input or output.
    return lambda _, **a: code_digest(path, [*a["input"].keys(), *a["output"].keys()])


def studies_by(door, simulated=None, blind=None):
    """Return the pattern of the studies that enter by a door."""
    return "|".join(paths.entering(STUDIES, door, simulated, blind)) or "(?!)"
