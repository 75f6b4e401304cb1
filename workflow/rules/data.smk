"""Stage data: what was recorded, and is it sound? Writes 10_data."""


rule simulate_trial:
    """Draw the raw records of a simulated trial from published figures."""
    input:
        parameters=inputs(paths.simulator_file),
    output:
        **{
            table: f"{SCENARIO}/{tables.recorded_file(table)}"
            for table in tables.TABLES["records"]
        },
    log:
        f"{SCENARIO}/logs/simulate_trial.log",
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


rule blind_records:
    """Give the arms of a blind study neutral labels, and pool what gives them away."""
    input:
        unpack(inputs(paths.recorded_inputs)),
    output:
        **{
            table: f"{SCENARIO}/{tables.recorded_file(table)}"
            for table in (*tables.TABLES["records"], "unit_costs")
        },
        blinding=f"{SCENARIO}/{paths.BLINDING}",
    log:
        f"{SCENARIO}/logs/blind_records.log",
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
        unpack(inputs(paths.data_inputs)),
    output:
        **outputs("data", *tables.stage_tables("records", "data")),
    log:
        f"{SCENARIO}/logs/read_trial.log",
    wildcard_constraints:
        study=studies_by("records"),
    conda:
        "../envs/environment.yaml"
    params:
        stage="data",
        settings=settings("data"),
        code=code("read_trial"),
        sources=sources(paths.data_inputs),
    script:
        "../scripts/read_trial.py"


use rule read_records as read_scored with:
    output:
        **outputs("data", *tables.stage_tables("scored", "data")),
    wildcard_constraints:
        study=studies_by("scored"),


use rule read_records as read_totals with:
    output:
        **outputs("data", *tables.stage_tables("totals", "data")),
    wildcard_constraints:
        study=studies_by("totals"),


use rule read_records as read_draws with:
    output:
        **outputs("data", *tables.stage_tables("draws", "data")),
    wildcard_constraints:
        study=studies_by("draws"),
