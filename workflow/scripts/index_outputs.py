"""Rule index_outputs: list every file of the study."""

from trialbalance.audit.standards.manifest import manifest
from trialbalance.provenance.stage import stage

with stage(snakemake) as job:
    files = list(snakemake.input.files)
    table = manifest(files, job.wildcards["study"], job.study["synthetic"])
    job.write(manifest=table)
