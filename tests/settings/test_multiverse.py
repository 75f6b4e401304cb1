"""Section multiverse: mistakes in sentences, cells, and which fits they share."""

from pathlib import Path

import pytest
from defensible_study import PLAIN, one_choice, option, small
from trialbalance.contracts import Problems
from trialbalance.graph import audit_paths
from trialbalance.graph.multiverse_paths import fit_lines, multiverse_inputs, multiverse_targets
from trialbalance.graph.paths import Place
from trialbalance.graph.target_files import full_targets, study_targets
from trialbalance.settings.load import load_study
from trialbalance.settings.universes import cells, fits, multiverse_settings

DOORS = Path(__file__).parents[1] / "doors"
REFIT = {"model": {"cost": {"family": "lognormal"}}}


@pytest.mark.parametrize(
    ("section", "parts"),
    [
        (small(analysis="qaly"), ["multiverse.analysis", "found qaly", "qaly_health_care"]),
        (
            small(choices=one_choice(a=PLAIN, b=PLAIN), excluded=[]),
            ["only.options", "2 options that change nothing (a, b)", "exactly one"],
        ),
        (
            small(choices=one_choice(a=option("A", threshold=1), b=option("B", threshold=2)),
                  excluded=[]),
            ["only.options", "0 options that change nothing", "exactly one"],
        ),
        (
            small(choices=one_choice(a=PLAIN, b=option("B", threshold=2, weight=1)), excluded=[]),
            ["weights of some options", "weights of all or of none"],
        ),
        (
            small(choices={
                "one": {"label": "One", "options": {"a": PLAIN, "b": option("B", threshold=1)}},
                "two": {"label": "Two", "options": {"c": PLAIN, "b": option("B", threshold=1)}},
            }, excluded=[]),
            ["option b under one and two", "each name of an option once"],
        ),
        (
            small(excluded=[{"options": ["dear", "dearer"], "reason": "x"}]),
            ["excluded.0.options", "found dearer", "lognormal"],
        ),
        (
            small(excluded=[{"options": ["dear", "later"], "reason": "x"}]),
            ["excluded.0.options", "two options of prices", "one of a choice"],
        ),
        (
            small(choices=one_choice(a=PLAIN, b=option("B", missing={"effect": {"usual": -0.1}})),
                  excluded=[]),
            ["options.b.missing.effect", "found usual", "did you mean usual_care?"],
        ),
        (
            small(choices=one_choice(a=PLAIN, b=option("B", prices={"unit_costs": {"bed": 1}})),
                  excluded=[]),
            ["options.b.prices", "found bed", "hospital_night"],
        ),
        (
            small(choices=one_choice(a=PLAIN, b=option("B", prices={})), excluded=[]),
            ["options.b.prices", "no price given", "unit_costs, range_end, price_year"],
        ),
        (
            small(choices=one_choice(a=PLAIN, b=option("B", refit={"decision": {}})), excluded=[]),
            ["options.b.refit.decision", "a setting that does not exist"],
        ),
        (small(most_fits=3), ["most_fits", "found 4 fits", "up to 3", "raise most_fits"]),
        (
            small(choices=small()["choices"] | {"again": {"label": "Again", "options": {
                "primary": PLAIN, "other": option("Other", threshold=30000)}}}),
            ["low_threshold and other", "both replace threshold", "options of one choice"],
        ),
    ],
)  # fmt: skip
def test_each_mistake_is_a_sentence(study, section, parts):
    with pytest.raises(Problems) as caught:
        load_study(study.change(multiverse=section).file)
    told = [finding.sentence() for finding in caught.value.findings]
    assert any(all(part in sentence for part in parts) for sentence in told), told
    assert len(told) == 1, told


def test_an_outcome_without_a_primary_threshold_has_no_multiverse(study):
    study.change(multiverse=small(), decision={"thresholds": {"qaly": {"exploratory": True}}})
    with pytest.raises(Problems, match="has no primary threshold"):
        load_study(study.file)


