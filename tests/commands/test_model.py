"""The program that `trialbalance model` writes has the engine's density, and says what it lacks."""

import runpy
import subprocess
import sys
from dataclasses import replace

import arviz as az
import numpy as np
import pandas as pd
import pytest
from trialbalance.commands.model import write_program
from trialbalance.commands.programming.program import constant
from trialbalance.contracts import Problems
from trialbalance.model.cells.declare import PRIORS
from trialbalance.model.cells.density import log_posterior
from trialbalance.model.cells.from_data.by_total import cells_by_total
from trialbalance.model.cells.rows import lay_out
from trialbalance.model.cells.sampling import sample_cells
from trialbalance.model.cells.table import Cell, Cells
from trialbalance.model.families import FAMILIES
from trialbalance.settings.sections.model import ModelSettings
from written_program import (
    as_the_program_names_it,
    declared,
    log_density_of,
    random_point,
)

SIZE = 48
VALUES = {
    "normal": lambda rng: rng.normal(-3, 2, SIZE),
    "beta": lambda rng: np.where(rng.random(SIZE) < 0.25, 1.0, 1.5 * rng.beta(3, 2, SIZE) - 0.5),
    "decrement_gamma": lambda rng: np.where(
        rng.random(SIZE) < 0.2, 1.0, 1 - 0.2 * rng.gamma(2, 1, SIZE)
    ),
    "bernoulli": lambda rng: (rng.random(SIZE) < 0.4).astype(float),
    "bounded": lambda rng: np.clip(rng.normal(80, 90, SIZE), 0, 183),
    "gamma": lambda rng: np.where(rng.random(SIZE) < 0.3, 0.0, rng.gamma(1.5, 800, SIZE)),
    "lognormal": lambda rng: rng.lognormal(6, 1, SIZE),
    "weibull": lambda rng: np.where(rng.random(SIZE) < 0.2, 0.0, 500 * rng.weibull(0.8, SIZE)),
}
ENDS = {"beta": (-0.5, 1.0), "decrement_gamma": (None, 1.0), "bounded": (0.0, 183.0)}


