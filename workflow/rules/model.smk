"""Stage model: what do we believe about mean cost and effect? Writes 50_model."""


rule fit_model:
    """Fit the joint model of cost and effect; write its posterior and the arm means."""
    input:
        unpack(inputs(paths.model_inputs)),
    output:
        **outputs("model", "posterior", "arm_means", "parameters", "visit_means"),
    log:
        f"{SCENARIO}/logs/fit_model_{{analysis}}.log",
    conda:
        "../envs/environment.yaml"
    threads: 1
    params:
        stage="model",
        settings=settings("model"),
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
        settings=settings("model"),
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
