"""Tables written and read: one format, the same frame back, problems in sentences."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from trialbalance import contracts
from trialbalance.contracts import Problems
from trialbalance.contracts.checks.typed_tables import round_digits
from trialbalance.contracts.writing import format_number

FIELDS = [
    {"name": "id", "type": "string", "constraints": {"required": True}},
    {"name": "arm", "type": "string", "vocabulary": "arms"},
    {"name": "cost", "type": "number", "constraints": {"minimum": 0}},
    {"name": "visits", "type": "integer", "constraints": {"maximum": 9}},
    {"name": "date", "type": "date"},
    {"name": "died", "type": "boolean"},
]
CONTRACT = {"name": "example", "primaryKey": ["id"], "fieldsMatch": "subset", "fields": FIELDS}
ARMS = {"arms": ["usual", "new"]}


@pytest.fixture
def table():
    return pd.DataFrame(
        {
            "extra": [1, 2, 3],
            "died": [True, None, False],
            "date": pd.to_datetime(["2010-01-31", None, "2011-12-01"]),
            "visits": [3.0, np.nan, 0.0],
            "cost": [1 / 3, np.nan, 123456.7890123],
            "arm": ["usual", None, "new"],
            "id": ["c", "a", 'b, "quoted"'],
        }
    )


def test_a_csv_file_has_one_format(table, tmp_path):
    contracts.write(table, tmp_path / "x.csv", CONTRACT, True, ARMS)
    assert (tmp_path / "x.csv").read_bytes().decode() == (
        "id,arm,cost,visits,date,died,extra,synthetic\n"
        "a,,,,,,2,true\n"
        '"b, ""quoted""",new,123456.789,0,2011-12-01,false,3,true\n'
        "c,usual,0.3333333333,3,2010-01-31,true,1,true\n"
    )
    assert [path.name for path in tmp_path.iterdir()] == ["x.csv"]


def test_csv_and_parquet_give_the_same_frame(table, tmp_path):
    frames = []
    for name in ("x.csv", "x.parquet"):
        contracts.write(table, tmp_path / name, CONTRACT, False, ARMS)
        frames.append(contracts.read(tmp_path / name, CONTRACT, ARMS))
    pd.testing.assert_frame_equal(*frames)
    kinds = {name: str(kind) for name, kind in frames[0].dtypes.items()}
    assert kinds | {"id": "", "arm": ""} == {
        "id": "", "arm": "", "cost": "float64", "visits": "Int64", "date": "datetime64[ns]",
        "died": "boolean", "extra": "float64",
    }  # fmt: skip
    assert frames[0]["id"].tolist() == ["a", 'b, "quoted"', "c"]


def test_what_is_read_and_written_again_is_the_same_file(table, tmp_path):
    contracts.write(table, tmp_path / "a.csv", CONTRACT, True)
    contracts.write(
        contracts.read(tmp_path / "a.csv", CONTRACT), tmp_path / "b.csv", CONTRACT, True
    )
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()


def test_keep_order_keeps_the_order(table, tmp_path):
    contracts.write(table, tmp_path / "x.csv", CONTRACT | {"keepOrder": True}, True)
    assert contracts.read(tmp_path / "x.csv", CONTRACT)["id"].tolist()[0] == "c"


def test_a_table_that_breaks_its_contract_is_not_written(table, tmp_path):
    wrong = table.assign(cost=[1.0, -2.0, np.inf], visits=[1, 2, 10], arm=["usual", "nwe", "new"])
    wrong["id"] = ["a", "a", None]
    with pytest.raises(Problems) as raised:
        contracts.write(wrong.drop(columns="date"), tmp_path / "x.csv", CONTRACT, True, ARMS)
    told = str(raised.value).splitlines()
    assert list(tmp_path.iterdir()) == []
    for part in (
        "x.csv, row 1, column date: found no column 'date'",
        "column id: found a blank; allowed: text; fill it in.",
        "found 'nwe'; allowed: one of 'usual', 'new', or blank; perhaps 'new' was meant.",
        "column cost: found -2, below the range; allowed: a number, 0 or more, or blank",
        "column cost: found inf",
        "column visits: found 10, above the range",
        "column id: found 'a' a second time (first in row 2)",
    ):
        assert any(part in line for line in told), part


