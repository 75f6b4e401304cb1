"""Stage synthesis: does the answer survive? Writes 70_synthesis."""


rule compare_scenarios:
    """Set the decisions of all scenarios side by side, and say which file each came from."""
    input:
        unpack(inputs(paths.synthesis_inputs)),
    output:
        scenarios=f"{STUDY}/70_synthesis/scenarios.csv",
        sources=f"{STUDY}/70_synthesis/sources.csv",
    log:
        f"{STUDY}/base/logs/compare_scenarios.log",
    conda:
        "../envs/environment.yaml"
    params:
        stage="synthesis",
        settings=settings("synthesis"),
        code=code("compare_scenarios"),
    script:
        "../scripts/compare_scenarios.py"
