"""Rule value_resources: one ledger line a record."""

from trialbalance.costs import value_resources, write_resources
from trialbalance.provenance.stage import stage

with stage(snakemake) as job:
    inputs = {"episodes": None, "price_index": None, "legal_use": None}
    inputs |= {name: job.source(name) for name in job.inputs}
    inputs |= {"study": job.study, "section": job.section}
    if str(job.outputs["ledger"]).endswith(".parquet"):
        tables = write_resources(**inputs, paths=job.outputs, synthetic=job.study["synthetic"])
        rows = tables["rows"]
    else:
        tables = value_resources(**inputs)
        rows = {name: len(table) for name, table in tables.items()}
    job.write_outputs(tables)
    job.say(f"{rows['ledger']} ledger lines, {rows['set_aside']} records or parts set aside")
