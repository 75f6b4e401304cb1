"""Count the house: python tests/workflow/measure.py [folder of a clone ...], one line each.

Code lines are those without docstrings, comments and blanks; a function's length leaves its
docstring out; an arrow leads from a folder of modules to another that it imports.
"""

import ast
import sys
from pathlib import Path

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def measure(clone: Path) -> dict[str, int]:
    """Return the counts of one clone by name."""
    source = clone / "workflow" / "src" / "trialbalance"
    files = sorted(source.rglob("*.py"))
    found = dict.fromkeys(
        ("lines", "code", "docstring", "comment", "under_40", "functions_over_40"), 0
    )
    found |= {"files": len(files), "arguments": 0, "hinted": 0}
    arrows = set()
    for file in files:
        text = file.read_text(encoding="utf-8")
        tree = ast.parse(text)
        said = set().union(*(_docstring(node) for node in ast.walk(tree)))
        counted = [
            line.strip() for at, line in enumerate(text.splitlines(), 1) if at not in said and line
        ]
        comments = sum(line.startswith("#") for line in counted)
        code = sum(bool(line) for line in counted) - comments
        found["lines"] += text.count("\n")
        found["docstring"] += len(said)
        found["comment"] += comments
        found["code"] += code
        found["under_40"] += code < 40
        for node in ast.walk(tree):
            if isinstance(node, FUNCTIONS):
                length = node.end_lineno - node.lineno + 1 - len(_docstring(node))
                found["functions_over_40"] += length > 40
                taken = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
                taken = [one for one in taken if one.arg not in ("self", "cls")]
                found["arguments"] += len(taken)
                found["hinted"] += sum(one.annotation is not None for one in taken)
            elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith(
                "trialbalance."
            ):
                arrows.add((file.parent, _folder(source, node.module)))
    found["arrows"] = sum(start != end for start, end in arrows)
    return found


def _docstring(node: ast.AST) -> set[int]:
    """Return the lines of a node's docstring."""
    body = getattr(node, "body", None)
    if not isinstance(node, (ast.Module, ast.ClassDef, *FUNCTIONS)) or not body:
        return set()
    first = body[0]
    if not isinstance(first, ast.Expr) or not isinstance(first.value, ast.Constant):
        return set()
    return set(range(first.lineno, first.end_lineno + 1)) if ast.get_docstring(node) else set()


def _folder(source: Path, dotted: str) -> Path:
    """Return the folder of a module, or of a package itself."""
    place = source.joinpath(*dotted.split(".")[1:])
    return place if place.is_dir() else place.parent


if __name__ == "__main__":
    for named in sys.argv[1:] or ["."]:
        counts = " ".join(f"{name}={count}" for name, count in measure(Path(named)).items())
        print(named, counts)  # noqa: T201
