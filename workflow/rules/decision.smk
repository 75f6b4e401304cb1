"""Stage decision: which option, how sure, and is more research worth it? Writes 60_decision."""


rule compare_arms:
    """Compare the arms from posterior draws: increments, net benefit, acceptability, information."""
    input:
        unpack(those("draws_given", "parameters_given", "group_draws_given")),
        unpack(those("item_costs", "prices", "perspectives")),
        unpack(those("dataset", "arm_means", "subgroup_means")),
        unpack(inputs(paths.later_prices)),
    output:
        **outputs("compare_arms"),
    log:
        f"{SCENARIO}/logs/compare_arms_{{analysis}}.log",
    benchmark:
        f"{SCENARIO}/logs/compare_arms_{{analysis}}.tsv"
    conda:
        "../envs/environment.yaml"
    resources:
        mem_mb=by_attempt(4000),
        runtime=by_attempt(30),
    params:
        stage="decision",
        settings=settings("decision", without=["missing_not_at_random"]),
        code=code("compare_arms"),
        sources=sources(paths.later_prices),
    script:
        "../scripts/compare_arms.py"


rule move_unobserved:
    """Move the means of people alive but unobserved: scenarios, tipping points, averaged answer."""
    input:
        arm_means=made("arm_means"),
        unobserved_means=made("unobserved_means"),
    output:
        **outputs("move_unobserved"),
    log:
        f"{SCENARIO}/logs/move_unobserved_{{analysis}}.log",
    benchmark:
        f"{SCENARIO}/logs/move_unobserved_{{analysis}}.tsv"
    conda:
        "../envs/environment.yaml"
    resources:
        mem_mb=by_attempt(4000),
        runtime=by_attempt(30),
    params:
        stage="decision",
        settings=settings("decision"),
        code=code("move_unobserved"),
    script:
        "../scripts/move_unobserved.py"


rule compare_selection:
    """Compare the arms under each case of the selection model."""
    input:
        selection_draws=made("selection_draws"),
    output:
        **outputs("compare_selection"),
    log:
        f"{SCENARIO}/logs/compare_selection_{{analysis}}.log",
    benchmark:
        f"{SCENARIO}/logs/compare_selection_{{analysis}}.tsv"
    conda:
        "../envs/environment.yaml"
    resources:
        mem_mb=by_attempt(4000),
        runtime=by_attempt(30),
    params:
        stage="decision",
        settings=settings("decision", without=["missing_not_at_random"]),
        code=code("compare_selection"),
    script:
        "../scripts/compare_selection.py"


rule spread_cells:
    """Compare the arms in every defensible analysis that shares a fit, by algebra on its draws."""
    input:
        unpack(inputs(multiverse_paths.cell_inputs)),
    output:
        **outputs("spread_cells"),
    log:
        f"{SCENARIO}/logs/spread_cells_{{analysis}}.log",
    benchmark:
        f"{SCENARIO}/logs/spread_cells_{{analysis}}.tsv"
    conda:
        "../envs/environment.yaml"
    resources:
        mem_mb=by_attempt(2000),
        runtime=by_attempt(30),
    params:
        stage="multiverse",
        settings=read_by(multiverse_settings),
        code=code("spread_cells"),
        sources=sources(multiverse_paths.cell_inputs),
    script:
        "../scripts/spread_cells.py"


rule export_tables:
    """Write draws and totals for Stata and R, with labels and one dictionary."""
    input:
        unpack(those("dataset")),
        draws=table("draws"),
    output:
        exchange=directory(f"{SCENARIO}/60_decision/{{analysis}}/exchange"),
    log:
        f"{SCENARIO}/logs/export_tables_{{analysis}}.log",
    benchmark:
        f"{SCENARIO}/logs/export_tables_{{analysis}}.tsv"
    conda:
        "../envs/environment.yaml"
    params:
        stage="decision",
        settings=settings("decision"),
        code=code("export_tables"),
    script:
        "../scripts/export_tables.py"
