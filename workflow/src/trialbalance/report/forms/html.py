"""One self-contained page from the Markdown document: pandoc, a template, a style, the figures."""

import base64
import hashlib
import html
import json
import re
from collections.abc import Mapping
from typing import Any

from trialbalance.report.facts.number_links import ways_back
from trialbalance.report.text.markup import clean
from trialbalance.report.text.pandoc import convert, template
from trialbalance.report.text.style import style


def to_html(
    markdown: str,
    figures: Mapping[str, Mapping[str, str]],
    title: str,
    data: Mapping[str, Any] | None = None,
    trace: Mapping[str, Any] | None = None,
) -> str:
    """Return the report as one HTML page that needs nothing from outside.

    Parameters
    ----------
    markdown : str
        Document made by ``build_document``.
    figures : mapping
        Path in the document -> mapping with key ``svg``.
    title : str
        Title of the page, untrusted.
    data : mapping, optional
        What ``explore_data`` returns; without it nothing on the page moves.
    trace : mapping, optional
        Traces of the study; the page carries those of the figures that it shows.

    Returns
    -------
    str
        HTML; the same bytes for the same input.
    """
    body = convert(
        markdown,
        "html5",
        "--standalone",
        "--toc",
        "--toc-depth=2",
        "--section-divs",
        f"--template={template('page.html')}",
        f"--lua-filter={template('accessible.lua')}",
    )
    body = folded(body)
    # The template's own marks come first on the page; a study that writes them gets its text.
    page = body.replace("/*REPORT-STYLE*/", style_sheet(), 1)
    page = page.replace("<title>REPORT-TITLE<", f"<title>{html.escape(clean(title))}<", 1)
    page = re.sub(r'<img src="([^"]+)"([^>]*?)\s*/?>', lambda hit: _inline(hit, figures), page)
    return _with_program(page, data and {**data, "trace": ways_back(trace, page)})


STATE = re.compile(r'<div class="state">\s*<p>(.*?)</p>\s*</div>', flags=re.S)
SECTION = re.compile(r"<(/?)section\b")


def folded(body: str) -> str:
    """Return the page with each part that has a line of state folded below that line.

    Examples
    --------
    >>> folded('<section><h2>A</h2><div class="state"><p>ok</p></div><p>b</p></section>')
    '<section><h2>A</h2><details class="fold"><summary>ok</summary><p>b</p></details></section>'
    """
    while found := STATE.search(body):
        depth, end = 1, len(body)
        for tag in SECTION.finditer(body, found.end()):
            depth += -1 if tag[1] else 1
            if not depth:
                end = tag.start()
                break
        head = f'<details class="fold"><summary>{found[1]}</summary>'
        inside = body[found.end() : end]
        body = body[: found.start()] + head + inside + "</details>" + body[end:]
    return body


def _with_program(page: str, data: Mapping[str, Any] | None) -> str:
    """Return the page with its program and data; the browser runs that program and no other."""
    program = template("report.js").read_text("utf-8") if data else ""
    digest = base64.b64encode(hashlib.sha256(program.encode()).digest()).decode()
    page = page.replace("'REPORT-PROGRAM-DIGEST'", f"'sha256-{digest}'" if data else "'none'", 1)
    # The template's own marks come last on the page.
    head, _, rest = page.rpartition('<script type="application/json" id="report-data">REPORT-DATA')
    if not data:
        return head + rest.rpartition("</script>")[2]
    words = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    before, _, after = rest.rpartition("REPORT-PROGRAM")
    return f'{head}<script type="application/json" id="report-data">{words}{before}{program}{after}'


def style_sheet() -> str:
    """Return the style of the page: the house's colours, then how they are used."""
    colours = " ".join(f"--{name}: {value};" for name, value in style()["colours"].items())
    rules = template("report.css").read_text("utf-8")
    return f":root {{ {colours} color-scheme: light; }}\n{rules}"


def _inline(hit: re.Match, figures: Mapping[str, Mapping[str, str]]) -> str:
    """Return the drawing for an image, with the image's alternative."""
    drawing = figures.get(hit.group(1))
    if drawing is None:
        return ""
    if "file" in drawing:
        # Inside an image a drawing can run nothing.
        kind = "svg+xml" if hit.group(1).endswith(".svg") else "png"
        code = base64.b64encode(drawing["file"]).decode()
        return f'<img src="data:image/{kind};base64,{code}"{hit.group(2)}>'
    alternative = re.search(r'alt="([^"]*)"', hit.group(2))
    spoken = alternative.group(1) if alternative else ""
    return drawing["svg"].replace(
        "<svg", f'<svg role="img" aria-label="{spoken}" focusable="false"', 1
    )
