"""Rule record_provenance: digests of inputs and methods, versions of packages, seed."""

import json
from pathlib import Path

from trialbalance.provenance.record import record
from trialbalance.provenance.stage import stage

with stage(snakemake) as job:
    content = record(job.wildcards["study"], job.study["seed"], job.inputs, snakemake.params.codes)
    text = json.dumps(content, indent=1, sort_keys=True) + "\n"
    Path(job.outputs["provenance"]).write_text(text, encoding="utf-8")
