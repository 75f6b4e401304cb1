"""Rule blind_records: the records with neutral arms, and the list of what is blind."""

from pathlib import Path

from trialbalance import contracts
from trialbalance.data.blinding import blind_records, blinding_table
from trialbalance.provenance.stage import stage
from trialbalance.settings.yamlfile import read_yaml

with stage(snakemake) as job:
    names, _ = read_yaml(Path(job.inputs.pop("key")))
    raw = {name: contracts.read_text(path)[0] for name, path in job.inputs.items()}
    hidden = snakemake.params.hidden
    key = {arm: name for name, arm in names.items()}
    made = blind_records(raw, key, hidden["items"], hidden["words"])
    for name in job.outputs:
        if name != "blinding":
            contracts.write_text(made.get(name), Path(job.outputs[name]), name)
    job.write(blinding=blinding_table(len(names), job.study["reveals"], hidden["named"]))
    job.say(f"blinded {len(made)} tables; {len(hidden['items'])} items pooled")
