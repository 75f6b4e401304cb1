"""Draws in two wide files, with parameters beside them: the same as a tidy file, or a sentence."""

import pytest
from filled import filled
from trialbalance.contracts import Problems
from trialbalance.data import read_records
from trialbalance.settings.sections.data import DataSettings

STUDY = {
    "arms": {"usual": {}, "new": {}},
    "visits": {},
    "periods": {},
    "horizon_years": 1.0,
}
COSTS = "usual,new\n10,20\n11,21\n"
EFFECTS = "new,usual\n0.6,0.5\n0.7,0.4\n"


def handed_over(folder, **files):
    paths = {}
    for name, text in files.items():
        paths[name] = folder / f"{name.partition('_')[0]}.csv"
        paths[name].write_text(text, encoding="utf-8")
    return read_records(paths, STUDY, filled("data", {"door": "draws"}))


def said(folder, **files):
    with pytest.raises(Problems) as problems:
        handed_over(folder, **files)
    return [finding.sentence() for finding in problems.value.findings]


def test_two_wide_files_become_the_tidy_table(tmp_path):
    tables = handed_over(tmp_path, costs_drawn=COSTS, effects_drawn=EFFECTS)
    rows = tables["draws_given"].sort_values(["draw", "arm"]).to_numpy().tolist()
    assert rows == [
        [1, "new", 20.0, 0.6],
        [1, "usual", 10.0, 0.5],
        [2, "new", 21.0, 0.7],
        [2, "usual", 11.0, 0.4],
    ]
    assert tables["parameters_given"].empty


def test_parameters_take_the_numbers_of_the_draws(tmp_path):
    numbered = {
        "costs_drawn": "draw,usual,new\n5,10,20\n6,11,21\n",
        "effects_drawn": "draw,usual,new\n6,0.4,0.7\n5,0.5,0.6\n",
    }
    tables = handed_over(tmp_path, **numbered, parameters_given="price\n2.5\n3\n")
    assert tables["parameters_given"].to_dict("list") == {"draw": [5, 6], "price": [2.5, 3.0]}
    effects = tables["draws_given"].query("arm == 'usual'").set_index("draw")["effect"]
    assert effects.to_dict() == {5: 0.5, 6: 0.4}


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        (
            {"costs_drawn": "usual,nwe\n10,20\n11,21\n"},
            "costs.csv, row 1, column nwe: found a column nwe; allowed: draw and the arms usual, "
            "new; rename it to new.",
        ),
        (
            {"effects_drawn": "usual,new\n0.5,0.6\n,0.7\n"},
            "effects.csv, row 3, column usual: found a blank; allowed: a number; correct it, or "
            "leave out the whole draw in both files.",
        ),
        (
            {"costs_drawn": "usual,new\n10,2O\n11,21\n"},
            "costs.csv, row 2, column new: found '2O'; allowed: a number; correct it, or leave "
            "out the whole draw in both files.",
        ),
        (
            {"effects_drawn": "usual,new\n0.5,0.6\n"},
            "effects.csv: found 1 draws; allowed: 2, as in costs.csv; give cost and effect of "
            "the same draws.",
        ),
        (
            {"parameters_given": "price\n2\n3\n4\n"},
            "parameters.csv, column draw: found 3 rows; allowed: one row for each of the 2 draws "
            "of cost and effect; hand over the parameters of the same draws.",
        ),
        (
            {"parameters_given": "draw,price\n1,3\n3,4\n"},
            "parameters.csv, column draw: found other draw numbers; allowed: one row for each of "
            "the 2 draws of cost and effect; hand over the parameters of the same draws.",
        ),
    ],
)
def test_what_does_not_fit_is_said(tmp_path, files, sentence):
    given = {"costs_drawn": COSTS, "effects_drawn": EFFECTS} | files
    assert said(tmp_path, **given) == [sentence]


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"costs_drawn": "a.csv"},
        {"draws_given": "a.csv", "costs_drawn": "a.csv"},
        {"parameters_given": "a.csv"},
    ],
)
def test_draws_come_in_one_way(files):
    with pytest.raises(ValueError, match="draws_given, or costs_drawn with effects_drawn"):
        DataSettings(door="draws", files=files)
