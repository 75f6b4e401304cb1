"""Stage dataset: what do we analyse, and what is missing? Writes 40_dataset."""


rule build_dataset:
    """Bring cost, effect and covariates together, one row a participant."""
    input:
        unpack(those("participants", "totals")),
        unpack(those("participant_costs", "cost_observed", "measures", "outcomes")),
    output:
        **outputs("build_dataset"),
    log:
        f"{SCENARIO}/logs/build_dataset_{{analysis}}.log",
    benchmark:
        f"{SCENARIO}/logs/build_dataset_{{analysis}}.tsv"
    conda:
        "../envs/environment.yaml"
    resources:
        mem_mb=by_attempt(4000),
        runtime=by_attempt(30),
    params:
        stage="dataset",
        settings=settings("dataset"),
        code=code("build_dataset"),
    script:
        "../scripts/build_dataset.py"


rule describe_groups:
    """Describe by arm all that was recorded, for studies that name no analysis."""
    input:
        unpack(those("participants", "legal_days", "legal_use")),
        unpack(those("ledger", "participant_costs", "cost_observed")),
        unpack(those("prices", "perspectives")),
        unpack(those("measures", "outcomes", "endpoint_events", "endpoint_risk")),
    output:
        **outputs("describe_groups"),
    log:
        f"{SCENARIO}/logs/describe_groups.log",
    benchmark:
        f"{SCENARIO}/logs/describe_groups.tsv"
    conda:
        "../envs/environment.yaml"
    params:
        stage="dataset",
        settings=settings("dataset"),
        code=code("describe_groups"),
    script:
        "../scripts/describe_groups.py"
