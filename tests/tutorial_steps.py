"""The tutorial as steps: files to be laid down, commands, and what the screen shows."""

import io
import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import yaml
from exported_trial import text_columns, truth, wide
from trialbalance import house

PAGE = house.root() / "config" / "manual" / "tutorial.md"
EXPORT = house.resources() / "tutorial" / "trial.csv"
LEFT_OUT = ["free_text", "assess_dt", "excl_reason", "care_min_6", "care_d_6", "care_min_12"]
BLOCK = re.compile(r"(?:<!-- (\S+) -->\n)?```(bash|text|yaml|csv)\n(.*?)```", re.DOTALL)


def export() -> str:
    """Return the tutorial's export, from the template's own invented trial."""
    table = text_columns(wide(truth()), "%Y-%m-%d").drop(columns=[*LEFT_OUT, "care_d_12"])
    into = io.StringIO()
    table.to_csv(into, index=False, lineterminator="\n")
    return into.getvalue()


def steps(text: str) -> list[tuple[str, str, str]]:
    """Return (file, kind, content) of every block of a page."""
    return [(name, kind, content) for name, kind, content in BLOCK.findall(text)]


def lay_down(folder: Path, name: str, content: str) -> None:
    """Replace the parts of a file that a block shows, or the whole of a table."""
    path = folder / "config" / "studies" / "my_first" / name
    if name.endswith(".csv"):
        path.write_text(content, encoding="utf-8")
        return
    below = yaml.safe_load(path.read_text(encoding="utf-8")) | yaml.safe_load(content)
    path.write_text(yaml.safe_dump(below, sort_keys=False), encoding="utf-8")


def answer(folder: Path, command: str) -> str:
    """Return what a command shows on the screen."""
    words = [sys.executable, "-m", *command.split()]
    both = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    return subprocess.run(words, cwd=folder, text=True, check=False, **both).stdout


def played(folder: Path, text: str) -> list[tuple[str, str, str]]:
    """Return (command, what the page shows, what the screen shows) of every command of a page."""
    (folder / "trial.csv").write_text(export(), encoding="utf-8")
    found, command = [], ""
    for name, kind, content in steps(text):
        if name:
            lay_down(folder, name, content)
        elif kind == "bash":
            command = content.strip()
        elif kind == "text":
            found.append((command, content, answer(folder, command)))
    return found


def as_frame() -> pd.DataFrame:
    """Return the committed export."""
    return pd.read_csv(EXPORT, dtype="str", keep_default_na=False)


if __name__ == "__main__":
    import tempfile

    EXPORT.write_text(export(), encoding="utf-8")
    page = PAGE.read_text(encoding="utf-8")
    for _, shown, seen in played(Path(tempfile.mkdtemp()), page):
        page = page.replace(f"```text\n{shown}```", f"```text\n{seen}```", 1)
    PAGE.write_text(page, encoding="utf-8")
