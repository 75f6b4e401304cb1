"""Compiled densities: what the cache finds, what it refuses, and that the numbers are right."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pymc as pm
import pytensor.tensor as pt
import pytest
from scipy import special, stats
from trialbalance.model.compiling import cache, compile
from trialbalance.model.compiling.compile import DisagreementError, compile_density
from trialbalance.model.compiling.density import NotFiniteError
from trialbalance.model.compiling.digamma import digamma
from trialbalance.model.compiling.fingerprint import UnknownError, fingerprint

RNG = np.random.default_rng(7)
SMALL = {"y": RNG.normal(2.0, 3.0, 30), "arm": RNG.integers(0, 2, 30), "arms": np.array(2)}
LARGE = {"y": RNG.normal(1.0, 2.0, 75), "arm": RNG.integers(0, 4, 75), "arms": np.array(4)}
PROGRAM = """
import trialbalance.model
import sys, numpy as np, pymc as pm, pytensor.tensor as pt
from trialbalance.model.compiling.compile import compile_density
from trialbalance.model.compiling.cache import cache_folder
sys.path.insert(0, {here!r})
from test_compile import SMALL, declared
density = compile_density(declared(SMALL), "test", SMALL)
print(int(density.found), repr(density(np.full(density.size, 0.3))[0]), cache_folder())
"""


def declared(data, scale=10.0):
    """Normal means by arm with a common SD."""
    with pm.Model() as model:
        given = {name: pm.Data(name, value) for name, value in data.items()}
        mean = pm.Normal("mean", 0.0, scale, shape=given["arms"])
        spread = pm.HalfNormal("spread", 5.0)
        z = (given["y"] - mean[given["arm"]]) / spread
        pm.Potential("seen", -(0.5 * z**2 + pt.log(spread)).sum())
    return model


def by_hand(point, data, scale=10.0):
    """Return the same log density by SciPy."""
    mean, spread = point[:-1], np.exp(point[-1])
    value = stats.norm.logpdf(mean, 0, scale).sum() + stats.halfnorm.logpdf(spread, 0, 5)
    likelihood = stats.norm.logpdf(data["y"], mean[data["arm"]], spread).sum()
    return value + point[-1] + likelihood + 0.5 * len(data["y"]) * np.log(2 * np.pi)


def entries(folder):
    return [one for one in (folder / "densities").iterdir() if one.is_dir()]


@pytest.fixture(scope="module")
def warm(tmp_path_factory):
    """A folder in which the density of SMALL has been compiled once."""
    folder = tmp_path_factory.mktemp("warm")
    before, compile.cache_folder = compile.cache_folder, lambda: folder
    try:
        assert not compile_density(declared(SMALL), "test", SMALL).found
    finally:
        compile.cache_folder = before
    return folder


@pytest.fixture
def folder(warm, tmp_path, monkeypatch):
    """A copy of it that a test may spoil; moved, so entries do not depend on their place."""
    copied = tmp_path / "cache"
    shutil.copytree(warm, copied)
    monkeypatch.setattr(compile, "cache_folder", lambda: copied)
    return copied


def run(home, wait=True):
    program = PROGRAM.format(here=str(Path(__file__).parent))
    environment = os.environ | {"XDG_CACHE_HOME": str(home), "PYTENSOR_FLAGS": ""}
    environment.pop("NUMBA_CACHE_DIR", None)
    started = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", program], env=environment, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    return finished(started) if wait else started


def finished(started):
    output, error = started.communicate(timeout=900)
    assert started.returncode == 0, error
    found, value, folder = output.split()
    return bool(int(found)), float(value), Path(folder)


@pytest.mark.model
def test_two_processes_at_once_compile_once_and_both_are_right(tmp_path):
    started = [run(tmp_path, wait=False) for _ in range(2)]
    results = [finished(one) for one in started]
    assert sorted(found for found, _, _ in results) == [False, True]
    expected = by_hand(np.full(3, 0.3), SMALL)
    assert [value for _, value, _ in results] == pytest.approx([expected] * 2, rel=1e-8)
    own = results[0][2]
    assert own.is_relative_to(tmp_path / "trialbalance")
    assert len(entries(own)) == 1
    third = run(tmp_path)
    assert third == (True, results[0][1], own)


@pytest.mark.model
def test_a_home_that_cannot_be_written_falls_back_to_a_temporary_folder(tmp_path):
    (tmp_path / "file").write_text("no folder")
    _, value, folder = run(tmp_path / "file" / "cache")
    assert value == pytest.approx(by_hand(np.full(3, 0.3), SMALL), rel=1e-8)
    assert not folder.is_relative_to(tmp_path)


@pytest.mark.model
def test_other_data_of_another_size_meet_the_same_code_and_the_right_values(folder):
    density = compile_density(declared(LARGE), "test", LARGE)
    assert density.found
    assert density.shapes == [(4,), ()]
    for _ in range(5):
        point = RNG.normal(size=5)
        value, gradient = density(point)
        assert value == pytest.approx(by_hand(point, LARGE), rel=1e-8)
        for place, step in enumerate(1e-6 * np.eye(5)):
            slope = (by_hand(point + step, LARGE) - by_hand(point - step, LARGE)) / 2e-6
            assert gradient[place] == pytest.approx(slope, rel=1e-5, abs=1e-5)
    assert len(entries(folder)) == 1


@pytest.mark.model
def test_given_other_data_one_density_is_another(folder):
    density = compile_density(declared(SMALL), "test", SMALL)
    other = density.given(y=SMALL["y"] + 1.0)
    point = np.array([0.1, 0.2, 0.3])
    moved = SMALL | {"y": SMALL["y"] + 1.0}
    assert other(point)[0] == pytest.approx(by_hand(point, moved), rel=1e-8)
    assert density(point)[0] == pytest.approx(by_hand(point, SMALL), rel=1e-8)
    with pytest.raises(KeyError):
        density.given(z=1.0)


@pytest.mark.model
def test_single_operations_need_not_be_there_once_the_density_is(folder):
    shutil.rmtree(folder / "operations")
    assert compile_density(declared(SMALL), "test", SMALL).found
    assert not (folder / "operations").exists()


@pytest.mark.model
@pytest.mark.parametrize("spoilt", ["changed", "cut", "gone", "empty"])
def test_a_spoilt_entry_is_noticed_and_compiled_anew(folder, spoilt):
    (code,) = entries(folder)[0].glob("*.nbc")
    content = code.read_bytes()
    place = len(content) // 2
    if spoilt == "gone":
        code.unlink()
    else:
        code.write_bytes({
            "changed": content[:place] + bytes([content[place] ^ 255]) + content[place + 1 :],
            "cut": content[:place], "empty": b"",
        }[spoilt])  # fmt: skip
    density = compile_density(declared(SMALL), "test", SMALL)
    point = np.array([0.1, 0.2, 0.3])
    assert not density.found
    assert density(point)[0] == pytest.approx(by_hand(point, SMALL), rel=1e-8)
    assert compile_density(declared(SMALL), "test", SMALL).found


@pytest.mark.model
def test_an_entry_with_the_code_of_another_density_gives_no_number(folder):
    (right,) = entries(folder)
    compile_density(declared(SMALL, scale=3.0), "test", SMALL)
    (wrong,) = [one for one in entries(folder) if one != right]
    record = json.loads((right / "entry.json").read_text())["record"]
    shutil.rmtree(right)
    with cache.draft(right, record) as draft:
        for file in wrong.glob("*.nb?"):
            shutil.copy(file, draft)
    assert cache.sealed(right, record)
    density = compile_density(declared(SMALL), "test", SMALL)
    point = np.array([0.1, 0.2, 0.3])
    assert not density.found
    assert density(point)[0] == pytest.approx(by_hand(point, SMALL), rel=1e-8)


@pytest.mark.model
def test_a_constant_of_the_graph_and_the_structure_are_part_of_the_key(folder):
    assert not compile_density(declared(SMALL, scale=3.0), "test", SMALL).found
    assert not compile_density(declared(SMALL), "another", SMALL).found
    assert compile_density(declared(SMALL), "test", SMALL).found


@pytest.mark.model
def test_data_that_are_not_the_models_own_are_refused(folder):
    shifted = SMALL | {"y": SMALL["y"][::-1].copy() * 2}
    with pytest.raises(DisagreementError, match=r"'test' is .* where its declaration gives"):
        compile_density(declared(SMALL), "test", shifted)
    with pytest.raises(ValueError, match="differ in: arms"):
        compile_density(declared(SMALL), "test", {n: SMALL[n] for n in ("y", "arm")})
    with pytest.raises(ValueError, match="differ in: more"):
        compile_density(declared(SMALL), "test", SMALL | {"more": 1})


@pytest.mark.model
def test_a_twin_that_differs_is_told_and_one_that_agrees_is_not(folder):
    def twin(point):
        return by_hand(point, SMALL)

    assert compile_density(declared(SMALL), "test", SMALL, twin).found
    with pytest.raises(DisagreementError, match="declaration gives"):
        compile_density(declared(SMALL), "test", SMALL, lambda point: twin(point) + 1e-3)


@pytest.mark.model
def test_where_it_is_not_finite_the_sampler_may_go_on(folder):
    density = compile_density(declared(SMALL), "test", SMALL)
    with pytest.raises(NotFiniteError) as told:
        density(np.array([0.0, 0.0, 1e6]))
    assert told.value.is_recoverable


@pytest.mark.model
def test_densities_with_special_functions_are_kept(folder):
    def declare():
        with pm.Model() as model:
            y = pm.Data("y", np.array([0.2, 0.6, 0.7]))
            a = pm.LogNormal("a", 0.0, 1.0)
            pm.Potential(
                "beta",
                -(pt.gammaln(a) + pt.gammaln(a + y) - pt.gammaln(2 * a + y)).sum()
                + pt.gammaln(a * y).sum(),
            )
            pm.Potential("others", (pt.softplus(a * y) + pt.erf(a) + pt.log1mexp(-a)).sum())
        return model, {"y": np.array([0.2, 0.6, 0.7])}

    first = compile_density(*[declare()[0], "special", declare()[1]])
    second = compile_density(*[declare()[0], "special", declare()[1]])
    assert (first.found, second.found) == (False, True)
    x, y = np.array([0.4]), np.array([0.2, 0.6, 0.7])
    a = np.exp(x[0])
    slope = -special.digamma(a) - special.digamma(a + y) + 2 * special.digamma(2 * a + y)
    slope = (slope + y * special.digamma(a * y) + y * special.expit(a * y)).sum()
    slope += 3 * (2 / np.sqrt(np.pi) * np.exp(-(a**2)) + 1 / np.expm1(a))
    expected = a * slope - x[0]
    assert second(x)[1][0] == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize("low, high", [(-8, -1), (-1, 1), (1, 8)])
def test_digamma_is_scipys_to_twelve_digits(low, high):
    x = 10.0 ** RNG.uniform(low, high, 2000)
    expected = special.digamma(x)
    found = np.array([digamma(one) for one in x])
    assert np.all(np.abs(found - expected) <= 1e-12 * np.maximum(1, np.abs(expected)))
    assert np.isnan(digamma(0.0))
    assert np.isnan(digamma(-1.5))


def test_a_change_of_the_engines_source_is_another_folder(tmp_path):
    source = Path(cache.__file__).parent
    for name in cache._SOURCES:
        shutil.copy(source / name, tmp_path)
    assert cache.engine_hash(tmp_path) == cache.engine_hash()
    with (tmp_path / "digamma.py").open("a") as file:
        file.write("# another\n")
    assert cache.engine_hash(tmp_path) != cache.engine_hash()
    assert cache.engine_hash()[:12] in cache.cache_folder().name or "trialbalance-" in str(
        cache.cache_folder()
    )


def test_a_fingerprint_knows_order_constants_and_strangers():
    a, b = pt.vector("a"), pt.vector("b")
    one = fingerprint([pt.exp(a) * 2.0 - b], [a, b])
    assert one == fingerprint([pt.exp(b) * 2.0 - a], [b, a])
    assert one != fingerprint([pt.exp(a) * 2.5 - b], [a, b])
    assert one != fingerprint([pt.exp(b) * 2.0 - a], [a, b])
    assert fingerprint([a.sum(axis=0)], [a]) != fingerprint([a.prod(axis=0)], [a])
    with pytest.raises(UnknownError):
        fingerprint([a + b], [a])
