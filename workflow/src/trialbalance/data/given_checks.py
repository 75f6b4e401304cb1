"""Checks of scored data, totals and draws that a study hands over."""

from trialbalance.contracts import Finding
from trialbalance.data.records import Records, finding


def blank_costs(records: Records) -> list[Finding]:
    """Note costs handed over blank."""
    blank = int(records.tables["costs_given"]["cost"].isna().sum())
    if not blank:
        return []
    found = f"{blank} of {len(records.tables['costs_given'])} costs blank"
    remedy = "they count as not observed"
    file = records.files["costs_given"]
    return [Finding(file, None, "cost", found, None, remedy, severity="note")]


def values_at_missed_visits(records: Records) -> list[Finding]:
    """Note measures handed over for a visit that was not attended."""
    frame, keys = records.tables["measures_given"], ["participant_id", "visit"]
    visits = records.tables["visits"].drop_duplicates(keys).set_index(keys)
    status = frame[keys].join(visits[["status"]], on=keys)["status"]
    rows = frame["value"].notna() & status.notna() & (status != "attended")
    return finding(
        records,
        "measures_given",
        rows,
        "value",
        lambda row: f"a value at a visit with status '{status.loc[row]}'",
        "a blank unless the visit was attended",
        "correct the status or remove the value",
    )


def draws_whole(records: Records) -> list[Finding]:
    """Refuse draws that lack an arm, since increments are taken within a draw.

    An arm that no draw has is one that nobody entered; a note says so.
    """
    frame, arms = records.tables["draws_given"], list(records.study["arms"])
    known = frame[frame["draw"].notna() & frame["arm"].isin(arms)]
    arms, nobody = (
        [arm for arm in arms if known["arm"].eq(arm).any() == there] for there in (True, False)
    )
    have = known.groupby("draw")["arm"].agg(set)
    there = frame["draw"].map(have.map(len)).fillna(len(arms))

    def found(row):
        draw = frame.loc[row, "draw"]
        lacking = [arm for arm in arms if arm not in have.loc[draw]]
        return f"draw {draw} without arm {', '.join(lacking)}"

    file, remedy = records.files["draws_given"], "hand over its draws if somebody did"
    words = f"no draws of {', '.join(nobody)}; taken as entered by nobody"
    notes = [Finding(file, None, "arm", words, None, remedy, severity="note")] if nobody else []
    return notes + finding(
        records,
        "draws_given",
        there < len(arms),
        "arm",
        found,
        "one row for each arm in each draw",
        "add the row or remove the draw",
    )
