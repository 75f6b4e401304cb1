"""Stage data: what was recorded, and is it sound? Writes 10_data."""


rule simulate_trial:
    """Draw the raw records of a simulated trial from published figures."""
    input:
        parameters=inputs(paths.simulator_file),
    output:
        **{
            table: f"{SCENARIO}/{paths.recorded_file(table)}"
            for table in paths.drawn_tables()
        },
    log:
        f"{SCENARIO}/logs/simulate_trial.log",
    benchmark:
        f"{SCENARIO}/logs/simulate_trial.tsv"
    wildcard_constraints:
        study=studies_by("records", simulated=True),
    conda:
        "../envs/environment.yaml"
    params:
        stage="data",
        settings=settings("data"),
        code=code("simulate_trial"),
        sources=sources(paths.simulator_file),
    script:
        "../scripts/simulate_trial.py"


rule import_records:
    """Make the tables of door records of raw exports, as mapping.yaml says, and count it all."""
    input:
        unpack(inputs(paths.export_inputs)),
    output:
        **{
            table: f"{SCENARIO}/{paths.imported_file(table)}"
            for table in catalogue.handed_over("records")
        },
        **outputs("import_records"),
    log:
        f"{SCENARIO}/logs/import_records.log",
    benchmark:
        f"{SCENARIO}/logs/import_records.tsv"
    wildcard_constraints:
        study=studies_by("records", exported=True),
    conda:
        "../envs/environment.yaml"
    params:
        stage="data",
        settings=settings("data"),
        code=code("import_records"),
        sources=sources(paths.export_inputs),
    script:
        "../scripts/import_records.py"


rule blind_records:
    """Give the arms of a blind study neutral labels, and pool what gives them away."""
    input:
        unpack(inputs(paths.recorded_inputs)),
    output:
        **{
            table: f"{SCENARIO}/{paths.recorded_file(table)}"
            for table in (*catalogue.handed_over("records"), "unit_costs")
        },
        **outputs("blind_records"),
    log:
        f"{SCENARIO}/logs/blind_records.log",
    benchmark:
        f"{SCENARIO}/logs/blind_records.tsv"
    wildcard_constraints:
        study=studies_by("records", blind=True),
    conda:
        "../envs/environment.yaml"
    params:
        stage="data",
        settings=settings("data"),
        code=code("blind_records"),
        sources=sources(paths.recorded_inputs),
        hidden=inputs(paths.hidden),
    script:
        "../scripts/blind_records.py"


rule read_records:
    """Read raw records, check them all, and count who is in which population."""
    input:
        unpack(inputs(paths.read_inputs)),
    output:
        **outputs("read_records", "records"),
    log:
        f"{SCENARIO}/logs/read_records.log",
    benchmark:
        f"{SCENARIO}/logs/read_records.tsv"
    wildcard_constraints:
        study=studies_by("records"),
    conda:
        "../envs/environment.yaml"
    resources:
        mem_mb=by_attempt(8000),
        runtime=by_attempt(30),
    params:
        stage="data",
        settings=settings("data"),
        code=code("read_records"),
        sources=sources(paths.data_inputs),
    script:
        "../scripts/read_records.py"


use rule read_records as read_scored with:
    output:
        **outputs("read_records", "scored"),
    wildcard_constraints:
        study=studies_by("scored"),


use rule read_records as read_totals with:
    output:
        **outputs("read_records", "totals"),
    wildcard_constraints:
        study=studies_by("totals"),


use rule read_records as read_draws with:
    output:
        **outputs("read_records", "draws"),
    wildcard_constraints:
        study=studies_by("draws"),
