"""The twin of a study: its shape, nobody of it, and fit for the check and the early stages."""

import shutil
from pathlib import Path

import pandas as pd
import pytest
import yaml
from laid_study import Laid
from study_copy import StudyCopy
from trialbalance.commands.check import check_study
from trialbalance.commands.twin import make_twin
from trialbalance.commands.twinning.drawing import draw_records
from trialbalance.contracts.problems import Problems

DOORS = Path(__file__).parents[1] / "doors"
LEAST = 10
RARE = ("Outer Hebrides", "lives alone with seven cats", "withdrew after a quarrel", "albino")


def table(folder, name):
    return pd.read_csv(folder / "data" / f"{name}.csv", dtype="str", keep_default_na=False)


def filed(folder):
    """Return the tables that a study hands over, where its study.yaml says."""
    files = yaml.safe_load((folder / "study.yaml").read_text(encoding="utf-8"))["data"]["files"]
    return {
        name: pd.read_csv(folder / path, dtype="str", keep_default_na=False)
        for name, path in files.items()
    }


@pytest.fixture(scope="module")
def telling(tmp_path_factory):
    """Return a study with rare words, free text, a typed reason and deaths, and its twin."""
    home = tmp_path_factory.mktemp("telling")
    folder = home / "my_trial"
    from trialbalance import house

    shutil.copytree(house.resources() / "template", folder)
    people = table(folder, "participants")
    people["ethnicity"] = ["white", "black", "asian", "white"] * 20
    people.loc[7, "ethnicity"] = RARE[3]
    people["diary"] = [f"note {place} of a person" for place in range(len(people))]
    people.loc[3, "diary"] = RARE[1]
    people.loc[9, "site"] = RARE[0]
    people.loc[5, "exclusion"] = RARE[2]
    people["score"] = [f"{place / 7:.4f}" for place in range(len(people))]
    people.loc[11, "score"] = "987654.3210"
    people.loc[60:, "score"] = ""
    visits = table(folder, "visits")
    for place in range(14, 27):
        person = people.loc[place, "participant_id"]
        start = pd.Timestamp(people.loc[place, "randomisation_date"])
        people.loc[place, "death_date"] = str((start + pd.Timedelta(days=300)).date())
        last = (visits["participant_id"] == person) & (visits["visit"] == "month_12")
        visits.loc[last, ["date", "status"]] = ["", "dead"]
        for name in ("responses", "resource_use"):
            rows = table(folder, name)
            late = rows.get("visit", rows.get("period")).isin(["month_12", "months_7_12"])
            rows[~((rows["participant_id"] == person) & late)].to_csv(
                folder / "data" / f"{name}.csv", index=False
            )
        stays = table(folder, "episodes")
        stays[stays["participant_id"] != person].to_csv(folder / "data/episodes.csv", index=False)
    people.to_csv(folder / "data/participants.csv", index=False)
    visits.to_csv(folder / "data/visits.csv", index=False)
    words = {"ethnicity": {"type": "category"}, "score": {"type": "number"}}
    StudyCopy(folder).change(
        study={"synthetic": False},
        data={"covariates": words},
        report={"texts": {"background": RARE[1]}},
    )
    lines = make_twin(str(folder), "", home)
    return folder, home / "my_trial_twin", lines


def test_a_twin_has_the_files_columns_and_order_of_its_original(telling):
    real, twin, _ = telling
    assert set(filed(twin)) == set(filed(real))
    for name, rows in filed(real).items():
        assert list(filed(twin)[name]) == list(rows), name


def test_a_twin_says_everywhere_that_it_is_invented(telling):
    _, twin, lines = telling
    study = yaml.safe_load((twin / "study.yaml").read_text(encoding="utf-8"))["study"]
    assert study["synthetic"] is True
    assert study["title"].startswith("Twin, invented: ")
    assert "all invented" in lines[0]


def test_a_twin_passes_the_check(telling):
    assert check_study(str(telling[1]))[0] == "my_trial_twin: no mistake found"


@pytest.mark.parametrize("words", RARE)
def test_a_rare_word_and_free_text_stand_nowhere_in_a_twin(telling, words):
    files = [path for path in telling[1].rglob("*") if path.is_file()]
    assert len(files) > 8
    assert not [path for path in files if words in path.read_text(encoding="utf-8")]


def test_a_single_far_number_is_not_told(telling):
    told = yaml.safe_load((telling[1] / "summaries.yaml").read_text(encoding="utf-8"))
    assert max(told["people"]["values"]["score"]["points"]) < 20


def rows_of(frame):
    names = [name for name in frame if name not in ("participant_id", "record_id")]
    rows = frame[names].itertuples(index=False, name=None)
    return list(zip(frame["participant_id"], rows, strict=True))


