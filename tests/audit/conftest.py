"""Make the laid study of this folder importable by its tests, and lay each once."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from laid_study import Laid

EXAMPLES = Path(__file__).parent.parent / "doors"


@pytest.fixture(scope="session")
def laid(tmp_path_factory):
    """Return the template study, laid down to its decisions."""
    return Laid(tmp_path_factory.mktemp("laid")).run()


@pytest.fixture(scope="session")
def laid_by_door(tmp_path_factory, laid):
    """Return a function that gives a study of each door."""
    made = {"records": laid}

    def door(name: str) -> Laid:
        if name not in made:
            made[name] = Laid(tmp_path_factory.mktemp(name), EXAMPLES / name).run()
        return made[name]

    return door
