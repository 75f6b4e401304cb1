"""Rule compare_multiverse: all defensible analyses together, their shares and what moves them."""

from pathlib import Path

from trialbalance.provenance.stage import stage
from trialbalance.settings.yamlfile import read_yaml
from trialbalance.synthesis.multiverse import gather, option_shares, proof_words, variance_shares

with stage(snakemake) as job:
    cells = job.read_by_place("multiverse_cells")
    lock = read_yaml(Path(str(job.inputs["lock"])))[0] if job.has("lock") else None
    found = job.read_by_place("model_checks").items()
    checks = {place.replace(".", "/"): rows for place, rows in found}
    table = gather(list(cells.values()), job.section, lock, checks, job.study["blind"])
    job.write(
        multiverse=table,
        multiverse_options=option_shares(table, job.section, job.study, lock),
        multiverse_choices=variance_shares(table, job.section, job.study),
    )
    job.say(proof_words(table))
