"""Rule write_report: one page in plain words, then the detail, in every form."""

from pathlib import Path

from trialbalance.provenance.record import versions
from trialbalance.provenance.stage import stage
from trialbalance.report.facts.number_links import origins
from trialbalance.report.facts.study_texts import own_files
from trialbalance.report.facts.value_sets import value_set_facts
from trialbalance.report.forms.pictures import write_pictures
from trialbalance.report.making import make_report
from trialbalance.settings.manual import descriptions
from trialbalance.settings.yamlfile import read_yaml

with stage(snakemake) as job:
    settings, _ = read_yaml(Path(job.inputs["settings"]))
    each = {name: job.read_under(name) for name in settings["analyses"]}
    context = {
        "versions": versions(),
        "setting_descriptions": descriptions(),
        **{"own_files": own_files(job.inputs), "value_sets": value_set_facts(job.inputs)},
        **origins(job.inputs, job.wildcards["study"]),
    }
    forms = {form: Path(place) for form, place in job.outputs.items() if form != "figures"}
    report = make_report(job.read_all() | {"analyses": each}, settings, context, tuple(forms))
    for form, place in forms.items():
        made = report[form].encode() if form == "html" else report[form]
        job.say(f"{form} written: {place.write_bytes(made) / 1000:.0f} kB")
    if "figures" in job.outputs:
        write_pictures(Path(job.outputs["figures"]), report["figures"])
