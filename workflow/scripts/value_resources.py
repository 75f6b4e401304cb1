"""Rule value_resources: one ledger line a record."""

from trialbalance.costs import value_resources
from trialbalance.provenance.stage import stage

with stage(snakemake) as job:
    optional = {"episodes": None, "price_index": None}
    tables = value_resources(**(optional | job.read_all()), study=job.study, section=job.section)
    job.write_outputs(tables)
    job.say(
        f"{len(tables['ledger'])} ledger lines, {tables['ledger']['cost'].sum():,.2f} in all, "
        f"{len(tables['set_aside'])} records or parts set aside with a reason"
    )
