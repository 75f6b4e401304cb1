"""The code digest changes with the method and with nothing else."""

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from trialbalance import house
from trialbalance.contracts import schemas
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
    (root / "costs" / "page.py").write_text(
        "from trialbalance import house\n\nPLACE = house.report_templates()\n"
    )
    report = tmp_path / "report.py"
    report.write_text("from trialbalance.costs.page import PLACE\n")
    contracts = tmp_path / "schemas" / "tables" / "costs"
    contracts.mkdir(parents=True)
    (contracts / "ledger.yaml").write_text("name: ledger\nfields: []\n")
    (contracts / "draws.yaml").write_text("name: draws\nfields: []\n")
    (contracts / "arms.yaml").write_text("name: arms\nfields: [arm]\n")
    shared = "arm: {type: string, description: Arm.}\nitem: {type: string, description: Item.}\n"
    (tmp_path / "schemas" / "fields.yaml").write_text(shared)
    (tmp_path / "report" / "parts").mkdir(parents=True)
    (tmp_path / "report" / "parts" / "page.css").write_text("p {}\n")
    monkeypatch.setattr(digest, "PACKAGE", root)
    monkeypatch.setattr(house, "schemas", lambda: tmp_path / "schemas")
    monkeypatch.setattr(house, "report_templates", lambda: tmp_path / "report")
    yield tmp_path
    forget()


def forget() -> None:
    for kept in (digest._module, digest._reached, digest._contract):
        kept.cache_clear()
    for kept in (schemas._files, schemas._shared, schemas.load):
        kept.cache_clear()


def code(package: Path, script: str = "value.py", names=("base.qaly.arms",)) -> str:
    forget()
    return digest.code_digest(package / script, names)


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
        ("schemas/tables/costs/ledger.yaml", "ledger", "ledgers", True),
        ("schemas/tables/costs/arms.yaml", "arms", "all arms", True),
        ("schemas/tables/costs/arms.yaml", "name", "# a comment\nname", False),
        ("schemas/tables/costs/draws.yaml", "draws", "drawn", False),
        ("schemas/fields.yaml", "Arm.", "An arm.", True),
        ("schemas/fields.yaml", "Item.", "An item.", False),
        ("report/parts/page.css", "p", "q", False),
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


def test_a_template_counts_for_the_rule_whose_code_opens_the_folder(package):
    before = code(package, "report.py")
    (package / "report" / "parts" / "page.css").write_text("q {}\n")
    assert code(package, "report.py") != before


def test_a_place_in_the_report_counts_for_the_rule_that_writes_the_report_alone(package):
    scripts, names = ("value.py", "report.py"), ("ledger",)
    before = [code(package, script, names) for script in scripts]
    path = package / "schemas" / "tables" / "costs" / "ledger.yaml"
    path.write_text(path.read_text() + "reported: {heading: Costs}\n")
    after = [code(package, script, names) for script in scripts]
    assert [one == other for one, other in zip(before, after, strict=True)] == [True, False]


@pytest.mark.parametrize("name", ["manifest", "trace"])
def test_what_speaks_of_every_table_rests_on_every_contract(package, name):
    before = code(package, names=(name,))
    path = package / "schemas" / "tables" / "costs" / "draws.yaml"
    path.write_text(path.read_text() + "title: Draws\n")
    assert code(package, names=(name,)) != before


SCRIPTS = sorted(house.scripts().glob("*.py"))
SOURCE = digest.PACKAGE
# The workflow file runs these while it builds the graph; what they say stands in inputs, outputs
# and parameters, which Snakemake compares by themselves.
RULES = sorted((house.root() / "workflow" / "rules").glob("*.smk"))
IMPORTS = re.compile(r"^from trialbalance[\w.]* import (?:\([^)]*\)|[^\n(]+)$", re.M)
# Opened by the examples of docstrings alone.
ONLY_EXAMPLES = {"model/cells/example.py"}
MODEL = sorted(
    path
    for path in (SOURCE / "model").rglob("*.py")
    if path.relative_to(SOURCE).as_posix() not in ONLY_EXAMPLES
)


def reached_by_a_rule() -> set[Path]:
    return {path for script in SCRIPTS for path in digest.code_files(script)}


def reached_by_the_graph(tmp_path: Path) -> set[Path]:
    found = [line for path in RULES for line in IMPORTS.findall(path.read_text(encoding="utf-8"))]
    copy = tmp_path / "graph.py"
    copy.write_text("\n".join(found))
    return set(digest.code_files(copy))


def test_every_module_but_the_commands_is_in_the_digest_of_a_rule(tmp_path):
    missed = {
        path.relative_to(SOURCE).as_posix()
        for path in set(SOURCE.rglob("*.py")) - reached_by_a_rule() - reached_by_the_graph(tmp_path)
    }
    assert {name for name in missed if not name.startswith("commands/")} == {
        "__init__.py",
        "__main__.py",
        *ONLY_EXAMPLES,
    }


