"""The code digest changes with the method and with nothing else."""

import shutil
from pathlib import Path

import pytest
from trialbalance.provenance import digest


@pytest.fixture
def package(tmp_path, monkeypatch):
    """Return a small package that stands in for the library, with its digest functions."""
    root = tmp_path / "trialbalance"
    (root / "costs").mkdir(parents=True)
    (root / "__init__.py").write_text("")
    (root / "costs" / "__init__.py").write_text("")
    (root / "costs" / "value.py").write_text(
        '"""Doc."""\nfrom trialbalance.costs.rate import rate\n\n\n'
        "def value(x):\n    return x * rate()\n"
    )
    (root / "costs" / "rate.py").write_text("def rate():\n    return 2\n")
    (root / "costs" / "apart.py").write_text("def apart():\n    return 3\n")
    script = tmp_path / "value.py"
    script.write_text("from trialbalance.costs.value import value\nvalue(1)\njob.read('ledger')\n")
    schemas = tmp_path / "schemas"
    schemas.mkdir()
    (schemas / "ledger.yaml").write_text("name: ledger\n")
    (schemas / "draws.yaml").write_text("name: draws\n")
    monkeypatch.setattr(digest, "PACKAGE", root)
    return tmp_path


def code(package: Path) -> str:
    digest._module.cache_clear()
    return digest.code_digest(package / "value.py", package / "schemas")


def test_reaches_modules_two_imports_away(package):
    names = [path.name for path in digest.code_files(package / "value.py")]
    assert names[0] == "value.py"
    assert "rate.py" in names
    assert "apart.py" not in names


@pytest.mark.parametrize(
    ("file", "old", "new", "changes"),
    [
        ("trialbalance/costs/rate.py", "return 2", "return 2  # two", False),
        ("trialbalance/costs/value.py", '"""Doc."""', '"""Other words."""', False),
        ("trialbalance/costs/rate.py", "return 2", "return 3", True),
        ("trialbalance/costs/apart.py", "return 3", "return 4", False),
        ("value.py", "value(1)", "value(2)", True),
        ("schemas/ledger.yaml", "ledger", "ledgers", True),
        ("schemas/draws.yaml", "draws", "drawn", False),
    ],
)
def test_digest_follows_the_method_only(package, file, old, new, changes):
    before = code(package)
    path = package / file
    path.write_text(path.read_text().replace(old, new))
    assert (code(package) != before) is changes


def test_a_copy_elsewhere_has_the_same_digest(package, tmp_path_factory, monkeypatch):
    before = code(package)
    copy = tmp_path_factory.mktemp("copy") / "there"
    shutil.copytree(package, copy)
    monkeypatch.setattr(digest, "PACKAGE", copy / "trialbalance")
    assert code(copy) == before
