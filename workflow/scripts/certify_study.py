"""Rule certify_study: the study computed again in R, and how far the two programs agree."""

from pathlib import Path

from trialbalance.audit.second import certificate_sentence, certify_study
from trialbalance.audit.second.inputs import read_first
from trialbalance.provenance.stage import stage

with stage(snakemake) as job:
    certificate = certify_study(
        Path(job.inputs["template"]).read_text(encoding="utf-8"),
        job.settings,
        {name: str(path) for name, path in job.inputs.items()},
        read_first(job.inputs, job.settings),
        Path(job.outputs["script"]),
        Path(job.outputs["figures"]),
    )
    job.write(certificate=certificate)
    job.say(certificate_sentence(certificate))
