"""Written tables stand in the order of the study: visits in time, not by the alphabet."""

import pandas as pd
from trialbalance import contracts


def test_visits_are_sorted_by_time(tmp_path):
    frame = pd.DataFrame(
        {
            "participant_id": ["p2", "p1", "p1", "p1"],
            "visit": ["baseline", "month_12", "month_6", "baseline"],
            "date": pd.to_datetime(["2020-01-01"] * 4),
            "status": "attended",
        }
    )
    words = {"visits": ["baseline", "month_6", "month_12"]}
    path = tmp_path / "visits.csv"
    contracts.write(frame, path, "visits", True, words)
    written = pd.read_csv(path)
    assert written["participant_id"].tolist() == ["p1", "p1", "p1", "p2"]
    assert written["visit"].tolist() == ["baseline", "month_6", "month_12", "baseline"]
