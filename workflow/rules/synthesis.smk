"""Stage synthesis: does the answer survive? Writes 70_synthesis."""


rule compare_scenarios:
    """Set all scenarios side by side, say which file each came from, vary single assumptions."""
    input:
        unpack(inputs(paths.synthesis_inputs)),
    output:
        scenarios=f"{STUDY}/70_synthesis/scenarios.csv",
        sources=f"{STUDY}/70_synthesis/sources.csv",
        sensitivity=f"{STUDY}/70_synthesis/sensitivity.csv",
        two_way=f"{STUDY}/70_synthesis/two_way.csv",
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
