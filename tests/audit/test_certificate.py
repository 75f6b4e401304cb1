"""The second opinion: it agrees with a sound study at every door, and notices a planted error."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from laid_study import Laid
from trialbalance import contracts
from trialbalance.audit.second import (
    certificate_sentence,
    certify_study,
    compare_figures,
    must_agree,
    r_version,
)
from trialbalance.audit.second.certificate import AGREES, DIFFERS
from trialbalance.audit.second.inputs import read_first
from trialbalance.audit.workbook import observed_case
from trialbalance.contracts import Problems
from trialbalance.costs import prices, timing, valuing
from trialbalance.costs.prices import inflation_factor, price_table
from trialbalance.costs.timing import discount_factor
from trialbalance.dataset import totals
from trialbalance.dataset.totals import _by_group as by_group
from trialbalance.graph import audit_paths
from trialbalance.model import adjusted
from trialbalance.outcomes import areas
from trialbalance.outcomes.curves import integrate_segments
from trialbalance.settings.resolve import certificate_settings

needs_r = pytest.mark.skipif(r_version() is None, reason="R is not installed on this machine")


class Opinion:
    """A laid study: its files, its tables, and what the second program makes of it."""

    def __init__(self, laid, folder: Path):
        self.laid, self.folder = laid, folder
        self.settings = certificate_settings(laid.study)
        named = audit_paths.second_inputs(laid.place)
        self.files = {name: str(laid.path(path)) for name, path in named.items()}
        self.files["template"] = named["template"]
        self.tables = read_first(self.files, self.settings)

    def certificate(self, settings=None, **tables) -> pd.DataFrame:
        """Return the certificate with tables of the first program put in place of its own."""
        return certify_study(
            Path(self.files["template"]).read_text(encoding="utf-8"),
            settings or self.settings,
            self.files,
            self.tables | tables,
            self.folder / "second_opinion.R",
            self.folder / "figures.csv",
        )


def differing(certificate: pd.DataFrame) -> set[str]:
    """Return the quantities that differ."""
    return set(certificate.loc[certificate["verdict"] == DIFFERS, "quantity"])


@needs_r
@pytest.mark.parametrize("door", ["records", "scored", "totals", "draws", "draws_wide"])
def test_the_second_program_agrees_on_every_quantity_of_a_study_at_each_door(
    door, laid_by_door, tmp_path
):
    certificate = Opinion(laid_by_door(door), tmp_path).certificate()
    wrong = certificate[certificate["verdict"] != AGREES]
    assert wrong.empty, wrong.to_string()
    assert len(certificate) >= 20
    expected = {"acceptability", "value of perfect information", "on the frontier"}
    if door not in ("draws", "draws_wide"):
        expected |= {"regression contrast in cost", "standard error of the contrast in effect"}
    if door in ("records", "scored"):
        expected |= {"cost", "cost of a participant", "score", "effect"}
    assert expected <= set(certificate["quantity"])


@needs_r
@pytest.mark.parametrize("rule", [["records", "interview"], ["records", "nurse_visit"]])
def test_questions_asked_and_not_answered_agree(rule, tmp_path):
    laid = Laid(tmp_path / "laid")
    file = laid.study_folder / "data" / "resource_use.csv"
    use = pd.read_csv(file, dtype="str", keep_default_na=False)
    dated = use.index[use["date"] != ""]
    counted = use.index[use["date"] == ""]
    use.loc[[*counted[3::17], *dated[:2]], "quantity"] = ""
    use = use.drop(index=counted[5::41])
    use.to_csv(file, index=False)
    laid.run(data={"zero_rule": rule})
    certificate = Opinion(laid, tmp_path).certificate()
    wrong = certificate[certificate["verdict"] != AGREES]
    assert wrong.empty, wrong.to_string()
    told = certificate[certificate["quantity"] == "records set aside whole"]
    assert (told["of"].str.startswith("asked, not answered")).any()
    assert (certificate["quantity"] == "participants with cost observed").any()


@needs_r
def test_amounts_handed_over_blank_agree(tmp_path):
    laid = Laid(tmp_path / "laid", Path(__file__).parent.parent / "doors" / "scored")
    file = laid.study_folder / "costs_given.csv"
    costs = pd.read_csv(file, dtype="str", keep_default_na=False)
    costs.loc[costs.index[2::13], "cost"] = ""
    costs.drop(index=costs.index[4::29]).to_csv(file, index=False)
    certificate = Opinion(laid.run(), tmp_path).certificate()
    wrong = certificate[certificate["verdict"] != AGREES]
    assert wrong.empty, wrong.to_string()


@needs_r
def test_the_certificate_keeps_its_contract_and_names_no_participant(laid, tmp_path):
    certificate = Opinion(laid, tmp_path).certificate()
    path = tmp_path / "certificate.csv"
    contracts.write(certificate, path, "certificate", True)
    text = path.read_text(encoding="utf-8")
    assert len(contracts.read(path, "certificate")) == len(certificate)
    for person in laid.table("data", "participants")["participant_id"]:
        assert f",{person}," not in text
        assert f" {person}" not in text


def priced_wrong(monkeypatch):
    """Write one price with two digits exchanged."""

    def wrong(unit_costs, *rest):
        changed = unit_costs.copy()
        changed.loc[changed["item"] == "clinic_visit", "unit_cost"] = 102.0
        return price_table(changed, *rest)

    monkeypatch.setattr(valuing, "price_table", wrong)


def inflated_wrong(monkeypatch):
    """Bring prices forward the wrong way round."""
    monkeypatch.setattr(prices, "inflation_factor", lambda *given: 1 / inflation_factor(*given))


def areas_wrong(monkeypatch):
    """Take rectangles at the end of each piece, not trapezia."""

    def wrong(pieces, *rest):
        return integrate_segments(replace(pieces, start_value=pieces.end_value), *rest)

    monkeypatch.setattr(areas, "integrate_segments", wrong)


def discounted_wrong(monkeypatch):
    """Discount the first year too."""

    def wrong(start, end, rate, how):
        return discount_factor(start + 1, end + 1, rate, how)

    monkeypatch.setattr(timing, "discount_factor", wrong)


def joined_wrong(monkeypatch):
    """Give each participant the cost of the one before."""

    def wrong(lines, ids, groups):
        found = by_group(lines, ids, groups)
        return pd.DataFrame(np.roll(found, 1, axis=0), index=ids, columns=groups)

    monkeypatch.setattr(totals, "_by_group", wrong)


def adjusted_wrong(monkeypatch):
    """Leave the last covariate out of least squares."""
    kept = observed_case.covariate_columns
    monkeypatch.setattr(observed_case, "covariate_columns", lambda frame: kept(frame)[:-1])


def weighed_wrong(monkeypatch):
    """Keep one covariate alone in the regressions."""
    kept = adjusted.named_columns
    monkeypatch.setattr(adjusted, "named_columns", lambda frame, wanted: kept(frame, wanted)[:1])


PLANTED = {
    priced_wrong: {"unit cost", "cost", "cost before discount", "cost of a participant"},
    inflated_wrong: {"inflation", "cost", "cost before discount", "cost of a participant"},
    areas_wrong: {"effect", "observed mean effect", "regression contrast in effect"},
    discounted_wrong: {"cost", "cost of a participant", "observed mean cost"},
    joined_wrong: {"observed mean cost", "regression contrast in cost"},
    adjusted_wrong: {"adjusted difference in cost", "adjusted difference in effect"},
    weighed_wrong: {"regression contrast in cost", "standard error of the contrast in cost"},
}


@needs_r
@pytest.mark.parametrize("plant", PLANTED, ids=lambda plant: plant.__name__)
def test_a_planted_error_of_the_first_program_is_told_and_stops_a_release(
    plant, tmp_path, monkeypatch
):
    plant(monkeypatch)
    certificate = Opinion(Laid(tmp_path / "laid").run(), tmp_path).certificate()
    told = differing(certificate)
    assert PLANTED[plant] <= told
    assert "records kept" not in told
    with pytest.raises(Problems, match="or give the reason in audit"):
        must_agree(certificate)


@needs_r
@pytest.mark.parametrize("discounting", ["yearly", "continuous"])
def test_two_years_with_deaths_and_cut_stays_agree(discounting, tmp_path):
    laid = Laid(tmp_path / "laid")
    people = pd.read_csv(laid.study_folder / "data/participants.csv", dtype=str)
    visits = pd.read_csv(laid.study_folder / "data/visits.csv", dtype=str)
    last = visits[visits["visit"] == "month_12"].set_index("participant_id")
    late = last[last["status"] != "attended"].index[:4]
    start = pd.to_datetime(people.set_index("participant_id")["randomisation_date"])
    dies = (start[late] + pd.Timedelta(days=362)).dt.strftime("%Y-%m-%d")
    people["death_date"] = people["participant_id"].map(dies).fillna(people["death_date"])
    people.to_csv(laid.study_folder / "data/participants.csv", index=False)
    laid.run(
        study={"horizon_years": 2.0, "periods": {"months_7_12": [0.5, 2.0]}},
        costs={"discounting": discounting, "interviews": {"months_7_12": "month_12"}},
        outcomes={"discounting": discounting},
    )
    certificate = Opinion(laid, tmp_path).certificate()
    assert differing(certificate) == set(), certificate[certificate["verdict"] == DIFFERS]


def two(value: float) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return a figure of the first program, and one of the second."""
    ours = pd.DataFrame({"quantity": ["cost"], "of": ["bed / a"], "within": [""], "value": [100.0]})
    return ours, ours.assign(value=value)