def test_a_refit_that_cannot_be_is_told_where_it_stands(study):
    wrong = option("B", refit={"model": {"cost": {"family": "gama"}}})
    study.change(multiverse=small(choices=one_choice(a=PLAIN, b=wrong), excluded=[]))
    with pytest.raises(Problems) as caught:
        load_study(study.file)
    told = [finding.sentence() for finding in caught.value.findings]
    assert any("gama" in one and "lognormal" in one for one in told), told


@pytest.mark.parametrize("change", [{"refit": REFIT}, {"missing": {"effect": -0.1}}])
def test_draws_handed_over_are_neither_fitted_nor_split(study, change):
    given = (DOORS / "draws" / "study.yaml").read_text(encoding="utf-8")
    study.file.write_text(given, encoding="utf-8")
    choices = one_choice(a=PLAIN, b=option("B", **change))
    with pytest.raises(Problems, match="none at this door"):
        load_study(study.change(multiverse=small(choices=choices, excluded=[])).file)


def test_excluded_cells_are_left_out_and_renumber_nothing(study):
    section = load_study(study.change(multiverse=small()).file).base["multiverse"]
    kept = dict(cells(section))
    every = dict(cells(section | {"excluded": []}))
    assert len(every) == 2 * 2 * 3 * 3 * 2 * 2
    assert len(every) - len(kept) == 2 * 2 * 3 * 2
    assert all(every[number] == cell for number, cell in kept.items())
    assert not any({"jump", "cost_higher"} <= set(cell) for cell in kept.values())


def test_cells_share_the_fits_that_the_study_has_anyway(study):
    title = {"title": "t", "outcome": "qaly", "population": "intention_to_treat"}
    study.change(
        multiverse=small(),
        analyses={"qaly_societal": title | {"perspective": "societal"}},
        scenarios={"heavy": {"title": "Heavy tail", "model": {"cost": {"family": "lognormal"}}}},
    )
    loaded = load_study(study.file)
    found = {(fit.scenario, fit.analysis): fit for fit in fits(loaded)}
    assert next(iter(found)) == ("base", "qaly_health_care")
    assert found["base", "qaly_societal"].refits == (("society",),)
    # The declared scenario runs every analysis, so that all four fits are those of the study.
    assert set(found) == {
        (scenario, analysis)
        for scenario in ("base", "heavy")
        for analysis in ("qaly_health_care", "qaly_societal")
    }
    assert sum(fit.cells for fit in found.values()) == len(list(cells(loaded.base["multiverse"])))


def test_fits_of_its_own_run_under_no_other_target(study):
    loaded = load_study(study.change(multiverse=small()).file)
    own = [name for name in loaded.scenarios if name not in loaded.declared]
    assert own == [
        *("multiverse_lognormal", "multiverse_society", "multiverse_society_lognormal"),
        *("refit_of_multiverse_society_dear", "refit_of_multiverse_society_lognormal_later"),
    ]
    assert loaded.run_by("full") == ["base"]
    for files in (study_targets(loaded), full_targets(loaded)):
        assert not [file for file in files if "multiverse" in file or "refit_of" in file]
    assert "multiverse" not in str(audit_paths.manifest_inputs(Place(loaded)))
    read = multiverse_inputs(Place(loaded))
    assert len(read) == 4 * 2
    assert multiverse_targets(loaded)[0].endswith("70_synthesis/multiverse.parquet")


def test_a_study_without_the_section_has_no_such_target(study):
    loaded = load_study(study.file)
    assert multiverse_targets(loaded) == []
    assert fit_lines(loaded) == []


def test_the_list_of_fits_says_how_many_cells_share_each(study):
    lines = fit_lines(load_study(study.change(multiverse=small()).file))
    assert "120 cells on 4 fits" in lines[0]
    assert lines[1].startswith("base/qaly_health_care: 30 cells (the plan)")
    assert "30 cells (society with lognormal)" in lines[4]
    assert "10 cells (society with lognormal with later)" in lines[-1]


def test_new_words_of_an_option_make_no_cell_again(study):
    first = load_study(study.change(multiverse=small()).file)
    words = small()
    words["choices"]["prices"]["options"]["dear"]["label"] = "Dearer"
    second = load_study(study.change(multiverse=words).file)
    place = ("base", "qaly_health_care")
    assert multiverse_settings(first, *place) == multiverse_settings(second, *place)