@pytest.mark.parametrize("path", MODEL, ids=lambda path: str(path.relative_to(SOURCE)))
def test_an_edit_of_any_module_of_the_model_changes_a_rule_of_the_model(path, monkeypatch):
    before = {script.stem: digest.code_digest(script) for script in SCRIPTS}
    module = digest._module

    def edited(file):
        text, below, words = module(file)
        return (text + " edited" if file == path else text), below, words

    monkeypatch.setattr(digest, "_module", edited)
    digest._reached.cache_clear()
    after = {script.stem: digest.code_digest(script) for script in SCRIPTS}
    digest._reached.cache_clear()
    changed = {name for name in before if before[name] != after[name]}
    assert changed & {
        *("fit_model", "check_model", "climb_ladder", "cross_check", "scale_priors"),
        *("fit_selection", "weigh_censoring", "estimate_endpoints", "compare_observed"),
    }
    assert not changed & {"read_records", "value_resources", "score_outcomes", "build_dataset"}


@pytest.mark.parametrize(
    "name",
    [
        *("forms", "results", "store", "compiling/compile", "compiling/density"),
        *("compiling/machine_code", "compiling/sample", "cells/rows", "cells/declare"),
        *("cells/from_data/by_total", "cells/from_data/by_visit", "cells/density"),
        *("cells/means/completing", "cells/means/averages", "cells/pointwise", "families/beta"),
    ],
)
def test_what_a_fit_runs_is_in_its_digest(name):
    fit = house.scripts() / "fit_model.py"
    assert SOURCE / "model" / f"{name}.py" in digest.code_files(fit)


@pytest.mark.parametrize("name", ["fit_model", "compare_arms", "value_resources", "write_report"])
def test_python_loads_no_module_that_the_digest_does_not_see(name):
    script = house.scripts() / f"{name}.py"
    tree = ast.parse(script.read_text(encoding="utf-8"))
    imports = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    told = (
        f"{ast.unparse(ast.Module(imports, []))}\nimport sys\n"
        "print(*(m.__file__ for n, m in sys.modules.items() "
        "if n.startswith('trialbalance.') and m.__file__),"
        " sep='\\n')"
    )
    answer = subprocess.run(
        [sys.executable, "-c", told], capture_output=True, text=True, check=True
    ).stdout
    loaded = {Path(line).resolve() for line in answer.split()}
    assert loaded
    assert loaded <= set(digest.code_files(script))


def test_no_module_is_loaded_by_a_name_made_while_running():
    for path in [*SOURCE.rglob("*.py"), *SCRIPTS]:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        attributes = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        top = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
        assert not names & {"__import__", "import_module", "exec", "eval"}, path
        assert not attributes & {"import_module"}, path
        assert "__getattr__" not in top, path


@pytest.mark.parametrize("name", ["write_report", "release_results", "write_index"])
def test_every_template_counts_for_what_is_printed(name, tmp_path, monkeypatch):
    shutil.copytree(house.report_templates(), tmp_path / "report")
    monkeypatch.setattr(house, "report_templates", lambda: tmp_path / "report")
    script = house.scripts() / f"{name}.py"
    before = digest.code_digest(script)
    for path in sorted(file for file in (tmp_path / "report").rglob("*") if file.is_file()):
        kept = path.read_bytes()
        path.write_bytes(kept + b" ")
        assert digest.code_digest(script) != before, path
        path.write_bytes(kept)


def test_importing_the_package_of_the_model_stays_light():
    told = "import sys, trialbalance.model; print(*sys.modules)"
    answer = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True)
    assert not {"pymc", "pytensor", "numpy", "pandas"} & set(answer.stdout.split())
    assert "trialbalance.model" in answer.stdout.split()


@pytest.mark.parametrize(
    ("name", "heavy"),
    [
        ("read_records", {"scipy", "statsmodels", "altair", "duckdb"}),
        ("build_dataset", {"scipy", "statsmodels", "linearmodels", "pymc"}),
        ("compare_arms", {"scipy.stats", "statsmodels", "linearmodels", "arviz"}),
        ("trace_figures", {"scipy", "statsmodels", "linearmodels", "arviz", "altair"}),
        ("certify_study", {"scipy.stats", "statsmodels", "linearmodels", "arviz"}),
    ],
)
def test_a_script_starts_without_what_only_other_rules_use(name, heavy):
    tree = ast.parse((house.scripts() / f"{name}.py").read_text(encoding="utf-8"))
    imports = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    told = f"{ast.unparse(ast.Module(imports, []))}\nimport sys\nprint(*sys.modules)"
    answer = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True)
    loaded = set(answer.stdout.split())
    assert "trialbalance" in loaded
    assert not loaded & heavy
