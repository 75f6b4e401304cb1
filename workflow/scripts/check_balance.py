"""Rule check_balance: participants, records and pounds from the raw files to the datasets."""

from pathlib import Path

from trialbalance.audit.books.balance import balance, books, must_balance
from trialbalance.audit.standards.manifest import rows_of
from trialbalance.contracts.input_names import under
from trialbalance.provenance.stage import stage

with stage(snakemake) as job:
    raw = under(job.inputs, "recorded")
    periods = job.study["periods"].items()
    lines = balance(
        job.read_all(),
        {name: rows_of(Path(str(path))) for name, path in raw.items()},
        job.read_by_place("dataset"),
        job.settings["analyses"],
        [name for name, (_, end) in periods if end <= 0],
        job.read_by_place("follow_up"),
        job.study["horizon_years"],
    )
    table = books(lines, job.wildcards["scenario"])
    must_balance(table, job.section["tolerance"], job.place)
    job.write(balance=table)
    job.say(f"the books balance: {len(table)} lines, differences zero")
