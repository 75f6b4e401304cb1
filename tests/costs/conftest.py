"""A small trial to value: two arms, four participants, one or two years."""

import copy
from typing import ClassVar

import pandas as pd
import pytest
from filled import filled
from trialbalance.costs import value_resources

STUDY = {
    "title": "Small",
    "synthetic": True,
    "currency": "GBP",
    "horizon_years": 1.0,
    "visits": {"baseline": 0.0, "month_6": 0.5, "month_12": 1.0},
    "periods": {
        "before": [-0.5, 0.0],
        "months_1_6": [0.0, 0.5],
        "months_7_12": [0.5, 1.0],
    },
}
SECTION = {
    "price_year": "2012/13",
    "discount_rate": 0.035,
    "discounting": "yearly",
    "payers": {"nhs": "NHS", "family": "Family", "state": "State"},
    "items": {
        "bed_day": {"category": "hospital", "payer": "nhs", "source": "records"},
        "nurse": {"category": "community", "payer": "nhs", "source": "records"},
        "gp": {"category": "primary_care", "payer": "nhs", "source": "interview"},
        "care_hour": {"category": "informal", "payer": "family", "source": "interview"},
        "benefit": {
            "category": "benefits",
            "payer": "state",
            "source": "interview",
            "transfer": True,
        },
    },
    "perspectives": {
        "health": {"label": "Health", "payers": ["nhs"]},
        "family": {"label": "Family", "payers": ["family"]},
        "societal": {"label": "Societal", "payers": ["nhs", "family", "state"]},
    },
    "records_win": True,
}
PEOPLE = [
    ("p1", "leave", "2012-01-01", None),
    ("p2", "cto", "2012-02-10", "2012-05-20"),
    ("p3", "cto", "2011-07-15", None),
    ("p4", "leave", "2012-03-01", None),
]


class Trial:
    """Makes the tables of the small trial, with what a test wants to differ."""

    files: ClassVar = {"resource_use": "resource_use.csv", "episodes": "episodes.csv"}

    @staticmethod
    def study(**changes):
        return {**copy.deepcopy(STUDY), **changes}

    @staticmethod
    def section(**changes):
        return filled("costs", {**copy.deepcopy(SECTION), **changes})

    @staticmethod
    def people(rows=PEOPLE):
        frame = pd.DataFrame(
            rows, columns=["participant_id", "arm", "randomisation_date", "death_date"]
        )
        for column in ("randomisation_date", "death_date"):
            frame[column] = pd.to_datetime(frame[column])
        return frame.assign(follow_up_end=pd.Series(pd.NaT, frame.index, "datetime64[ns]"))

    @staticmethod
    def visits(missed=(), people=PEOPLE):
        rows = [
            (person[0], visit, "missed" if (person[0], visit) in missed else "attended")
            for person in people
            for visit in STUDY["visits"]
        ]
        return pd.DataFrame(rows, columns=["participant_id", "visit", "status"])

    @staticmethod
    def use(*rows):
        columns = ["record_id", "participant_id", "item", "quantity", "period", "date"]
        frame = pd.DataFrame(
            [(f"r{number}", *row) for number, row in enumerate(rows, 1)], columns=columns
        )
        frame["date"] = pd.to_datetime(frame["date"])
        return frame

    @staticmethod
    def stays(*rows, item="bed_day"):
        columns = ["record_id", "participant_id", "type", "item", "start_date", "end_date"]
        frame = pd.DataFrame(
            [
                (f"s{number}", person, "occupancy", item, start, end)
                for number, (person, start, end) in enumerate(rows, 1)
            ],
            columns=columns,
        )
        for column in ("start_date", "end_date"):
            frame[column] = pd.to_datetime(frame[column])
        return frame

    @staticmethod
    def prices(amounts=None, year="2012/13", section=SECTION):
        amounts = amounts or {
            "bed_day": 300.0,
            "nurse": 40.0,
            "gp": 45.0,
            "care_hour": 12.5,
            "benefit": 100.0,
        }
        frame = pd.DataFrame({"item": list(amounts), "unit_cost": list(amounts.values())})
        return frame.assign(
            unit="unit", currency="GBP", price_year=year, status="assumed", source=None
        )

    index = pd.DataFrame(
        {"year": ["2010/11", "2011/12", "2012/13"], "index": [276.7, 282.5, 287.3]}
    )

    def value(
        self,
        use=None,
        stays=None,
        *,
        people=None,
        visits=None,
        prices=None,
        index=None,
        study=None,
        section=None,
        threads=None,
    ):
        return value_resources(
            use,
            stays,
            self.people() if people is None else people,
            self.visits() if visits is None else visits,
            self.prices() if prices is None else prices,
            index,
            study or self.study(),
            filled("costs", section or self.section()),
            files=self.files,
            threads=threads,
        )


@pytest.fixture(scope="session")
def trial():
    return Trial()
