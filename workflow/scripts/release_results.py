"""Rule release_results: tables, report, workbook and trace in which no person can be found."""

from pathlib import Path

from trialbalance.audit.release import make_edition, remember_release, told, write_release
from trialbalance.audit.release.history import earlier_groups, history_folder
from trialbalance.audit.release.inputs import read_restricted
from trialbalance.audit.second import must_agree
from trialbalance.provenance.record import versions
from trialbalance.provenance.stage import stage
from trialbalance.report.facts.study_texts import own_files
from trialbalance.settings.manual import descriptions
from trialbalance.settings.yamlfile import read_yaml

with stage(snakemake) as job:
    settings = read_yaml(Path(job.inputs["settings"]))[0]
    must_agree(job.read("certificate"), settings["audit"]["differences"])
    found = read_restricted(job)
    folder = Path(job.outputs["release"])
    history = history_folder(folder)
    earlier = earlier_groups(history, settings["disclosure"]["withdrawn_releases"])
    edition = make_edition(found.tables, found.people, settings, earlier)
    context = {"versions": versions(), "setting_descriptions": descriptions()}
    context |= {"files": found.printed, "own_files": own_files(job.inputs)}
    trace = Path(job.inputs["trace"]) if job.has("trace") else None
    write_release(folder, edition, settings, found.printed, context, trace)
    remember_release(history, edition, found.people, settings)
    job.say("\n".join(told(edition)))
