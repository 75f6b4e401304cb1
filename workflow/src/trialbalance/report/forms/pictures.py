"""Pictures as files of their own: SVG for editing, PNG for slides and for Word."""

import re
import shutil
from collections.abc import Mapping
from pathlib import Path

import vl_convert

PIXELS = 2.2


def sized(svg: str) -> str:
    """Return a drawing with the width and height that its view box says.

    Examples
    --------
    >>> sized('<svg viewBox="0 0 20 10"></svg>')
    '<svg width="20" height="10" viewBox="0 0 20 10"></svg>'
    """
    box = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
    return svg.replace("<svg", f'<svg width="{box[1]}" height="{box[2]}"', 1) if box else svg


def png(path: str, drawing: Mapping[str, str]) -> bytes:
    """Return a picture as PNG, 2.2 pixels a unit; a logo that is one stays as it is."""
    if path.endswith(".png"):
        return drawing["file"]
    svg = drawing["file"].decode() if "file" in drawing else sized(drawing["svg"])
    return vl_convert.svg_to_png(svg, scale=PIXELS)


def write_pictures(folder: Path, figures: Mapping[str, Mapping[str, str]]) -> list[Path]:
    """Write each figure of a report as SVG and PNG into a folder made anew.

    Parameters
    ----------
    folder : Path
        Where they go, such as ``report/figures``.
    figures : mapping
        Path in the document -> mapping with key ``svg``, as ``draw_figures`` gives them.

    Returns
    -------
    list of Path
        The files, two a figure; the same bytes for the same figures.

    Examples
    --------
    >>> import tempfile
    >>> square = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"></svg>'
    >>> with tempfile.TemporaryDirectory() as home:
    ...     made = write_pictures(Path(home) / "figures", {"figures/plane.svg": {"svg": square}})
    ...     [file.name for file in made]
    ['plane.svg', 'plane.png']
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    made = []
    for path, drawing in figures.items():
        for ending, content in (
            (".svg", sized(drawing["svg"]).encode()),
            (".png", png(path, drawing)),
        ):
            file = folder / Path(path).with_suffix(ending).name
            file.write_bytes(content)
            made.append(file)
    return made
