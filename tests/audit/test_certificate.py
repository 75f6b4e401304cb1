"""The second opinion: it agrees with a sound study at every door, and notices a planted error."""

from pathlib import Path

import pandas as pd
import pytest
from trialbalance import contracts
from trialbalance.audit.second import (
    certificate_sentence,
    certify_study,
    compare_figures,
    must_agree,
    not_run,
    r_version,
)
from trialbalance.audit.second.certificate import AGREES, DIFFERS
from trialbalance.audit.second.inputs import read_first
from trialbalance.contracts import Problems
from trialbalance.graph import audit_paths
from trialbalance.settings.resolve import certificate_settings

needs_r = pytest.mark.skipif(r_version() is None, reason="R is not installed on this machine")


class Opinion:
    """A laid study, its files, and the certificate after something was done to the first program."""

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
def test_the_certificate_keeps_its_contract_and_names_no_participant(laid, tmp_path):
    certificate = Opinion(laid, tmp_path).certificate()
    path = tmp_path / "certificate.csv"
    contracts.write(certificate, path, "certificate", True)
    text = path.read_text(encoding="utf-8")
    assert len(contracts.read(path, "certificate")) == len(certificate)
    for person in laid.table("data", "participants")["participant_id"]:
        assert f",{person}," not in text
        assert f" {person}" not in text


def test_without_r_one_line_says_so_and_nothing_stops(laid, tmp_path, monkeypatch):
    monkeypatch.setattr("trialbalance.audit.second.certify.r_version", lambda: None)
    certificate = Opinion(laid, tmp_path).certificate()
    assert certificate["verdict"].tolist() == ["did not run"]
    assert "did not run" in certificate_sentence(certificate)
    must_agree(certificate, {"cost": "known"})
    contracts.write(certificate, tmp_path / "certificate.csv", "certificate", True)
    assert (tmp_path / "second_opinion.R").is_file()
    assert (tmp_path / "figures.csv").read_text() == "quantity,of,within,value\n"
