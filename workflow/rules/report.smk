"""Stage report: what do we tell people? Writes report."""


rule write_report:
    """Write the report from the tables: one page in plain words, then the detail."""
    input:
        unpack(inputs(paths.report_inputs)),
    output:
        report=f"{STUDY}/report/report.html",
    log:
        f"{STUDY}/base/logs/write_report.log",
    conda:
        "../envs/environment.yaml"
    params:
        stage="report",
        settings=settings("report"),
        code=code("write_report"),
    script:
        "../scripts/write_report.py"