def visits(first, second, clusters=False, **further):
    """Two visits, a death and a cost; what comes first is missed by some seen later."""
    rng = np.random.default_rng([len(first), len(second)])
    low, high = ENDS.get(first, (None, None))
    lower, upper = ENDS.get(second, (None, None))
    cells = (
        Cell("u m0", "measure", "u", "m0", 0.0, 0.0, first, (), False, low, high),
        Cell("death", "death", "death", "0 to 1", 1.0, 0.0, "bernoulli", ("u m0",)),
        Cell("c p1", "cost", "c", "p1", 1.0, 0.0, second, ("u m0", "death"), True, lower, upper,
             arm_parents=("u m0",)),
        Cell("u m12", "measure", "u", "m12", 1.0, 1.0, first, ("u m0", "c p1"), True, low, high),
        Cell("s", "measure", "s", "m12", 1.0, 1.0, "normal", ("c p1", "u m12"),
             common_spread=True),
    )  # fmt: skip
    death = (rng.random(SIZE) < 0.15).astype(float)
    made = (VALUES[first](rng), death, VALUES[second](rng), VALUES[first](rng))
    value = np.column_stack([*made, rng.normal(size=SIZE)])
    possible = np.ones(value.shape, bool)
    possible[death == 1, 3:] = False
    value[~possible] = np.nan
    for column, start in ((0, 1), (2, 2), (3, 4)):
        value[start::6, column] = np.nan
    own = {}
    if clusters:
        own = {"cluster": np.arange(SIZE) // 8, "cluster_names": tuple("abcdef")}
    return Cells(
        cells, value, possible, np.arange(SIZE) % 2, ("A", "B"),
        tuple(f"p{i}" for i in range(SIZE)), rng.normal(size=(SIZE, 1)), ("age",),
        np.zeros(value.shape), np.zeros(5), np.zeros(SIZE), np.zeros((SIZE, 1)), ("c",),
        **own, **further,
    )  # fmt: skip


def totals(effect, cost, **settings):
    """Totals from a table, some effects unseen though cost follows them."""
    rng = np.random.default_rng(4)
    died = np.arange(SIZE) % 11 == 0
    frame = pd.DataFrame({
        "participant_id": [f"p{i}" for i in range(SIZE)], "arm": ["A", "B"] * (SIZE // 2),
        "site": ["north", "south", "west"] * (SIZE // 3), "died": died,
        "effect": np.where(died, 0.1 * rng.random(SIZE), VALUES[effect](rng)),
        "cost": VALUES[cost](rng),
    })  # fmt: skip
    if effect == "bernoulli":
        frame["effect"] = (frame["effect"] > 0.5).astype(float)
    frame.loc[3::7, "effect"] = np.nan
    own = {"family": effect} | ({"lower": -0.5} if effect == "beta" else {})
    section = ModelSettings(cells="totals", effect=own, cost={"family": cost}, **settings)
    study = {"arms": {"A": {}, "B": {}}, "comparator": "A", "horizon_years": 1.0}
    return cells_by_total(frame, [], study, section.model_dump(mode="json"))


def differences(cells, folder, priors=PRIORS, count=3):
    """Return program less engine less the known constant at random points."""
    layout = lay_out(cells)
    log_density = log_density_of(declared(layout, folder, priors)["model"])
    rng = np.random.default_rng(9)
    found = []
    for _ in range(count):
        point = random_point(layout, rng)
        own = {n: v[0] for n, v in as_the_program_names_it(layout, point).items()}
        engine = log_posterior(layout, point, priors)[0]
        found.append(log_density(own) - engine - constant(layout, priors))
    return found


PAIRS = [
    *(("normal", "gamma"), ("beta", "lognormal"), ("decrement_gamma", "weibull")),
    *(("bounded", "bounded"), ("gamma", "normal"), ("bernoulli", "gamma")),
]


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_by_visit_the_program_has_the_density_of_the_engine(first, second, tmp_path):
    cells = visits(first, second)
    layout = lay_out(cells)
    assert layout.latent.any()
    if layout.families[0].atoms or layout.families[2].atoms:
        assert len(layout.summed)
    np.testing.assert_allclose(differences(cells, tmp_path), 0, atol=1e-8)


def test_every_family_is_held_against_its_line_of_pymc():
    assert {name for pair in PAIRS for name in pair} == set(FAMILIES)


@pytest.mark.parametrize(
    ("effect", "cost", "settings"),
    [
        ("normal", "gamma", {}),
        ("beta", "lognormal", {"clusters": "site"}),
        ("decrement_gamma", "gamma", {"dependence": "effect_given_cost"}),
        ("bernoulli", "normal", {"dependence": "none"}),
    ],
)
def test_by_totals_the_program_has_the_density_of_the_engine(effect, cost, settings, tmp_path):
    np.testing.assert_allclose(differences(totals(effect, cost, **settings), tmp_path), 0,
                               atol=1e-8)  # fmt: skip


def test_clusters_other_priors_and_barred_ceilings_are_those_of_the_engine(tmp_path):
    barred = np.zeros((SIZE, 5), bool)
    barred[::5, 3] = True
    priors = {"level": 0.7, "event": 1.1, "slope": 0.4, "spread": 0.6, "cluster": 0.2}
    cells = visits("beta", "gamma", clusters=True, barred=barred)
    np.testing.assert_allclose(differences(cells, tmp_path, priors), 0, atol=1e-8)


def test_a_death_that_nobody_knows_of_is_summed(tmp_path):
    cells = visits("beta", "gamma")
    value = cells.value.copy()
    value[7::9, 1] = np.nan
    effect = tuple(
        replace(cell, kind="effect", parents=(*cell.parents, "death"))
        if cell.name == "u m12" else replace(cell, kind="effect") if cell.name == "s" else cell
        for cell in cells.cells
    )  # fmt: skip
    changed = replace(cells, value=value, cells=effect)
    assert not lay_out(changed).histories.there.all()
    np.testing.assert_allclose(differences(changed, tmp_path), 0, atol=1e-8)


def test_names_with_quotes_and_signs_stand_in_the_program(tmp_path):
    cells = visits("normal", "gamma")
    odd = replace(cells, arms=('the "new"', "NA"), columns=("patient's é",))
    np.testing.assert_allclose(differences(odd, tmp_path, count=1), 0, atol=1e-8)


def test_a_wrong_number_in_the_data_is_noticed(tmp_path):
    layout = lay_out(visits("beta", "gamma"))
    point = random_point(layout, np.random.default_rng(9))
    own = {n: v[0] for n, v in as_the_program_names_it(layout, point).items()}
    engine = log_posterior(layout, point)[0] + constant(layout, PRIORS)
    declared(layout, tmp_path)
    table = pd.read_csv(tmp_path / "data.csv", dtype=str)
    row = table.index[table["c p1"].astype(float) > 0][0]
    table.loc[row, "c p1"] = str(1.001 * float(table.loc[row, "c p1"]))
    table.to_csv(tmp_path / "data.csv", index=False)
    model = runpy.run_path(str(tmp_path / "model.py"))["model"]
    assert abs(log_density_of(model)(own) - engine) > 1e-5


def test_the_command_writes_a_folder_that_declares_a_model(laid, tmp_path):
    folder = tmp_path / "out"
    lines = write_program(
        str(laid.study_folder), "qaly_health_care", laid.results, folder=folder
    )  # fmt: skip
    assert lines[-1] == f"run it with: python {folder / 'model.py'}"
    assert {path.name for path in folder.iterdir()} == {"model.py", "data.csv", "README.md"}
    text = (folder / "model.py").read_text(encoding="utf-8")
    assert "trialbalance." not in text.replace("trialbalance model", "")
    code = (
        "import runpy, sys\n"
        f"found = runpy.run_path({str(folder / 'model.py')!r})['model']\n"
        "assert not [name for name in sys.modules if name.startswith('trialbalance')]\n"
        "print(len(found.free_RVs))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert int(done.stdout) > 10


@pytest.mark.parametrize(
    ("named", "analysis", "scenario", "sentence"),
    [
        ("my_tril", "qaly_health_care", "base", "my_tril: found no study of that name or path"),
        ("", "qaly_helth_care", "base", "my_trial: found no analysis qaly_helth_care; allowed: "
         "qaly_health_care"),
        ("", "qaly_health_care", "bse", "my_trial: found no scenario bse; allowed: base"),
    ],
)  # fmt: skip
def test_what_does_not_exist_is_one_sentence(laid, tmp_path, named, analysis, scenario, sentence):
    with pytest.raises(Problems) as caught:
        write_program(named or str(laid.study_folder), analysis, laid.results, scenario, tmp_path)
    assert len(caught.value.findings) == 1
    assert str(caught.value).startswith(sentence)


def test_a_study_that_has_not_run_is_one_sentence(laid, tmp_path):
    with pytest.raises(Problems) as caught:
        write_program(str(laid.study_folder), "qaly_health_care", tmp_path / "results",
                      folder=tmp_path / "out")  # fmt: skip
    sentence = str(caught.value)
    assert "40_dataset/qaly_health_care.csv: found no such file; allowed: the dataset of a run; "
    assert sentence.endswith("run the study first, or say where its results are with --results.")
    assert not (tmp_path / "out").exists()


def test_a_study_of_draws_has_no_model_to_write(laid_by_door, tmp_path):
    draws = laid_by_door("draws")
    analysis = next(iter(draws.study.analyses()))
    with pytest.raises(Problems, match="a study that hands over draws, of which nothing is fitted"):
        write_program(str(draws.study_folder), analysis, draws.results, folder=tmp_path / "out")


def test_a_folder_with_something_in_it_is_left_alone(laid, tmp_path):
    (tmp_path / "model.py").write_text("mine")
    with pytest.raises(Problems, match="a folder that is new or empty"):
        write_program(str(laid.study_folder), "qaly_health_care", laid.results, folder=tmp_path)
    assert (tmp_path / "model.py").read_text() == "mine"


@pytest.mark.slow
def test_pymc_finds_the_posterior_of_the_engine(tmp_path):
    """Both sample a small trial with ceilings, zeros and unseen values; means within 4 errors."""
    layout = lay_out(visits("beta", "gamma"))
    sampler = {"draws": 1000, "tune": 500, "chains": 2, "target_accept": 0.9}
    declared(layout, tmp_path, sampler=sampler)
    subprocess.run([sys.executable, str(tmp_path / "model.py")], check=True, cwd=tmp_path)
    theirs = az.from_netcdf(tmp_path / "posterior.nc").posterior
    idata, points, _ = sample_cells(layout, sampler | {"priors": PRIORS}, 1)
    chains, draws = idata.posterior.sizes["chain"], idata.posterior.sizes["draw"]
    compared = 0
    for name, values in as_the_program_names_it(layout, points).items():
        ours = az.convert_to_dataset(values.reshape(chains, draws, *values.shape[1:]))["x"]
        other = theirs[name]
        error = np.sqrt(az.mcse(ours)["x"].to_numpy() ** 2 + az.mcse(other)[name].to_numpy() ** 2)
        away = ours.mean(("chain", "draw")).to_numpy() - other.mean(("chain", "draw")).to_numpy()
        assert np.abs(away / error).max() < 4.5, name
        spread = ours.std(("chain", "draw")).to_numpy() / other.std(("chain", "draw")).to_numpy()
        assert ((spread > 0.85) & (spread < 1.18)).all(), name
        compared += np.size(away)
    assert compared > 30
