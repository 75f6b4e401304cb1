"""Stage model: what do we believe about mean cost and effect? Writes 50_model."""


rule fit_model:
    """Fit the joint model of cost and effect; write its posterior and the arm means."""
    input:
        unpack(inputs(paths.model_inputs)),
    output:
        **outputs("model", "posterior", "arm_means", "parameters"),
        **outputs("model", "unobserved_means", "visit_means", "subgroup_means"),
    log:
        f"{SCENARIO}/logs/fit_model_{{analysis}}.log",
    conda:
        "../envs/environment.yaml"
    threads: 1
    params:
        stage="model",
        settings=settings("model", without="selection"),
        code=code("fit_model"),
    script:
        "../scripts/fit_model.py"


rule check_model:
    """Check convergence and predictions against their gates."""
    input:
        **outputs("model", "posterior"),
        dataset=made("dataset", "dataset"),
    output:
        **outputs("model", "model_checks"),
    log:
        f"{SCENARIO}/logs/check_model_{{analysis}}.log",
    conda:
        "../envs/environment.yaml"
    threads: 1
    params:
        stage="model",
        settings=settings("model", without="selection"),
        code=code("check_model"),
    script:
        "../scripts/check_model.py"


rule weigh_censoring:
    """Average cost and effect with follow-up that ended by the calendar made up for by weights."""
    input:
        unpack(inputs(paths.visit_inputs)),
    output:
        **outputs("model", "censored_means"),
    log:
        f"{SCENARIO}/logs/weigh_censoring_{{analysis}}.log",
    conda:
        "../envs/environment.yaml"
    params:
        stage="model",
        settings=settings("model"),
        code=code("weigh_censoring"),
    script:
        "../scripts/weigh_censoring.py"


rule climb_ladder:
    """Fit the analysis under a ladder of families; write them side by side."""
    input:
        **outputs("model", "posterior"),
        dataset=made("dataset", "dataset"),
    output:
        **outputs("model", "ladder", "ladder_draws"),
    log:
        f"{SCENARIO}/logs/climb_ladder_{{analysis}}.log",
    conda:
        "../envs/environment.yaml"
    threads: 1
    params:
        stage="model",
        settings=contrasts,
        code=code("climb_ladder"),
    script:
        "../scripts/climb_ladder.py"


rule cross_check:
    """Estimate the contrasts by bootstrap, imputation by visit and regression; set them beside the posterior."""
    input:
        unpack(inputs(paths.cross_check_inputs)),
    output:
        **outputs("model", "crosscheck"),
    log:
        f"{SCENARIO}/logs/cross_check_{{analysis}}.log",
    conda:
        "../envs/environment.yaml"
    threads: 1
    params:
        stage="model",
        settings=cross_checks,
        code=code("cross_check"),
    script:
        "../scripts/cross_check.py"


rule scale_priors:
    """Scale priors and likelihood; write how far the contrasts hang on each."""
    input:
        **outputs("model", "posterior"),
        dataset=made("dataset", "dataset"),
    output:
        **outputs("model", "prior_sensitivity"),
    log:
        f"{SCENARIO}/logs/scale_priors_{{analysis}}.log",
    conda:
        "../envs/environment.yaml"
    threads: 1
    params:
        stage="model",
        settings=contrasts,
        code=code("scale_priors"),
    script:
        "../scripts/scale_priors.py"


rule estimate_endpoints:
    """Model the clinical endpoints of a study and compare the arms on them."""
    input:
        unpack(inputs(paths.endpoint_inputs)),
    output:
        **outputs("endpoints", *tables.PARTS["endpoints"]),
    log:
        f"{SCENARIO}/logs/estimate_endpoints.log",
    conda:
        "../envs/environment.yaml"
    threads: 1
    params:
        stage="endpoints",
        settings=settings("endpoints"),
        code=code("estimate_endpoints"),
    script:
        "../scripts/estimate_endpoints.py"


rule compare_observed:
    """Compare people whom nobody randomised: overlap first, then associations."""
    input:
        unpack(inputs(paths.observational_inputs)),
    output:
        **outputs("observational", *tables.PARTS["observational"]),
    log:
        f"{SCENARIO}/logs/compare_observed.log",
    conda:
        "../envs/environment.yaml"
    threads: 1
    params:
        stage="observational",
        settings=settings("observational"),
        code=code("compare_observed"),
    script:
        "../scripts/compare_observed.py"


rule fit_selection:
    """Fit the selection model, in which being unobserved depends on the outcome, once a case."""
    input:
        dataset=made("dataset", "dataset"),
    output:
        **outputs("model", *tables.SELECTION),
    log:
        f"{SCENARIO}/logs/fit_selection_{{analysis}}.log",
    conda:
        "../envs/environment.yaml"
    threads: 1
    params:
        stage="model",
        settings=settings("model"),
        code=code("fit_selection"),
    script:
        "../scripts/fit_selection.py"
