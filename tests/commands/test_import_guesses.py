"""`trialbalance import` loses no file and guesses nothing: what no name or label tells is asked."""

from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest
import yaml
from trialbalance.__main__ import app
from trialbalance.commands.import_export import draft_study
from trialbalance.contracts import Problems
from typer.testing import CliRunner

EQ = ("mo", "sc", "ua", "pd", "ad")


def trial(*, mark: str = "{}", marks: tuple[int, ...] = (0, 6), people: int = 24) -> pd.DataFrame:
    """Return a small simulated trial as a trial unit might export it, a row for each person."""
    rows = []
    for number in range(people):
        day = date(2021, 1, 4) + timedelta(days=7 * number + number % 5)
        row = {
            "study_id": f"P{number + 1:03d}",
            "alloc": str(1 + number % 2),
            "rand_date": day.isoformat(),
            "site": "Leeds" if number % 3 else "York",
            "sex": "fm"[(number // 2) % 2],
            "age": str(30 + number),
        }
        for place, one in enumerate(marks):
            at = mark.format(one)
            row[f"visit_dt_{at}"] = (day + timedelta(days=183 * place)).isoformat()
            row |= {f"eq_{word}_{at}": str(1 + (number + place) % 3) for word in EQ}
            row[f"gp_n_{at}"] = str((number + place) % 4)
        rows.append(row)
    return pd.DataFrame(rows)


def drafted(folder: Path, table: pd.DataFrame, labels: dict | None = None) -> tuple[dict, str]:
    """Return the mapping drafted from a table, and every line that was said."""
    if labels is None:
        path = folder / "trial.csv"
        table.to_csv(path, index=False)
    else:
        import pyreadstat

        path = folder / "trial.dta"
        coded = table.assign(**{name: pd.to_numeric(table[name]) for name in labels})
        pyreadstat.write_dta(coded, str(path), variable_value_labels=labels)
    lines = draft_study([path], None, "own", folder)
    text = (folder / "own" / "mapping.yaml").read_text(encoding="utf-8")
    return yaml.safe_load(text), "\n".join(lines)


def study_of(folder: Path) -> dict:
    return yaml.safe_load((folder / "own" / "study.yaml").read_text(encoding="utf-8"))


def sentences(*given) -> str:
    with pytest.raises(Problems) as stopped:
        draft_study(*given)
    return "\n".join(one.sentence() for one in stopped.value.findings)


# Files.


@pytest.mark.parametrize(
    ("first", "others"),
    [
        ("s1/data.csv", ["s2/data.csv"]),
        ("trial.csv", ["main.csv"]),
        ("trial.csv", ["ward data.csv", "ward-data.csv", "Ward_Data.csv"]),
        ("s1/data.csv", ["s2/DATA.csv"]),
    ],
)
def test_files_of_like_names_are_all_copied_and_all_read(tmp_path, first, others):
    trial().to_csv(_made(tmp_path / first), index=False)
    for number, other in enumerate(others):
        use = trial()[["study_id", "gp_n_0", "gp_n_6"]]
        use = use.set_axis(["study_id", f"ward{number}_n_0", f"ward{number}_n_6"], axis=1)
        use.to_csv(_made(tmp_path / other), index=False)
    draft_study([tmp_path / name for name in (first, *others)], None, "own", tmp_path)
    text = (tmp_path / "own" / "mapping.yaml").read_text(encoding="utf-8")
    exports = yaml.safe_load(text)["exports"]
    assert len(exports) == 1 + len(others)
    heads = {
        (tmp_path / "own" / entry["file"]).read_text().splitlines()[0] for entry in exports.values()
    }
    assert len(heads) == 1 + len(others)


def _made(path: Path) -> Path:
    path.parent.mkdir(exist_ok=True)
    return path


def test_a_file_given_twice_stops_with_a_sentence(tmp_path):
    trial().to_csv(tmp_path / "a.csv", index=False)
    said = sentences([tmp_path / "a.csv"] * 2, None, "own", tmp_path)
    assert "a.csv: found this file twice; allowed: each once" in said
    assert not (tmp_path / "own").exists()


def test_an_export_without_a_row_below_its_header_is_refused(tmp_path):
    trial(people=0).to_csv(tmp_path / "b.csv", index=False)
    (tmp_path / "a.csv").write_text("study_id,alloc,rand_date\n")
    said = sentences([tmp_path / "a.csv"], None, "own", tmp_path)
    assert said.startswith("a.csv: found a header and no row below it")
    assert not (tmp_path / "own").exists()


# Options.


def test_options_are_written_into_the_draft_and_read_by_it(tmp_path):
    text = "Título\n" + trial().to_csv(index=False, sep="|")
    (tmp_path / "a.txt").write_bytes(text.encode("utf-16-le"))
    given = ["import", str(tmp_path / "a.txt"), "--study", "own", "--folder", str(tmp_path)]
    told = ["--header-row", "2", "--delimiter", "bar", "--encoding", "utf-16-le", "--decimal", ","]
    done = CliRunner().invoke(app, [*given, *told])
    assert done.exit_code == 0, done.output
    content = yaml.safe_load((tmp_path / "own" / "mapping.yaml").read_text(encoding="utf-8"))
    entry = content["exports"]["main"]
    words = {"header_row": 2, "delimiter": "|", "encoding": "utf-16-le", "decimal": ","}
    assert entry.items() >= words.items()
    assert "24 rows" in done.output


def test_a_sheet_is_said_of_one_workbook_alone(tmp_path):
    for name, sheets in (("a.xlsx", ("Notes", "Data")), ("b.xlsx", ("Use", "More"))):
        with pd.ExcelWriter(tmp_path / name) as book:
            for sheet in sheets:
                trial().to_excel(book, sheet_name=sheet, index=False)
    files = [tmp_path / "a.xlsx", tmp_path / "b.xlsx"]
    draft_study(files, None, "own", tmp_path, {"sheet": ["a.xlsx=Data"]})
    content = yaml.safe_load((tmp_path / "own" / "mapping.yaml").read_text(encoding="utf-8"))
    assert content["exports"]["main"]["sheet"] == "Data"
    assert "sheet" not in content["exports"]["b"]


def test_every_option_that_cannot_be_is_told_at_once(tmp_path):
    trial().to_csv(tmp_path / "a.csv", index=False)
    wrong = {
        "header_row": ["0"],
        "delimiter": ["x"],
        "decimal": [";"],
        "sheet": ["Data"],
        "encoding": ["b.csv=cp1252"],
    }
    said = sentences([tmp_path / "a.csv"], None, "own", tmp_path, wrong).splitlines()
    assert [line.split(":")[0] for line in said] == [
        "--header-row", "--delimiter", "--decimal", "--sheet", "--encoding",
    ]  # fmt: skip
    assert "found '0'; allowed: a number of a row, from 1" in said[0]
    assert "allowed: files that end in .xlsx, .xlsm" in said[3]


@pytest.mark.parametrize(
    ("text", "option"),
    [(b"a,b;c\n1,2;3\n", "--delimiter"), (b"a\n1\n", "--delimiter"), (b"\n\n1,2\n", "--header-row"),
     (b"id,a\n\x81,1\n", "--encoding")],
)  # fmt: skip
def test_a_text_that_cannot_be_read_names_the_option_that_answers_it(tmp_path, text, option):
    (tmp_path / "a.csv").write_bytes(text)
    said = sentences([tmp_path / "a.csv"], None, "own", tmp_path)
    assert f"option {option} of trialbalance import" in said


def test_a_workbook_without_the_sheet_names_the_option(tmp_path):
    trial().to_excel(tmp_path / "a.xlsx", index=False)
    said = sentences([tmp_path / "a.xlsx"], None, "own", tmp_path, {"sheet": ["Dta"]})
    assert "no sheet 'Dta'" in said
    assert "option --sheet of trialbalance import" in said
