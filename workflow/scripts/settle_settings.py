"""Rule settle_settings: write down every setting of a scenario."""

from pathlib import Path

import yaml
from trialbalance.provenance.stage import stage

with stage(snakemake) as job:
    text = yaml.safe_dump(job.settings, allow_unicode=True, sort_keys=False, width=100)
    Path(job.outputs["settings"]).write_text(text, encoding="utf-8")
