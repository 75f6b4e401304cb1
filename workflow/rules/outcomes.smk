"""Stage outcomes: what did people gain? Writes 30_outcomes."""


rule score_outcomes:
    """Score questionnaires, draw the area under each curve, count endpoints."""
    input:
        unpack(inputs(paths.outcomes_inputs)),
    output:
        **outputs("outcomes", *tables.OUTCOMES),
    log:
        f"{SCENARIO}/logs/score_outcomes.log",
    conda:
        "../envs/environment.yaml"
    params:
        stage="outcomes",
        settings=settings("outcomes"),
        code=code("score_outcomes"),
        sources=sources(paths.outcomes_inputs),
    script:
        "../scripts/score_outcomes.py"
