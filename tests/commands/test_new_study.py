"""A new study of the shape that was said: each shape offered passes the check; some are run."""

import itertools

import pandas as pd
import pytest
import yaml
from laid_study import Laid
from trialbalance.commands.check import check_study
from trialbalance.commands.founding.founded_records import founded_records
from trialbalance.commands.founding.shape import OUTCOMES, Shape, shape_of
from trialbalance.commands.new_study import make_study
from trialbalance.contracts.problems import Problems
from trialbalance.settings.load import load_study

SETS = [
    *(",".join(some) for n in (1, 2, 3) for some in itertools.permutations(OUTCOMES, n)),
    "abstinence",
    "none",
]
SAID = {
    "arms": ("new_service,usual_care", "a,b,c", "brief,long,none_at_all,usual"),
    "horizon": (1, 0.5, 2, 5),
    "perspectives": ("health_care", "societal", "health_care,societal", "societal,health_care"),
    "questionnaire": ("eq5d3l", "eq5d5l"),
    "currency": ("GBP", "EUR", "CAD"),
    "threshold": (None, 30000.0),
}
# Each set of outcomes with other words of every flag, so that each word stands beside many others.
SOME = [
    {"outcomes": said} | {flag: words[(place + shift) % len(words)] for flag, words in SAID.items()}
    for place, said in enumerate(SETS)
    for shift in ((0, 1) if said.count(",") < 1 else (0,))
]
EVERY = [
    dict(zip(("outcomes", *SAID), words, strict=True))
    for words in itertools.product(SETS, *SAID.values())
]


def made(folder, said):
    shape = shape_of(**said)
    make_study("a_study", folder, shape)
    return folder / "a_study", shape


def check(folder, said):
    study, shape = made(folder, said)
    assert check_study(str(study))[0] == "a_study: no mistake found"
    loaded = load_study(study / "study.yaml").base
    assert tuple(loaded["study"]["arms"]) == shape.arms
    assert loaded["study"]["horizon_years"] == shape.horizon
    assert loaded["study"]["currency"] == shape.currency
    assert {one["outcome"] for one in loaded["analyses"].values()} == set(shape.outcomes)
    return loaded


@pytest.mark.parametrize("said", SOME, ids=lambda said: said["outcomes"])
def test_every_shape_offered_passes_the_check(tmp_path, said):
    check(tmp_path, said)


@pytest.mark.slow
def test_every_combination_of_flags_passes_the_check(tmp_path):
    assert len(EVERY) == 17 * 3 * 4 * 4 * 2 * 3 * 2
    for place, said in enumerate(EVERY[:: len(EVERY) // 400]):
        check(tmp_path / str(place), said)


@pytest.mark.parametrize(
    "said",
    [
        {"arms": "a,b,c", "horizon": 5, "currency": "EUR", "threshold": 30000.0},
        {"outcomes": "admission_avoided,years_at_home", "questionnaire": "eq5d5l"},
        {"outcomes": "abstinence"},
        {"outcomes": "qaly,admission_avoided", "visits": "0,3,6,9,12"},
    ],
    ids=["three arms, five years, EUR", "no QALY", "abstinence", "five visits"],
)
def test_a_founded_study_runs_through_the_dataset(tmp_path, said):
    study, shape = made(tmp_path, said)
    laid = Laid(tmp_path / "laid", study).run()
    for analysis in laid.settings["analyses"]:
        dataset = laid.table("dataset", "dataset", analysis)
        seen = dataset.groupby("arm", observed=True)[["cost", "effect"]].count()
        assert set(seen.index) == set(shape.arms)
        assert (seen > 15).all().all()


def test_a_study_of_costs_only_describes_them_and_decides_nothing(tmp_path):
    loaded = check(tmp_path, {"outcomes": "none"})
    assert loaded["analyses"] == {}


def test_the_comments_of_the_template_stay(tmp_path):
    study, _ = made(tmp_path, {"arms": "a,b", "currency": "EUR"})
    text = (study / "study.yaml").read_text(encoding="utf-8")
    assert "# whose costs count" in text
    assert "# facts that every stage may read" in text


def test_prices_of_a_founded_study_are_of_its_currency_and_year(tmp_path):
    study, _ = made(tmp_path, {"currency": "EUR"})
    prices = pd.read_csv(study / "unit_costs.csv")
    settings = yaml.safe_load((study / "study.yaml").read_text(encoding="utf-8"))
    assert set(prices["currency"]) == {"EUR"}
    assert set(prices["price_year"]) == {settings["costs"]["price_year"]}
    assert "price_index" not in settings["costs"]


def test_outside_pounds_no_threshold_is_taken_from_pounds(tmp_path):
    study, _ = made(tmp_path, {"currency": "EUR"})
    assert load_study(study / "study.yaml").base["decision"]["thresholds"]["qaly"]["exploratory"]


def test_without_a_flag_the_template_is_copied(tmp_path):
    from trialbalance import house

    make_study("plain", tmp_path, shape_of())
    for path in (house.resources() / "template" / "data").iterdir():
        assert (tmp_path / "plain" / "data" / path.name).read_bytes() == path.read_bytes()


def test_the_same_shape_gives_the_same_records():
    one, other = founded_records(Shape()), founded_records(Shape())
    assert all(one[name].equals(other[name]) for name in one)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"arms": "a,B c"}, "new-study --arms: found 'B c'; allowed: small letters, digits and _"),
        ({"arms": "a"}, "new-study --arms: found a; allowed: two different arms or more"),
        ({"arms": "a,a"}, "new-study --arms: found a,a; allowed: two different arms or more"),
        ({"comparator": "x"}, "--comparator: found x; allowed: new_service, usual_care"),
        ({"outcomes": "qalys"}, "--outcomes: found 'qalys'; allowed: qaly, admission_avoided"),
        ({"outcomes": "abstinence,qaly"}, "abstinence beside other outcomes; allowed: alone"),
        ({"perspectives": "nhs"}, "--perspectives: found 'nhs'; allowed: health_care, societal"),
        ({"questionnaire": "sf6d"}, "--questionnaire: found 'sf6d'; allowed: eq5d3l, eq5d5l"),
        ({"visits": "0,six"}, "--visits: found 0,six; allowed: whole months"),
        ({"visits": "6,12"}, "--visits: found 6,12; allowed: 0 first and rising"),
        ({"visits": "0,6", "horizon": 2}, "found the last in month 6, with a horizon of 2 years"),
        ({"currency": "euro"}, "--currency: found euro; allowed: a code such as GBP or EUR"),
    ],
)
def test_a_flag_that_cannot_be_is_one_sentence(said, sentence):
    with pytest.raises(Problems) as stopped:
        shape_of(**said)
    assert len(stopped.value.findings) == 1
    assert sentence in str(stopped.value)
