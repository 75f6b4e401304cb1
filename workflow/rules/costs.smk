"""Stage costs: what did it cost, and whom? Writes 20_costs."""


rule value_resources:
    """Value every record: quantity × unit cost × inflation × discount, one ledger line each."""
    input:
        unpack(inputs(paths.costs_inputs)),
    output:
        **outputs("costs", *tables.COSTS),
    log:
        f"{SCENARIO}/logs/value_resources.log",
    conda:
        "../envs/environment.yaml"
    params:
        stage="costs",
        settings=settings("costs"),
        code=code("value_resources"),
        sources=sources(paths.costs_inputs),
    script:
        "../scripts/value_resources.py"
