"""Rule trace_figures: the way back of every figure that the report prints."""

import json
from pathlib import Path

from trialbalance.audit.trace.page import page_traces
from trialbalance.audit.trace.tables import Books
from trialbalance.contracts.input_names import under
from trialbalance.provenance.stage import stage
from trialbalance.settings.resolve import Study
from trialbalance.settings.yamlfile import read_yaml

with stage(snakemake) as job:
    named = under(job.inputs, "settings")
    scenarios = {name: read_yaml(Path(path))[0] for name, path in named.items()}
    study = Study(job.wildcards["study"], Path(snakemake.params.folder), scenarios)
    target = Path(job.outputs["trace"])
    page = page_traces(Books(study, target.parents[2]))
    target.write_text(json.dumps(page, ensure_ascii=False), encoding="utf-8")
    job.say(f"traced {len(page['figures'])} figures in {len(page['steps'])} steps")
