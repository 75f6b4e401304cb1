"""Stage decision: which option, how sure, and is more research worth it? Writes 60_decision."""


rule compare_arms:
    """Compare the arms from posterior draws: increments, net benefit, acceptability, information."""
    input:
        unpack(inputs(paths.decision_inputs)),
    output:
        **outputs("decision", *tables.DECISION, *tables.EXPORTS),
    log:
        f"{SCENARIO}/logs/compare_arms_{{analysis}}.log",
    conda:
        "../envs/environment.yaml"
    params:
        stage="decision",
        settings=settings("decision", without="missing_not_at_random"),
        code=code("compare_arms"),
        sources=sources(paths.decision_inputs),
    script:
        "../scripts/compare_arms.py"


rule move_unobserved:
    """Move the means of people alive but unobserved: scenarios, tipping points, averaged answer."""
    input:
        arm_means=made("model", "arm_means"),
        unobserved_means=made("model", "unobserved_means"),
    output:
        **outputs("decision", *tables.DELTAS),
    log:
        f"{SCENARIO}/logs/move_unobserved_{{analysis}}.log",
    conda:
        "../envs/environment.yaml"
    params:
        stage="decision",
        settings=settings("decision"),
        code=code("move_unobserved"),
    script:
        "../scripts/move_unobserved.py"


rule compare_selection:
    """Compare the arms under each case of the selection model."""
    input:
        selection_draws=made("model", "selection_draws"),
    output:
        **outputs("decision", *tables.SELECTION_COMPARED),
    log:
        f"{SCENARIO}/logs/compare_selection_{{analysis}}.log",
    conda:
        "../envs/environment.yaml"
    params:
        stage="decision",
        settings=settings("decision", without="missing_not_at_random"),
        code=code("compare_selection"),
    script:
        "../scripts/compare_selection.py"
