"""Stage synthesis: does the answer survive? Writes 70_synthesis."""


rule compare_scenarios:
    """Set all scenarios side by side, say which file each came from, vary single assumptions."""
    input:
        unpack(inputs(paths.synthesis_inputs)),
    output:
        **outputs("compare_scenarios"),
    log:
        f"{STUDY}/base/logs/compare_scenarios.log",
    benchmark:
        f"{STUDY}/base/logs/compare_scenarios.tsv"
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
    benchmark:
        f"{STUDY}/base/logs/compare_every_scenario.tsv"


rule compare_multiverse:
    """Bring all defensible analyses together; count what they prefer, and what moves them."""
    input:
        unpack(inputs(multiverse_paths.multiverse_inputs)),
    output:
        **outputs("compare_multiverse"),
    log:
        f"{STUDY}/base/logs/compare_multiverse.log",
    benchmark:
        f"{STUDY}/base/logs/compare_multiverse.tsv"
    conda:
        "../envs/environment.yaml"
    resources:
        mem_mb=by_attempt(2000),
        runtime=by_attempt(30),
    params:
        stage="multiverse",
        settings=settings("multiverse"),
        code=code("compare_multiverse"),
        sources=sources(multiverse_paths.multiverse_inputs),
    script:
        "../scripts/compare_multiverse.py"


rule compare_refits:
    """Hold cells drawn at random against a fit at their own options and prices."""
    input:
        unpack(inputs(multiverse_paths.refit_inputs)),
    output:
        **outputs("compare_refits"),
    log:
        f"{STUDY}/base/logs/compare_refits.log",
    benchmark:
        f"{STUDY}/base/logs/compare_refits.tsv"
    conda:
        "../envs/environment.yaml"
    resources:
        mem_mb=by_attempt(2000),
        runtime=by_attempt(30),
    params:
        stage="multiverse",
        settings=read_by(multiverse_paths.proof_settings, 1),
        code=code("compare_refits"),
    script:
        "../scripts/compare_refits.py"
