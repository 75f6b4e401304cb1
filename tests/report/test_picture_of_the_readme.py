"""The picture that the README shows says what its words say."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_words_of_the_readme_are_those_of_its_picture():
    """Both are taken from OCTET's report; a new one replaces the picture and its words."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (shown,) = re.findall(r"!\[([^\]]*)\]\(workflow/report/readme_plane\.svg\)", readme)
    drawn = (ROOT / "workflow" / "report" / "readme_plane.svg").read_text(encoding="utf-8")
    assert re.search(r'aria-label="([^"]*)"', drawn)[1] == shown
