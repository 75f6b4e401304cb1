"""Documents that the code writes: editor schema, manual tables, data dictionary, stage diagram."""

import re
import subprocess
import sys

from trialbalance import contracts, house
from trialbalance.model.cells.fitted import SPREADS
from trialbalance.model.families import FAMILIES
from trialbalance.settings.manual import manual_text, schema_text


def out_of_step(write: bool = False) -> list[str]:
    """Return the generated documents that differ from what the code says.

    Parameters
    ----------
    write : bool
        Whether to write them anew.

    Returns
    -------
    list of str
        Paths below the root of the project.
    """
    stale = []
    for path, text in documents().items():
        place = house.root() / path
        if not place.exists() or place.read_text(encoding="utf-8") != text:
            stale.append(path)
            if write:
                place.write_text(text, encoding="utf-8")
    return stale


def documents() -> dict[str, str]:
    """Return every generated document: path below the root -> text."""
    return {
        "workflow/schemas/study.schema.json": schema_text(),
        "config/README.md": between(
            "config/README.md",
            "settings",
            with_decisions_linked(manual_text()),
            between("config/README.md", "families", families_text()),
        ),
        "results/README.md": between(
            "results/README.md", "dictionary", with_decisions_linked(contracts.dictionary())
        ),
        "README.md": between("README.md", "diagram", diagram()),
        "workflow/envs/environment.yaml": environment(),
    }


def between(path: str, mark: str, text: str, page: str | None = None) -> str:
    """Return a document with the part between two marks replaced.

    Parameters
    ----------
    path : str
        Document below the root.
    mark : str
        The part stands between ``<!-- mark: begin -->`` and ``<!-- mark: end -->``.
    text : str
        The new part.
    page : str, optional
        The document where another part of it is new already; else as it stands.

    Returns
    -------
    str
        The whole document.
    """
    begin, end = f"<!-- {mark}: begin -->", f"<!-- {mark}: end -->"
    page = page or (house.root() / path).read_text(encoding="utf-8")
    before, _, rest = page.partition(begin)
    _, _, after = rest.partition(end)
    return f"{before}{begin}\n{text.strip()}\n{end}{after}"


def with_decisions_linked(text: str) -> str:
    """Return Markdown in which every decision named opens its record.

    Parameters
    ----------
    text : str
        Markdown for a folder below the root; ``decision 032`` and ``decisions 027 and 032`` are
        mentions.

    Returns
    -------
    str
        The same, each number a relative link to its file.

    Raises
    ------
    KeyError
        If a number has no record.

    Examples
    --------
    >>> with_decisions_linked("Source: decisions 027 and 032.").count("](../workflow/decisions/")
    2
    """
    folder = house.root() / "workflow" / "decisions"
    records = {path.name[:3]: path.name for path in folder.glob("[0-9][0-9][0-9]-*.md")}

    def link(found: re.Match[str]) -> str:
        return f"[{found[0]}](../workflow/decisions/{records[found[0]]})"

    mention = r"\b[Dd]ecisions? \d{3}(?:(?:, | and )\d{3})*\b"
    return re.sub(mention, lambda found: re.sub(r"\d{3}", link, found[0]), text)


def families_text() -> str:
    """Return the families of cells as a Markdown table: equation, line of PyMC, prior of spread.

    Examples
    --------
    >>> families_text().count("pm.Gamma.dist")
    2
    """
    rows = ["| family | what it is | as an equation | in the program | prior of `spread` |"]
    rows.append("|---|---|---|---|---|")
    for name, family in FAMILIES.items():
        prior = family.spread_prior
        said = f"{SPREADS[prior.kind]}, {prior.scale:g} × `model.priors.spread`" if prior else ""
        rows.append(
            f"| `{name}` | {family.words} | ${family.equation}$ | `{family.program}` | {said} |"
        )
    return "\n".join(rows)


def diagram() -> str:
    """Return the graph of the rules as a Mermaid diagram that code hosts draw."""
    command = [
        sys.executable,
        "-m",
        "snakemake",
        "--rulegraph",
        "mermaid-js",
        "--forceall",
        "--quiet",
    ]
    answer = subprocess.run(command, cwd=house.root(), capture_output=True, text=True, check=True)
    start = answer.stdout.index("---")
    return "```mermaid\n" + _plain(answer.stdout[start:]) + "\n```"


def _plain(graph: str) -> str:
    """Return a rule graph without colours and with its lines in a stable order."""
    lines = [line.strip() for line in graph.splitlines()]
    names = {}
    for line in lines:
        if line.startswith("id") and "[" in line:
            key, _, label = line.partition("[")
            names[key] = label.rstrip("]").strip('"')
    ends = [line.split("-->") for line in lines if "-->" in line]
    arrows = {(names[first.strip()], names[last.strip()]) for first, last in ends}
    kept = [(a, b) for a, b in sorted(arrows) if not _goes_round(a, b, arrows)]
    return "\n".join(["flowchart LR", *(f"    {first} --> {last}" for first, last in kept)])


def _goes_round(first: str, last: str, arrows: set[tuple[str, str]]) -> bool:
    """Return whether a longer way leads from one rule to another."""
    waiting = [after for before, after in arrows if before == first and after != last]
    seen: set[str] = set()
    while waiting:
        rule = waiting.pop()
        if rule == last:
            return True
        if rule not in seen:
            seen.add(rule)
            waiting += [after for before, after in arrows if before == rule]
    return False


def environment() -> str:
    """Return the conda environment of every rule, made from the pip constraints."""
    lines = (
        (house.root() / "workflow/envs/constraints.txt").read_text(encoding="utf-8").splitlines()
    )
    pins = [f"      - {line}" for line in lines if line and not line.startswith("#")]
    head = [
        "name: trialbalance",
        "channels:",
        "  - conda-forge",
        "dependencies:",
        "  - python=3.11",
        "  - pip",
        "  - pip:",
    ]
    return "\n".join([*head, *pins]) + "\n"
