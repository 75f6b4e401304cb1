"""Rule release_results: tables, report, workbook and trace in which no person can be found."""

from pathlib import Path

from trialbalance.audit.release import make_edition, write_release
from trialbalance.audit.release.inputs import read_restricted
from trialbalance.provenance.record import versions
from trialbalance.provenance.stage import stage
from trialbalance.report.facts.study_texts import own_files
from trialbalance.settings.manual import descriptions
from trialbalance.settings.yamlfile import read_yaml

with stage(snakemake) as job:
    settings, _ = read_yaml(Path(job.inputs["settings"]))
    found = read_restricted(job)
    edition = make_edition(found.tables, found.people, settings)
    context = {
        "versions": versions(),
        "setting_descriptions": descriptions(),
        "files": found.printed,
        "own_files": own_files(job.inputs),
    }
    trace = Path(job.inputs["trace"]) if job.has("trace") else None
    folder = Path(job.outputs["release"])
    write_release(folder, edition, settings, found.printed, context, trace)
    job.say(f"released {len(edition.tables)} tables; {len(edition.held)} cells held back")