@pytest.mark.parametrize("whole", [False, True], ids=["one row", "all rows of a person"])
def test_no_row_that_fewer_than_the_threshold_share_is_in_the_twin(telling, whole):
    real, twin = filed(telling[0]), filed(telling[1])
    for name in real:
        held, drawn = ({}, {})
        for frame, into in ((real[name], held), (twin[name], drawn)):
            for person, row in rows_of(frame):
                into.setdefault(person, []).append(row)
        if whole:
            mine = [tuple(sorted(rows)) for rows in drawn.values()]
            theirs = [tuple(sorted(rows)) for rows in held.values()]
        else:
            dated = [word for word in real[name] if word.endswith("date")]
            if not dated and name != "participants":
                continue
            where = [list(real[name].drop(columns=["record_id"], errors="ignore").columns[1:])
                     .index(word) for word in dated]  # fmt: skip
            mine = [row for rows in drawn.values() for row in rows if any(row[p] for p in where)]
            theirs = [row for rows in held.values() for row in rows]
        few = {row for row in theirs if theirs.count(row) < LEAST}
        assert mine
        assert not few & set(mine), name


def test_no_identifier_of_the_original_is_in_the_twin(telling):
    real, twin = filed(telling[0]), filed(telling[1])
    for name in real:
        for column in ("participant_id", "record_id"):
            if column in real[name]:
                assert not set(real[name][column]) & set(twin[name][column])


def test_every_share_in_the_summaries_rests_on_the_threshold(telling):
    told = yaml.safe_load((telling[1] / "summaries.yaml").read_text(encoding="utf-8"))
    people = len(filed(telling[0])["participants"])
    shares = []

    def walk(part):
        for key, value in part.items() if isinstance(part, dict) else enumerate(part):
            if key in ("share", "there", "away") or (isinstance(key, str) and key == "undated"):
                shares.extend(value.values() if isinstance(value, dict) else [value])
            elif isinstance(value, dict | list):
                walk(value)

    walk(told)
    assert len(shares) > 20
    assert all(share == 0 or share * people >= LEAST * 0.85 for share in shares)


def test_deaths_and_missed_visits_come_at_the_rate_of_the_original(telling):
    real, twin = filed(telling[0]), filed(telling[1])

    def rates(tables):
        status = tables["visits"].groupby("visit")["status"].value_counts(normalize=True)
        return status["month_12"].reindex(["attended", "missed", "dead"], fill_value=0)

    assert (rates(real) - rates(twin)).abs().max() < 0.15
    died = (twin["participants"]["death_date"] != "").mean()
    assert 0.08 < died < 0.28


def test_a_twin_does_not_tell_the_arms_apart(telling):
    told = yaml.safe_load((telling[1] / "summaries.yaml").read_text(encoding="utf-8"))
    assert set(told["people"].pop("arms")) == {"new_service", "usual_care"}
    assert "usual_care" not in str(told)


def test_a_twin_is_drawn_from_its_summaries_alone(telling):
    told = yaml.safe_load((telling[1] / "summaries.yaml").read_text(encoding="utf-8"))
    study = yaml.safe_load((telling[1] / "study.yaml").read_text(encoding="utf-8"))["study"]
    again = draw_records(told, study, 1)
    assert {name: list(rows) for name, rows in again.items()} == {
        name: list(rows) for name, rows in filed(telling[1]).items()
    }
    same = again["participants"].eq(filed(telling[1])["participants"]).all(axis=1)
    # The others happened to equal a person and were drawn again.
    assert same.mean() > 0.2


@pytest.mark.parametrize("door", ["template", "scored", "totals"])
def test_a_twin_of_every_door_runs_through_the_early_stages(tmp_path, door):
    from trialbalance import house

    source = house.resources() / "template" if door == "template" else DOORS / door
    make_twin(str(source), "a_twin", tmp_path)
    laid = Laid(tmp_path / "laid", tmp_path / "a_twin").run()
    analysis = next(iter(laid.settings["analyses"]))
    dataset = laid.table("dataset", "dataset", analysis)
    assert dataset["cost"].notna().sum() > 20
    assert dataset["effect"].notna().sum() > 20


@pytest.mark.parametrize("wording", [("draws", "draws, which hold no row of a person")])
def test_a_study_without_rows_of_people_is_refused_in_one_sentence(tmp_path, wording):
    with pytest.raises(Problems) as stopped:
        make_twin(str(DOORS / wording[0]), "a_twin", tmp_path)
    assert len(stopped.value.findings) == 1
    assert wording[1] in str(stopped.value)
    assert not (tmp_path / "a_twin").exists()


def test_small_sites_are_told_by_invented_names(tmp_path, study):
    people = table(study.folder, "participants")
    people["site"] = [f"surgery of Dr {chr(65 + place % 26)}" for place in range(len(people))]
    people.to_csv(study.folder / "data/participants.csv", index=False)
    make_twin(str(study.folder), "a_twin", tmp_path)
    sites = set(table(tmp_path / "a_twin", "participants")["site"])
    assert 2 <= len(sites) <= 8
    assert all(site.startswith("site_") for site in sites)
