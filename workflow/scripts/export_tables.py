"""Rule export_tables: draws and totals of an analysis for Stata and R, with their dictionary."""

from pathlib import Path

from trialbalance.decision.exchange import write_exchange
from trialbalance.provenance.stage import stage

with stage(snakemake) as job:
    files = write_exchange(
        Path(str(job.outputs["exchange"])),
        job.read("draws"),
        job.read("dataset"),
        f"{job.wildcards['study']}, analysis {job.analysis['name']}",
        job.study["synthetic"],
    )
    job.note(f"wrote {', '.join(files)}")
