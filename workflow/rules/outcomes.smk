"""Stage outcomes: what did people gain? Writes 30_outcomes."""


rule score_outcomes:
    """Score questionnaires, draw the area under each curve, count endpoints."""
    input:
        unpack(those("participants", "visits", "responses", "episodes")),
        unpack(those("measures_given")),
        unpack(inputs(paths.gap_records)),
        unpack(inputs(paths.value_set_files)),
    output:
        **outputs("score_outcomes"),
    log:
        f"{SCENARIO}/logs/score_outcomes.log",
    benchmark:
        f"{SCENARIO}/logs/score_outcomes.tsv"
    conda:
        "../envs/environment.yaml"
    params:
        stage="outcomes",
        settings=settings("outcomes"),
        code=code("score_outcomes"),
        sources=sources(paths.value_set_files),
    script:
        "../scripts/score_outcomes.py"
