"""Stage model: what do we believe about mean cost and effect? Writes 50_model."""


rule fit_model:
    """Fit the joint model of cost and effect; write what was fitted, its posterior and the arm means."""
    input:
        unpack(inputs(paths.modelled_visits)),
        dataset=made("dataset"),
    output:
        **outputs("fit_model"),
    log:
        f"{SCENARIO}/logs/fit_model_{{analysis}}.log",
    benchmark:
        f"{SCENARIO}/logs/fit_model_{{analysis}}.tsv"
    conda:
        "../envs/environment.yaml"
    resources:
        mem_mb=by_attempt(4000),
        runtime=by_attempt(60),
    params:
        stage="model",
        settings=settings("model", without=["selection"]),
        code=code("fit_model"),
    script:
        "../scripts/fit_model.py"


rule check_model:
    """Check convergence and predictions against their gates."""
    input:
        unpack(inputs(paths.modelled_visits)),
        posterior=table("posterior"),
        dataset=made("dataset"),
    output:
        **outputs("check_model"),
    log:
        f"{SCENARIO}/logs/check_model_{{analysis}}.log",
    benchmark:
        f"{SCENARIO}/logs/check_model_{{analysis}}.tsv"
    conda:
        "../envs/environment.yaml"
    resources:
        mem_mb=by_attempt(4000),
        runtime=by_attempt(30),
    params:
        stage="model",
        settings=settings("model", without=["selection"]),
        code=code("check_model"),
    script:
        "../scripts/check_model.py"


rule weigh_censoring:
    """Average cost and effect with follow-up that ended by the calendar made up for by weights."""
    input:
        unpack(those("follow_up", "outcome_weights")),
    output:
        **outputs("weigh_censoring"),
    log:
        f"{SCENARIO}/logs/weigh_censoring_{{analysis}}.log",
    benchmark:
        f"{SCENARIO}/logs/weigh_censoring_{{analysis}}.tsv"
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
        unpack(inputs(paths.modelled_visits)),
        posterior=table("posterior"),
        dataset=made("dataset"),
    output:
        **outputs("climb_ladder"),
    log:
        f"{SCENARIO}/logs/climb_ladder_{{analysis}}.log",
    benchmark:
        f"{SCENARIO}/logs/climb_ladder_{{analysis}}.tsv"
    conda:
        "../envs/environment.yaml"
    resources:
        mem_mb=by_attempt(4000),
        runtime=by_attempt(120),
    params:
        stage="model",
        settings=read_by(contrast_settings),
        code=code("climb_ladder"),
    script:
        "../scripts/climb_ladder.py"


rule cross_check:
    """Estimate the contrasts by bootstrap, imputation by visit and regression; set them beside the posterior."""
    input:
        unpack(those("ladder_draws", "measures", "outcome_weights", "follow_up")),
        arm_means=table("arm_means"),
        dataset=made("dataset"),
    output:
        **outputs("cross_check"),
    log:
        f"{SCENARIO}/logs/cross_check_{{analysis}}.log",
    benchmark:
        f"{SCENARIO}/logs/cross_check_{{analysis}}.tsv"
    conda:
        "../envs/environment.yaml"
    resources:
        mem_mb=by_attempt(4000),
        runtime=by_attempt(60),
    params:
        stage="model",
        settings=read_by(cross_check_settings),
        code=code("cross_check"),
    script:
        "../scripts/cross_check.py"


rule scale_priors:
    """Scale priors and likelihood; write how far the contrasts hang on each."""
    input:
        posterior=table("posterior"),
    output:
        **outputs("scale_priors"),
    log:
        f"{SCENARIO}/logs/scale_priors_{{analysis}}.log",
    benchmark:
        f"{SCENARIO}/logs/scale_priors_{{analysis}}.tsv"
    conda:
        "../envs/environment.yaml"
    resources:
        mem_mb=by_attempt(4000),
        runtime=by_attempt(60),
    params:
        stage="model",
        settings=read_by(contrast_settings),
        code=code("scale_priors"),
    script:
        "../scripts/scale_priors.py"


rule estimate_endpoints:
    """Model the clinical endpoints of a study and compare the arms on them."""
    input:
        unpack(those("participants", "episodes")),
        unpack(those("endpoint_events", "endpoint_risk")),
    output:
        **outputs("estimate_endpoints"),
    log:
        f"{SCENARIO}/logs/estimate_endpoints.log",
    benchmark:
        f"{SCENARIO}/logs/estimate_endpoints.tsv"
    conda:
        "../envs/environment.yaml"
    resources:
        mem_mb=by_attempt(4000),
        runtime=by_attempt(60),
    params:
        stage="endpoints",
        settings=settings("endpoints"),
        code=code("estimate_endpoints"),
    script:
        "../scripts/estimate_endpoints.py"


rule compare_observed:
    """Compare people whom nobody randomised: overlap first, then associations."""
    input:
        unpack(those("participants", "episodes", "criteria")),
        unpack(those("participant_costs", "cost_observed", "perspectives")),
        unpack(those("outcomes", "measures", "endpoint_events", "endpoint_risk")),
    output:
        **outputs("compare_observed"),
    log:
        f"{SCENARIO}/logs/compare_observed.log",
    benchmark:
        f"{SCENARIO}/logs/compare_observed.tsv"
    conda:
        "../envs/environment.yaml"
    resources:
        mem_mb=by_attempt(4000),
        runtime=by_attempt(60),
    params:
        stage="observational",
        settings=settings("observational"),
        code=code("compare_observed"),
    script:
        "../scripts/compare_observed.py"


rule fit_selection:
    """Fit the selection model, in which being unobserved depends on the outcome, once a case."""
    input:
        dataset=made("dataset"),
    output:
        **outputs("fit_selection"),
    log:
        f"{SCENARIO}/logs/fit_selection_{{analysis}}.log",
    benchmark:
        f"{SCENARIO}/logs/fit_selection_{{analysis}}.tsv"
    conda:
        "../envs/environment.yaml"
    resources:
        mem_mb=by_attempt(4000),
        runtime=by_attempt(60),
    params:
        stage="model",
        settings=settings("model"),
        code=code("fit_selection"),
    script:
        "../scripts/fit_selection.py"
