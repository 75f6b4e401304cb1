"""Stage audit: can it be trusted? Writes audit and the balance of each scenario."""


localrules:
    settle_settings,
    close_books,
    record_provenance,
    list_deviations,


rule settle_settings:
    """Write down every setting of a scenario, defaults included."""
    output:
        settings=f"{SCENARIO}/settings.yaml",
    log:
        f"{SCENARIO}/logs/settle_settings.log",
    benchmark:
        f"{SCENARIO}/logs/settle_settings.tsv"
    conda:
        "../envs/environment.yaml"
    params:
        stage="audit",
        settings=read_by(settled, 2),
        code=code("settle_settings"),
    script:
        "../scripts/settle_settings.py"


rule check_balance:
    """Prove that participants, records and pounds agree from the raw files to the datasets."""
    input:
        unpack(inputs(paths.balance_inputs)),
    output:
        **outputs("check_balance"),
    log:
        f"{SCENARIO}/logs/check_balance.log",
    benchmark:
        f"{SCENARIO}/logs/check_balance.tsv"
    conda:
        "../envs/environment.yaml"
    params:
        stage="audit",
        settings=settings("audit"),
        code=code("check_balance"),
        sources=sources(paths.balance_inputs),
    script:
        "../scripts/check_balance.py"


rule close_books:
    """Bring the balances of all scenarios together, with the decisions, and close the books."""
    input:
        unpack(inputs(audit_paths.closing_inputs)),
    output:
        **outputs("close_books"),
    log:
        f"{STUDY}/base/logs/close_books.log",
    benchmark:
        f"{STUDY}/base/logs/close_books.tsv"
    conda:
        "../envs/environment.yaml"
    params:
        stage="audit",
        settings=settings("audit"),
        code=code("close_books"),
    script:
        "../scripts/close_books.py"


rule reproduce_published:
    """Set each published figure beside the one that this run reproduces."""
    input:
        unpack(those("participants", "visits", "responses", "episodes")),
        unpack(those("legal_days", "legal_episodes", "legal_timeline")),
        unpack(those("participant_costs", "cost_observed")),
        unpack(those("measures", "endpoints", "endpoint_events")),
    output:
        **outputs("reproduce_published"),
    log:
        f"{STUDY}/base/logs/reproduce_published.log",
    benchmark:
        f"{STUDY}/base/logs/reproduce_published.tsv"
    conda:
        "../envs/environment.yaml"
    params:
        stage="published",
        settings=settings("published"),
        code=code("reproduce_published"),
    script:
        "../scripts/reproduce_published.py"


rule write_workbook:
    """Write the books as a spreadsheet of live formulas, for a reviewer to open first."""
    input:
        unpack(inputs(audit_paths.workbook_inputs)),
    output:
        **outputs("write_workbook"),
        workbook=f"{STUDY}/audit/audit.xlsx",
    log:
        f"{STUDY}/base/logs/write_workbook.log",
    benchmark:
        f"{STUDY}/base/logs/write_workbook.tsv"
    conda:
        "../envs/environment.yaml"
    params:
        stage="audit",
        settings=settings("audit"),
        code=code("write_workbook"),
        sources=sources(audit_paths.workbook_inputs),
    script:
        "../scripts/write_workbook.py"


rule certify_study:
    """Compute the study again by a script in R, and say on how much the two programs agree.

    Where R is not installed the certificate says so, and nothing fails.
    """
    input:
        unpack(inputs(audit_paths.second_inputs)),
    output:
        **outputs("certify_study"),
        script=f"{STUDY}/audit/second/second_opinion.R",
        figures=f"{STUDY}/audit/second/figures.csv",
    log:
        f"{STUDY}/base/logs/certify_study.log",
    benchmark:
        f"{STUDY}/base/logs/certify_study.tsv"
    conda:
        "../envs/environment.yaml"
    params:
        stage="audit",
        settings=read_by(certificate_settings, 1),
        code=code("certify_study"),
        sources=sources(audit_paths.second_inputs),
    script:
        "../scripts/certify_study.py"


