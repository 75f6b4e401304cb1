"""Stage audit: can it be trusted? Writes audit and the balance of each scenario."""


rule settle_settings:
    """Write down every setting of a scenario, defaults included."""
    output:
        settings=f"{SCENARIO}/settings.yaml",
    log:
        f"{SCENARIO}/logs/settle_settings.log",
    conda:
        "../envs/environment.yaml"
    params:
        stage="audit",
        settings=all_settings,
        code=code("settle_settings"),
    script:
        "../scripts/settle_settings.py"


rule check_balance:
    """Prove that participants, records and pounds agree from the raw files to the datasets."""
    input:
        unpack(inputs(paths.balance_inputs)),
    output:
        balance=f"{SCENARIO}/40_dataset/balance.csv",
    log:
        f"{SCENARIO}/logs/check_balance.log",
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
        trial_balance=f"{STUDY}/audit/trial_balance.csv",
    log:
        f"{STUDY}/base/logs/close_books.log",
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
        unpack(inputs(audit_paths.reproduction_inputs)),
    output:
        reproduction=f"{STUDY}/audit/reproduction.csv",
    log:
        f"{STUDY}/base/logs/reproduce_published.log",
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
        workbook=f"{STUDY}/audit/audit.xlsx",
        observed_case=f"{STUDY}/audit/observed_case.csv",
    log:
        f"{STUDY}/base/logs/write_workbook.log",
    conda:
        "../envs/environment.yaml"
    params:
        stage="audit",
        settings=settings("audit"),
        code=code("write_workbook"),
        sources=sources(audit_paths.workbook_inputs),
    script:
        "../scripts/write_workbook.py"


rule trace_figures:
    """Write the way back of every figure that the report prints, for a page to show."""
    input:
        unpack(inputs(audit_paths.trace_inputs)),
    output:
        trace=f"{STUDY}/audit/trace.json",
    log:
        f"{STUDY}/base/logs/trace_figures.log",
    conda:
        "../envs/environment.yaml"
    params:
        stage="audit",
        settings=settings("audit"),
        code=code("trace_figures"),
        sources=sources(audit_paths.trace_inputs),
        folder=study_folder,
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
    conda:
        "../envs/environment.yaml"
    params:
        stage="audit",
        settings=settings("audit"),
        code=code("record_provenance"),
        sources=sources(audit_paths.source_inputs),
        codes=methods.stage_digests(),
    script:
        "../scripts/record_provenance.py"


rule list_deviations:
    """List what differs from the analysis plan that was locked, with the reasons given."""
    input:
        unpack(inputs(audit_paths.deviation_inputs)),
    output:
        deviations=f"{STUDY}/audit/deviations.csv",
    log:
        f"{STUDY}/base/logs/list_deviations.log",
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
        manifest=f"{STUDY}/audit/manifest.csv",
    log:
        f"{STUDY}/base/logs/index_outputs.log",
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
    log:
        f"{STUDY}/base/logs/describe_results.log",
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
    conda:
        "../envs/environment.yaml"
    params:
        stage="disclosure",
        settings=settings("disclosure"),
        code=code("release_results"),
        sources=sources(audit_paths.release_inputs),
    script:
        "../scripts/release_results.py"
