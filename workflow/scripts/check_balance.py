"""Rule check_balance: participants, records and pounds from the raw files to the datasets."""

from pathlib import Path

from trialbalance.audit.books.balance import balance, books, must_balance
from trialbalance.audit.standards.manifest import rows_of
from trialbalance.provenance.stage import stage

with stage(snakemake) as job:
    named = {name: Path(str(path)) for name, path in job.inputs.items()}
    recorded = {n.split(".")[1]: rows_of(p) for n, p in named.items() if n.startswith("recorded.")}
    datasets = {n.split(".")[0]: job.read(n, "dataset") for n in named if n.endswith(".dataset")}
    followed = {n.split(".")[0]: job.read(n, "follow_up") for n in named if n.endswith("follow_up")}
    periods = job.study["periods"].items()
    lines = balance(
        job.read_all(),
        recorded,
        datasets,
        job.settings["analyses"],
        [name for name, (_, end) in periods if end <= 0],
        followed,
        job.study["horizon_years"],
    )
    table = books(lines, job.wildcards["scenario"])
    must_balance(table, job.section["tolerance"], job.place)
    job.write(balance=table)
    job.say(f"the books balance: {len(table)} lines, differences zero")
