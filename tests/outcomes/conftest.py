"""One participant scored from profiles, for the tests of the stage."""

import importlib.util
from pathlib import Path

import pytest
from filled import filled
from trialbalance.outcomes import score_outcomes


def _load(name):
    place = Path(__file__).with_name(f"{name}.py")
    specification = importlib.util.spec_from_file_location(f"outcomes_{name}", place)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def trial():
    return _load("trial")


@pytest.fixture
def score(trial):
    """Score one participant from the profiles of the visits, with any table or setting replaced."""

    def run(profiles, death=None, statuses=None, dates=None, study=None, given=None, **section):
        return score_outcomes(
            trial.person(death=death),
            trial.visits(profiles, statuses=statuses, dates=dates),
            trial.responses(profiles),
            None,
            {"tariff": trial.TARIFF},
            trial.STUDY | (study or {}),
            filled("outcomes", trial.SECTION | section),
            given,
        )

    return run
