"""Shared by all tests: the template study to mutate."""

import shutil
from pathlib import Path

import pytest
import scipy.linalg  # noqa: F401
from study_copy import StudyCopy
from threadpoolctl import threadpool_limits
from trialbalance import house

EXAMPLES = Path(__file__).parent / "doors"
# Workers that run side by side must not fight for cores over small matrices.
threadpool_limits(1, user_api="blas")


@pytest.fixture
def study(tmp_path):
    """Return a fresh copy of the template study."""
    folder = tmp_path / "my_trial"
    shutil.copytree(house.resources() / "template", folder)
    return StudyCopy(folder)


@pytest.fixture(scope="session")
def laid(tmp_path_factory):
    """Return the template study, laid down to its decisions."""
    from laid_study import Laid

    return Laid(tmp_path_factory.mktemp("laid")).run()


@pytest.fixture(scope="session")
def laid_by_door(tmp_path_factory, laid):
    """Return a function that gives a study of each door."""
    from laid_study import Laid

    made = {"records": laid}

    def door(name: str):
        if name not in made:
            made[name] = Laid(tmp_path_factory.mktemp(name), EXAMPLES / name).run()
        return made[name]

    return door