rule trace_figures:
    """Write the way back of every figure that the report prints, for a page to show."""
    input:
        unpack(inputs(audit_paths.trace_inputs)),
    output:
        trace=f"{STUDY}/audit/trace.json",
    log:
        f"{STUDY}/base/logs/trace_figures.log",
    benchmark:
        f"{STUDY}/base/logs/trace_figures.tsv"
    conda:
        "../envs/environment.yaml"
    resources:
        mem_mb=by_attempt(4000),
        runtime=by_attempt(30),
    params:
        stage="audit",
        settings=settings("audit"),
        code=code("trace_figures"),
        sources=sources(audit_paths.trace_inputs),
        folder=inputs(audit_paths.folder),
    script:
        "../scripts/trace_figures.py"


rule record_provenance:
    """Write down what a run rests on: inputs, methods, versions and seed."""
    input:
        unpack(inputs(audit_paths.source_inputs)),
    output:
        provenance=f"{STUDY}/audit/provenance.json",
    log:
        f"{STUDY}/base/logs/record_provenance.log",
    benchmark:
        f"{STUDY}/base/logs/record_provenance.tsv"
    conda:
        "../envs/environment.yaml"
    params:
        stage="audit",
        settings=settings("audit"),
        code=code("record_provenance"),
        sources=sources(audit_paths.source_inputs),
        codes=stage_codes,
    script:
        "../scripts/record_provenance.py"


rule list_deviations:
    """List what differs from the analysis plan that was locked, with the reasons given."""
    input:
        unpack(inputs(audit_paths.deviation_inputs)),
    output:
        **outputs("list_deviations"),
    log:
        f"{STUDY}/base/logs/list_deviations.log",
    benchmark:
        f"{STUDY}/base/logs/list_deviations.tsv"
    conda:
        "../envs/environment.yaml"
    params:
        stage="audit",
        settings=settings("audit"),
        code=code("list_deviations"),
        sources=sources(audit_paths.deviation_inputs),
    script:
        "../scripts/list_deviations.py"


rule index_outputs:
    """List every file of the study with its meaning, rows and checksum."""
    input:
        unpack(inputs(audit_paths.manifest_inputs)),
    output:
        **outputs("index_outputs"),
    log:
        f"{STUDY}/base/logs/index_outputs.log",
    benchmark:
        f"{STUDY}/base/logs/index_outputs.tsv"
    conda:
        "../envs/environment.yaml"
    params:
        stage="audit",
        settings=settings("audit"),
        code=code("index_outputs"),
    script:
        "../scripts/index_outputs.py"


rule describe_results:
    """Describe the run in open standards: Frictionless data package and RO-Crate."""
    input:
        manifest=f"{STUDY}/audit/manifest.csv",
        provenance=f"{STUDY}/audit/provenance.json",
        settings=f"{STUDY}/base/settings.yaml",
    output:
        package=f"{STUDY}/datapackage.json",
        crate=f"{STUDY}/ro-crate-metadata.json",
        workflow=f"{STUDY}/audit/Snakefile",
        checksums=f"{STUDY}/audit/SHA256SUMS",
    log:
        f"{STUDY}/base/logs/describe_results.log",
    benchmark:
        f"{STUDY}/base/logs/describe_results.tsv"
    conda:
        "../envs/environment.yaml"
    params:
        stage="audit",
        settings=settings("audit"),
        code=code("describe_results"),
    script:
        "../scripts/describe_results.py"


rule release_results:
    """Write the release edition of a study: tables, report, workbook and trace without people."""
    input:
        unpack(inputs(audit_paths.release_inputs)),
    output:
        release=directory(f"{STUDY}/release"),
    log:
        f"{STUDY}/base/logs/release_results.log",
    benchmark:
        f"{STUDY}/base/logs/release_results.tsv"
    conda:
        "../envs/environment.yaml"
    resources:
        mem_mb=by_attempt(4000),
        runtime=by_attempt(60),
    params:
        stage="disclosure",
        settings=settings("disclosure"),
        code=code("release_results"),
        sources=sources(audit_paths.release_inputs),
    script:
        "../scripts/release_results.py"
