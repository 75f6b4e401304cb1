"""Stage model: what do we believe about mean cost and effect? Writes 50_model."""


rule fit_model:
    """Fit the joint model of cost and effect; write its posterior and the arm means."""
    input:
        dataset=made("dataset", "dataset"),
    output:
        **outputs("model", "posterior", "arm_means", "parameters", "unobserved_means"),
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
