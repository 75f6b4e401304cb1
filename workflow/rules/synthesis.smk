"""Stage synthesis: does the answer survive? Writes 70_synthesis."""


rule compare_scenarios:
    """Set all scenarios side by side, say which file each came from, vary single assumptions."""
    input:
        unpack(inputs(paths.synthesis_inputs)),
    output:
        **outputs("compare_scenarios"),
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


use rule compare_scenarios as compare_every_scenario with:
    input:
        unpack(inputs(paths.full_synthesis_inputs)),
    output:
        **{
            name: f"{STUDY}/70_synthesis/full/{name}.csv"
            for name in catalogue.written_by("compare_scenarios")
        },
    log:
        f"{STUDY}/base/logs/compare_every_scenario.log",
