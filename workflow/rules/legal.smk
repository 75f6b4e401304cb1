"""Stage legal: who was under which order, when, and was it lawful? Writes 15_legal."""


rule apply_law:
    """Follow every order through the law: criteria, days under a status, time limits, use."""
    input:
        unpack(those("participants", "episodes", "legal_events")),
        unpack(inputs(paths.law_files)),
    output:
        **outputs("apply_law"),
    log:
        f"{SCENARIO}/logs/apply_law.log",
    benchmark:
        f"{SCENARIO}/logs/apply_law.tsv"
    conda:
        "../envs/environment.yaml"
    params:
        stage="legal",
        settings=settings("legal"),
        code=code("apply_law"),
        sources=sources(paths.law_files),
    script:
        "../scripts/apply_law.py"
