"""Stage report: what do we tell people? Writes report/report.{html,pdf,docx}."""


localrules:
    list_considerations,
    write_index,


rule write_report:
    """Write the report from the tables: one page in plain words, then the detail, in three forms, with its pictures."""
    input:
        unpack(inputs(report_paths.report_inputs)),
    output:
        html=captioned("report", f"{STUDY}/report/report.html"),
        pdf=f"{STUDY}/report/report.pdf",
        docx=f"{STUDY}/report/report.docx",
        figures=directory(f"{STUDY}/report/figures"),
    log:
        f"{STUDY}/base/logs/write_report.log",
    benchmark:
        f"{STUDY}/base/logs/write_report.tsv"
    conda:
        "../envs/environment.yaml"
    resources:
        mem_mb=by_attempt(4000),
        runtime=by_attempt(30),
    params:
        stage="report",
        settings=settings("report"),
        code=code("write_report"),
        sources=sources(report_paths.report_inputs),
    script:
        "../scripts/write_report.py"


use rule write_report as write_full_report with:
    input:
        unpack(inputs(report_paths.full_report_inputs)),
    output:
        html=f"{STUDY}/report/full.html",
        pdf=f"{STUDY}/report/full.pdf",
        docx=f"{STUDY}/report/full.docx",
    log:
        f"{STUDY}/base/logs/write_full_report.log",
    benchmark:
        f"{STUDY}/base/logs/write_full_report.tsv"


use rule write_report as write_multiverse_report with:
    input:
        unpack(inputs(multiverse_paths.multiverse_report_inputs)),
    output:
        html=f"{STUDY}/report/multiverse.html",
        pdf=f"{STUDY}/report/multiverse.pdf",
        docx=f"{STUDY}/report/multiverse.docx",
    log:
        f"{STUDY}/base/logs/write_multiverse_report.log",
    benchmark:
        f"{STUDY}/base/logs/write_multiverse_report.tsv"


rule list_considerations:
    """List what bears on a decision and is no number, each statement with its source."""
    output:
        **outputs("list_considerations"),
    log:
        f"{STUDY}/base/logs/list_considerations.log",
    benchmark:
        f"{STUDY}/base/logs/list_considerations.tsv"
    conda:
        "../envs/environment.yaml"
    params:
        stage="report",
        settings=settings("report"),
        code=code("list_considerations"),
    script:
        "../scripts/list_considerations.py"


rule write_index:
    """Write the page of all studies: verdicts, flags and links to the reports."""
    input:
        **index_paths.index_inputs(STUDIES),
    output:
        index=index_paths.INDEX,
    log:
        "<results>/logs/write_index.log",
    benchmark:
        "<results>/logs/write_index.tsv"
    conda:
        "../envs/environment.yaml"
    params:
        stage="report",
        settings=index_paths.index_settings(STUDIES),
        code=code("write_index"),
    script:
        "../scripts/write_index.py"
