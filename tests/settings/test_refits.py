"""Cells refitted as proof: a seeded draw, bounded in fits, each a scenario of its own settings."""

from pathlib import Path

import pytest
from defensible_study import PLAIN, one_choice, option, small
from trialbalance.contracts import Problems
from trialbalance.graph.multiverse_paths import (
    fit_lines,
    multiverse_targets,
    proof_settings,
    refit_inputs,
)
from trialbalance.graph.paths import Place
from trialbalance.graph.target_files import full_targets, study_targets
from trialbalance.settings.load import load_study
from trialbalance.settings.refits import drawn_refits, refits
from trialbalance.settings.sections.multiverse import MultiverseSettings
from trialbalance.settings.universes import cells

DOORS = Path(__file__).parents[1] / "doors"


def section_of(**changes):
    return MultiverseSettings.model_validate(small(**changes)).model_dump()


def every(drawn):
    return [number for mine in drawn.values() for number, _ in mine]


@pytest.mark.parametrize("new_fits", [1, 2, 5, 20])
def test_as_many_cells_as_asked_stand_on_no_more_fits_than_allowed(new_fits):
    drawn = drawn_refits(section_of(refitted=20, new_fits=new_fits), 7)
    assert len(drawn) <= new_fits
    # One fit of the small multiverse has 2 × 5 cells, those excluded left out.
    assert len(every(drawn)) == len(set(every(drawn))) == min(20, 10 * new_fits)
    assert set(every(drawn)) <= {number for number, _ in cells(section_of())}


def test_with_a_fit_for_each_the_draw_is_one_among_all_cells():
    section = section_of(refitted=20, new_fits=20)
    more = drawn_refits(section | {"new_fits": 500}, 7)
    assert drawn_refits(section, 7) == more
    times = dict.fromkeys((number for number, _ in cells(section)), 0)
    for seed in range(300):
        for number in every(drawn_refits(section, seed)):
            times[number] += 1
    # 300 × 20 draws of 120 cells: 50 each, standard deviation sqrt(300 × 1/6 × 5/6) = 6.5.
    assert 50 - 5 * 6.5 < min(times.values()) <= max(times.values()) < 50 + 5 * 6.5


def test_the_draw_hangs_on_the_seed_of_the_study_alone():
    section = section_of()
    assert drawn_refits(section, 1) == drawn_refits(section, 1)
    assert drawn_refits(section, 1) != drawn_refits(section, 2)


def test_a_refit_lays_the_options_and_prices_of_its_cells_over_the_study(study):
    study.change(multiverse=small(refitted=120, new_fits=12))
    loaded = load_study(study.file)
    found = {fit.options: loaded.scenarios[fit.scenario] for fit in refits(loaded)}
    assert len(found) == 12
    one = found["society", "lognormal", "dear"]
    assert one["model"]["cost"]["family"] == "lognormal"
    assert list(one["analyses"]) == ["qaly_health_care"]
    assert one["costs"]["other_prices"] == {"unit_costs": {}, "range_end": "high"}
    assert found[("later",)]["costs"]["price_year"] == "2023/24"
    assert found[()]["costs"] == loaded.base["costs"]
    assert {one["model"]["repetition"] for one in found.values()} == {1}
    assert loaded.base["model"]["repetition"] == 0


def test_refits_run_under_target_multiverse_alone_and_are_printed_beforehand(study):
    loaded = load_study(study.change(multiverse=small()).file)
    asked = refit_inputs(Place(loaded))
    assert len(asked) == 1 + 2 * len(refits(loaded))
    assert all(path not in study_targets(loaded) + full_targets(loaded) for path in asked.values())
    assert f"<results>/{loaded.name}/70_synthesis/multiverse_proof.csv" in multiverse_targets(
        loaded
    )
    lines = fit_lines(loaded)
    assert "20 cells drawn at random are refitted on 2 more fits" in "\n".join(lines)
    for fit in refits(loaded):
        assert any(line.startswith(f"{fit.scenario}/{fit.analysis}") for line in lines)


@pytest.mark.parametrize("silent", [{"refitted": 0}, {"new_fits": 0}])
def test_no_cell_is_refitted_where_none_is_asked_for(study, silent):
    loaded = load_study(study.change(multiverse=small(**silent)).file)
    assert refits(loaded) == []
    assert not any("proof" in name for name in multiverse_targets(loaded))
    assert not any("proof" in line for line in fit_lines(loaded))


def test_draws_handed_over_are_not_refitted(study):
    given = (DOORS / "draws" / "study.yaml").read_text(encoding="utf-8")
    study.file.write_text(given, encoding="utf-8")
    choices = one_choice(a=PLAIN, b=option("B", threshold=1))
    loaded = load_study(study.change(multiverse=small(choices=choices, excluded=[])).file)
    assert refits(loaded) == []


def test_the_proof_reads_no_words_and_no_fit(study):
    settings = proof_settings(load_study(study.change(multiverse=small()).file))
    assert "fit" not in settings
    assert sum(len(one["cells"]) for one in settings["refits"]) == 20
    assert "defensible" not in repr(settings["multiverse"])


@pytest.mark.parametrize(
    ("change", "parts"),
    [
        (
            {"costs": {"other_prices": {"range_end": "low"}}},
            ["costs.other_prices", "and the base case", "those of a scenario"],
        ),
        (
            {"scenarios": {"dear": {"title": "Dear", "costs": {
                "other_prices": {"unit_costs": {"bed": 9.0}}}}}},
            ["scenarios.dear.costs.other_prices", "found bed", "hospital_night"],
        ),
    ],
)  # fmt: skip
def test_other_prices_that_cannot_be_are_told_once(study, change, parts):
    with pytest.raises(Problems) as caught:
        load_study(study.change(**change).file)
    told = [finding.sentence() for finding in caught.value.findings]
    assert any(all(part in one for part in parts) for one in told), told
    assert len(told) == 1, told
