"""Shared by all tests: one group of workers a file, and the template study to mutate."""

import shutil
from pathlib import Path

import pytest
from study_copy import StudyCopy
from trialbalance import house


def pytest_collection_modifyitems(items):
    """Keep tests that share a finished run or a fitted model on one worker."""
    for item in items:
        path = Path(str(item.fspath))
        group = "workflow" if path.parent.name == "workflow" else str(path)
        item.add_marker(pytest.mark.xdist_group(group))


@pytest.fixture
def study(tmp_path):
    """Return a fresh copy of the template study."""
    folder = tmp_path / "my_trial"
    shutil.copytree(house.resources() / "template", folder)
    return StudyCopy(folder)
