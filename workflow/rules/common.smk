"""The few functions that rules call: settings, code digests, and which file a stage reads."""

import os
import shlex
import sys
from pathlib import Path

from snakemake.utils import min_version
from trialbalance import house
from trialbalance.contracts import Problems, catalogue
from trialbalance.provenance.content import content_digests
from trialbalance.provenance.digest import code_digest
from trialbalance.graph import audit_paths, methods, multiverse_paths, named_files
from trialbalance.graph import outside, paths, report_paths
from trialbalance.settings.load import load_studies
from trialbalance.settings.resolve import (
    certificate_settings,
    contrast_settings,
    cross_check_settings,
    settled,
    stage_settings,
)
from trialbalance.settings.universes import multiverse_settings

min_version("9.10")

# Snakemake hands the interpreter's path to the shell as it stands (its issue 2645), so that a
# folder such as "My Trials" would end every rule.
if Path(sys.executable).exists():
    sys.executable = shlex.quote(sys.executable)


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


def made(name):
    """Return the input function for a table of an earlier stage, in base where shared."""
    return lambda wildcards: paths.made(place(wildcards), name)


def those(*names):
    """Return the input function for those of the tables that the study has by its door."""
    return lambda w: paths.wanted(place(w), *names)


def table(name):
    """Return the path of a table in the folder of its own study, scenario and analysis."""
    found = catalogue.catalogue()[name]
    return f"{STUDY if found.per == 'study' else SCENARIO}/{found.path('{analysis}', FORMAT)}"


def captioned(name, path):
    """Return a path for `snakemake --report` to show, where workflow/report/captions has words."""
    words = house.report_templates() / "captions" / f"{name}.rst"
    wildcards = {w: f"{{{w}}}" for w in ("scenario", "analysis") if f"{{{w}}}" in path}
    shown = dict(category="{study}", labels={"table": name} | wildcards)
    return report(path, caption=str(words), **shown) if words.exists() else path


def outputs(rule, door=None):
    """Return the tables that a rule writes, by name, as their contracts say."""
    names = catalogue.written_by(rule, door)
    return {name: captioned(name, table(name)) for name in names}


def settings(stage, without=()):
    """Return the parameter function with all that a stage may read, without settings left out."""
    return lambda w: stage_settings(*place(w)[:2], stage, place(w).analysis, without)


def read_by(find, parts=3):
    """Return the parameter function with settings found by study, scenario and analysis."""
    return lambda w: find(*place(w)[:parts])


def by_attempt(amount):
    """Return the resource function of megabytes or minutes: as much again at each attempt."""
    return lambda _, attempt: amount * attempt


def code(script):
    """Return the parameter function with the digest of a script and all that it runs and opens."""
    path = house.scripts() / f"{script}.py"
    # Snakemake compares no parameter whose function asks by name for input or output.
    return lambda _, **a: code_digest(path, [*a["input"].keys(), *a["output"].keys()])


def stage_codes(wildcards):
    """Return the digest of the method of each stage."""
    return methods.stage_digests()


def studies_by(door, simulated=None, blind=None, exported=None):
    """Return the pattern of the studies that enter by a door."""
    return "|".join(paths.entering(STUDIES, door, simulated, blind, exported)) or "(?!)"