def test_a_reason_explains_a_difference_and_only_a_difference():
    differs = compare_figures(*two(101.0), {}, ("1", "R 4"))
    with pytest.raises(Problems) as stopped:
        must_agree(differs)
    assert str(stopped.value) == (
        "certificate.csv, row 2, column second: found 101 for cost: bed / a, where this program "
        "has 100; allowed: a difference up to 2.02e-07; correct what is wrong, or give the reason "
        "in audit.differences under 'cost: bed / a'."
    )
    reasons = {"cost: bed / a": "a price agreed by letter"}
    explained = compare_figures(*two(101.0), reasons, ("1", "R 4"))
    must_agree(explained, reasons)
    assert certificate_sentence(explained).endswith(
        "agrees on 0 of 1 quantities; 1 differ for a reason given."
    )
    with pytest.raises(Problems, match="a reason for a quantity that does not differ"):
        must_agree(compare_figures(*two(100.0), reasons, ("1", "R 4")), reasons)


def test_a_figure_that_one_program_lacks_differs():
    ours, second = two(100.0)
    assert differing(compare_figures(ours, second.iloc[:0], {}, ("1", "R 4"))) == {"cost"}
    assert differing(compare_figures(ours.iloc[:0], second, {}, ("1", "R 4"))) == {"cost"}


def test_without_r_one_line_says_so_and_nothing_stops(laid, tmp_path, monkeypatch):
    monkeypatch.setattr("trialbalance.audit.second.certify.r_version", lambda: None)
    certificate = Opinion(laid, tmp_path).certificate()
    assert certificate["verdict"].tolist() == ["did not run"]
    assert "did not run" in certificate_sentence(certificate)
    must_agree(certificate, {"cost": "known"})
    contracts.write(certificate, tmp_path / "certificate.csv", "certificate", True)
    assert (tmp_path / "second_opinion.R").is_file()
    assert (tmp_path / "figures.csv").read_text() == "quantity,of,within,value\n"
