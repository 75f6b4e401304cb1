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
