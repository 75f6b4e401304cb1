"""Stage dataset: what do we analyse, and what is missing? Writes 40_dataset."""


rule build_dataset:
    """Bring cost, effect and covariates together, one row a participant."""
    input:
        unpack(inputs(paths.dataset_inputs)),
    output:
        **outputs("dataset", *tables.DATASET),
    log:
        f"{SCENARIO}/logs/build_dataset_{{analysis}}.log",
    conda:
        "../envs/environment.yaml"
    params:
        stage="dataset",
        settings=settings("dataset"),
        code=code("build_dataset"),
    script:
        "../scripts/build_dataset.py"


rule describe_groups:
    """Describe by arm all that was recorded, for studies that name no analysis."""
    input:
        unpack(inputs(paths.described_inputs)),
    output:
        **outputs("dataset", *tables.DESCRIBED),
    log:
        f"{SCENARIO}/logs/describe_groups.log",
    conda:
        "../envs/environment.yaml"
    params:
        stage="dataset",
        settings=settings("dataset"),
        code=code("describe_groups"),
    script:
        "../scripts/describe_groups.py"
