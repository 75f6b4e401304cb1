"""A tiny study that is sound: six participants, two arms, three visits."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from filled import filled
from trialbalance.data import check_records, read_records

ITEMS = ("mobility", "self_care", "usual_activities", "pain_discomfort", "anxiety_depression")
STUDY = {
    "title": "A tiny trial",
    "synthetic": True,
    "arms": {"usual": {"label": "Usual care"}, "new": {"label": "New care"}},
    "comparator": "usual",
    "horizon_years": 1.0,
    "visits": {"baseline": 0.0, "month_6": 0.5, "month_12": 1.0},
    "periods": {"before": [-0.5, 0.0], "months_1_6": [0.0, 0.5], "months_7_12": [0.5, 1.0]},
}
SECTION = {
    "door": "records",
    "covariates": {
        "sex": {"type": "category", "levels": ["female", "male"]},
        "age": {"type": "number", "minimum": 18, "maximum": 99},
    },
    "populations": {
        "randomised": {"excludes": []},
        "intention_to_treat": {"excludes": ["excluded"]},
        "alive": {"excludes": ["excluded", "died"]},
    },
    "questionnaires": {"eq5d3l": {"items": list(ITEMS), "levels": 3}},
}
PRICED = ["acute_bed_day", "gp_visit", "nurse_contact"]
PARTICIPANTS = """\
participant_id,arm,site,randomisation_date,death_date,exclusion,sex,age
P1,usual,north,2010-01-10,,,female,34
P2,new,north,2010-01-12,,,male,51.5
P3,usual,north,2010-02-01,2010-05-01,,male,60
P4,new,south,2010-02-03,,,female,41
P5,usual,south,2010-03-01,,withdrew_consent,female,28
P6,new,south,2010-03-02,,,male,
"""
VISITS = """\
participant_id,visit,date,status
P1,baseline,2010-01-10,attended
P1,month_6,2010-07-12,attended
P1,month_12,2011-01-11,attended
P2,baseline,2010-01-12,attended
P2,month_6,,missed
P2,month_12,2011-01-14,attended
P3,baseline,2010-02-01,attended
P3,month_6,,dead
P3,month_12,,dead
P4,baseline,2010-02-03,attended
P4,month_6,2010-08-05,attended
P4,month_12,,missed
P5,baseline,2010-03-01,attended
P5,month_6,,withdrawn
P5,month_12,,withdrawn
P6,baseline,2010-03-02,attended
P6,month_6,2010-09-03,attended
P6,month_12,2011-03-04,attended
"""
USE = """\
record_id,participant_id,item,quantity,period,date
U1,P1,gp_visit,3,months_1_6,
U2,P1,nurse_contact,1,,2010-04-01
U3,P2,gp_visit,2.5,before,
U4,P4,nurse_contact,12,months_7_12,
U5,P6,gp_visit,1,,2010-06-30
"""
EPISODES = """\
record_id,participant_id,type,item,start_date,end_date
E1,P1,occupancy,acute_bed_day,2010-03-01,2010-03-11
E2,P1,occupancy,acute_bed_day,2010-03-11,2010-04-01
E3,P1,legal_status,detained,2010-03-01,2010-04-01
E4,P1,legal_status,section_17_leave,2010-03-20,2010-03-27
E5,P2,occupancy,acute_bed_day,2010-11-01,
"""


def _answers() -> str:
    lines = ["participant_id,visit,instrument,item,level"]
    for line in VISITS.splitlines()[1:]:
        participant, visit, _, status = line.split(",")
        if status == "attended":
            place = f"{participant},{visit},eq5d3l"
            lines += [f"{place},{item},{1 + i % 3}" for i, item in enumerate(ITEMS)]
    return "\n".join(lines) + "\n"


@dataclass
class TinyStudy:
    """The files of the study in a folder, and what was declared about them."""

    folder: Path
    paths: dict
    section: dict
    study: dict

    def text(self, table: str) -> str:
        return self.paths[table].read_text(encoding="utf-8")

    def change(self, table: str, old: str, new: str) -> None:
        """Replace a passage of a file; the passage must be there."""
        text = self.text(table)
        assert old in text, f"{old!r} is not in {table}"
        self.paths[table].write_text(text.replace(old, new, 1), encoding="utf-8")

    def add(self, table: str, line: str) -> None:
        self.paths[table].write_text(self.text(table) + line + "\n", encoding="utf-8")

    def read(self):
        return read_records(self.paths, self.study, filled("data", self.section), PRICED)

    def check(self, section: dict | None = None, study: dict | None = None):
        own = filled("data", section or self.section)
        return check_records(self.paths, study or self.study, own, PRICED)


@pytest.fixture
def tiny(tmp_path):
    texts = {
        "participants": PARTICIPANTS,
        "visits": VISITS,
        "responses": _answers(),
        "resource_use": USE,
        "episodes": EPISODES,
    }
    paths = {}
    for name, text in texts.items():
        paths[name] = tmp_path / f"{name}.csv"
        paths[name].write_text(text, encoding="utf-8")
    return TinyStudy(tmp_path, paths, SECTION, STUDY)
