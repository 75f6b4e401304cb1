"""Rule apply_law: criteria, orders and their course, time limits, and what they took."""

from pathlib import Path

from trialbalance.legal import apply_law
from trialbalance.provenance.stage import stage
from trialbalance.settings.rule_set import load_rule_set

with stage(snakemake) as job:
    rules = load_rule_set(Path(str(job.inputs["rule_set"])))
    tables = apply_law(
        **({"episodes": None} | job.read_all()), rules=rules, study=job.study, section=job.section
    )
    job.write_outputs(tables)
    limits = tables["time_limits"]
    job.say(f"{limits['checked'].sum()} limits checked, {limits['breached'].sum()} breached")