def test_a_failed_write_leaves_the_old_file(table, tmp_path):
    contracts.write(table, tmp_path / "x.csv", CONTRACT, True)
    before = (tmp_path / "x.csv").read_bytes()
    with pytest.raises(Problems):
        contracts.write(table.assign(cost=-1.0), tmp_path / "x.csv", CONTRACT, True)
    assert (tmp_path / "x.csv").read_bytes() == before


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (35595.0, "35595"), (0.1 + 0.2, "0.3"), (1e-5, "0.00001"), (12345678901.0, "12345678900"),
        (-2.5, "-2.5"), (1e15, "1e+15"), (1.5e-12, "1.5e-12"), (2 / 3, "0.6666666667"), (0.0, "0"),
    ],
)  # fmt: skip
def test_numbers_are_written_without_needless_exponents(value, text):
    assert format_number(value) == text


@settings(max_examples=300, deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e60, max_value=1e60))
def test_ten_digits_read_back_to_the_same_double(value):
    rounded = float(round_digits(np.array([value]))[0])
    assert float(format_number(rounded)) == rounded
    assert rounded == pytest.approx(value, rel=6e-10, abs=0)


@settings(max_examples=300, deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_of_all_digits_reads_back_to_the_same_double(value):
    assert float(format_number(value, 17)) == value
    assert round_digits(np.array([value]), 17)[0] == value


def test_all_digits_take_no_more_room_than_they_need():
    told = [format_number(value, 17) for value in (0.1, 35595.0, 0.1 + 0.2, 1e-5, 1.5e-12)]
    assert told == ["0.1", "35595", "0.30000000000000004", "0.00001", "1.5e-12"]


@pytest.mark.parametrize("name", ["arm_means.csv", "arm_means.parquet"])
def test_draws_keep_every_bit_from_one_stage_to_the_next(name, tmp_path):
    rng = np.random.default_rng(3)
    made = pd.DataFrame(
        {
            "draw": np.repeat(np.arange(500), 2),
            "arm": ["a", "b"] * 500,
            "cost": rng.gamma(9, 4000, 1000),
            "effect": rng.normal(0.7, 0.02, 1000),
        }
    )
    contracts.write(made, tmp_path / name, "arm_means", True)
    read = contracts.read(tmp_path / name, "arm_means")
    for column in ("cost", "effect"):
        assert (read[column].to_numpy() == made[column].to_numpy()).all()


def test_every_table_of_draws_keeps_every_bit():
    held = {name for name in contracts.tables() if contracts.schema(name).get("digits") == 17}
    of_draws = {
        name
        for name in contracts.tables()
        if "draw" in [field["name"] for field in contracts.schema(name)["fields"]]
    }
    assert of_draws | {"wide_costs", "wide_effects"} == held


def test_sixty_megabytes_of_rubbish_are_answered_from_the_first_bytes(tmp_path):
    rng = np.random.default_rng(1)
    rubbish = {
        "binary.csv": rng.bytes(60_000_000),
        "one_line.csv": b"x" * 60_000_000,
        "words.csv": b"all work and no play,\n" * 2_700_000,
    }
    for name, data in rubbish.items():
        path = tmp_path / name
        path.write_bytes(data)
        with pytest.raises(Problems) as raised:
            contracts.read(path, CONTRACT)
        assert str(raised.value).startswith(name)
        assert "Traceback" not in str(raised.value)


def test_rubbish_below_a_sound_header_is_answered(tmp_path):
    path = tmp_path / "x.csv"
    path.write_bytes(b"id,arm,cost,visits,date,died\n" + b"all work and no play\n" * 300_000)
    with pytest.raises(Problems) as raised:
        contracts.read(path, CONTRACT)
    assert "row 2: found 1 cell ('all work and no play'), fewer than the header" in str(
        raised.value
    )


def test_a_broken_parquet_file_is_answered(tmp_path):
    (tmp_path / "x.parquet").write_bytes(b"PAR1 and then nothing")
    with pytest.raises(Problems) as raised:
        contracts.read(tmp_path / "x.parquet", CONTRACT)
    assert "x.parquet: found no Parquet table" in str(raised.value)


def test_check_text_tells_each_column_and_kind_once():
    frame = pd.DataFrame({"cost": ["1,5", "2,5", "x", "-1"]}, index=[2, 3, 4, 5], dtype="str")
    found = contracts.check(frame, {"fields": [FIELDS[2]]}, "c.csv")[1]
    assert [(one.row, one.further) for one in found] == [(2, 1), (4, 0), (5, 0)]
    assert found[0].found == "'1,5', with a decimal comma (also '2,5')"
