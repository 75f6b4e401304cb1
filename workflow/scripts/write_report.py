"""Rule write_report: one page in plain words, then the detail."""

from pathlib import Path

from trialbalance.provenance.stage import stage
from trialbalance.provenance.versions import versions
from trialbalance.report import make_report
from trialbalance.settings.manual import descriptions
from trialbalance.settings.yamlfile import read_yaml

with stage(snakemake) as job:
    settings, _ = read_yaml(Path(job.inputs["settings"]))
    tables = {"analyses": {name: {} for name in settings["analyses"]}, **job.read_all()}
    for name in job.inputs:
        analysis, _, table = name.partition(".")
        if table:
            tables["analyses"][analysis][table] = job.read(name, table)
    context = {"versions": versions(), "setting_descriptions": descriptions()}
    report = make_report(tables, settings, context)
    Path(job.outputs["report"]).write_text(report["html"], encoding="utf-8")
    job.say(
        f"report written: {len(report['html']) / 1000:.0f} kB, {len(report['figures'])} figures"
    )
