"""Stage costs: what did it cost, and whom? Writes 20_costs."""


rule value_resources:
    """Value every record: quantity × unit cost × inflation × discount, one ledger line each."""
    input:
        unpack(those("participants", "visits", "resource_use", "episodes")),
        unpack(those("unit_costs", "legal_use")),
        unpack(inputs(paths.price_files)),
    output:
        **outputs("value_resources"),
    log:
        f"{SCENARIO}/logs/value_resources.log",
    benchmark:
        f"{SCENARIO}/logs/value_resources.tsv"
    conda:
        "../envs/environment.yaml"
    resources:
        mem_mb=by_attempt(8000),
        runtime=by_attempt(60),
    params:
        stage="costs",
        settings=settings("costs"),
        code=code("value_resources"),
        sources=sources(paths.price_files),
    script:
        "../scripts/value_resources.py"
