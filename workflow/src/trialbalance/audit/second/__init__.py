"""A second opinion: the study computed again in R, and how far the two programs agree."""

from trialbalance.audit.second.certificate import (
    compare_figures,
    must_agree,
    not_run,
)
from trialbalance.audit.second.certify import certify_study
from trialbalance.audit.second.first_figures import first_figures
from trialbalance.audit.second.running import r_version, run_script
from trialbalance.audit.second.script import in_r, second_script
from trialbalance.provenance.certificate import certificate_sentence

__all__ = [
    "certificate_sentence",
    "certify_study",
    "compare_figures",
    "first_figures",
    "in_r",
    "must_agree",
    "not_run",
    "r_version",
    "run_script",
    "second_script",
]
