"""The report for editing: a Word file with real tables, captions and PNG pictures.

Fonts, sizes, colours and spacing are the styles of ``workflow/report/reference.docx``, which is
edited in Word.
"""

import io
import re
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from xml.sax.saxutils import escape

from trialbalance.report.forms.docx_layout import laid_out, page
from trialbalance.report.forms.pictures import png
from trialbalance.report.text.edition import running_head
from trialbalance.report.text.markup import clean
from trialbalance.report.text.pandoc import convert, template


def to_docx(
    markdown: str, figures: Mapping[str, Mapping[str, str]], title: str, mark: str = ""
) -> bytes:
    """Return the report as a Word file, in the styles of ``reference.docx``.

    Parameters
    ----------
    markdown : str
        Document made by ``build_document``.
    figures : mapping
        Path in the document -> mapping with key ``svg``; printed as PNG.
    title : str
        Title of the document, untrusted.
    mark : str
        Words at the foot of every page.

    Returns
    -------
    bytes
        The file; the same bytes for the same input.
    """
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        for path, drawing in figures.items():
            place = (home / path).with_suffix(".png")
            place.parent.mkdir(exist_ok=True)
            place.write_bytes(png(path, drawing))
        convert(
            markdown,
            "docx",
            "--toc",
            "--toc-depth=2",
            "--metadata=toc-title:Contents",
            f"--lua-filter={template('print.lua')}",
            f"--reference-doc={template('reference.docx')}",
            f"--resource-path={home}",
            file=home / "report.docx",
        )
        head = f"{running_head(markdown)}{clean(title)}"
        return in_house_style((home / "report.docx").read_bytes(), title, mark, head)


def in_house_style(docx: bytes, title: str, mark: str = "", head: str = "") -> bytes:
    """Return a Word file with its pages laid out, its title, and nothing of today's date."""
    core = (
        '<?xml version="1.0" encoding="UTF-8"?><cp:coreProperties '
        'xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<dc:title>{escape(clean(title))}</dc:title><dc:language>en-GB</dc:language>"
        "</cp:coreProperties>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(docx)) as given, zipfile.ZipFile(out, "w") as made:
        for name in given.namelist():
            content = given.read(name)
            if name == "word/document.xml":
                content = _page(content.decode()).encode()
            elif name == "docProps/core.xml":
                content = core.encode()
            elif name in _EDGES_NAMED:
                end, entry = _EDGES_NAMED[name]
                content = content.decode().replace(end, entry + end, 1).encode()
            made.writestr(
                zipfile.ZipInfo(name, (2000, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED
            )
        words = escape(f"{mark} · " if mark else "")
        edges = {
            "word/edition.xml": _FOOTER.format(words=words),
            "word/running.xml": _HEADER.format(words=escape(head or clean(title))),
        }
        for name, text in edges.items():
            made.writestr(zipfile.ZipInfo(name, (2000, 1, 1, 0, 0, 0)), text, zipfile.ZIP_DEFLATED)
    return out.getvalue()


_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_FOOTER = (
    f'<?xml version="1.0" encoding="UTF-8"?><w:ftr xmlns:w="{_WORD}"><w:p><w:r>'
    '<w:t xml:space="preserve">{words}Page </w:t></w:r><w:fldSimple w:instr=" PAGE "><w:r><w:t>1'
    "</w:t></w:r></w:fldSimple></w:p></w:ftr>"
)
_HEADER = (
    f'<?xml version="1.0" encoding="UTF-8"?><w:hdr xmlns:w="{_WORD}"><w:p><w:r>'
    '<w:t xml:space="preserve">{words}</w:t></w:r></w:p></w:hdr>'
)
_KIND = "application/vnd.openxmlformats-officedocument.wordprocessingml"
# Where a Word file names its parts: before what, and how foot and head of a page are named there.
_EDGES_NAMED = {
    "[Content_Types].xml": (
        "</Types>",
        f'<Override PartName="/word/edition.xml" ContentType="{_KIND}.footer+xml" />'
        f'<Override PartName="/word/running.xml" ContentType="{_KIND}.header+xml" />',
    ),
    "word/_rels/document.xml.rels": (
        "</Relationships>",
        f'<Relationship Id="rIdEdition" Type="{_OFFICE}/footer" Target="edition.xml" />'
        f'<Relationship Id="rIdRunning" Type="{_OFFICE}/header" Target="running.xml" />',
    ),
}


def _page(document: str) -> str:
    """Return the document on A4, its tables fitted, its captions and pages numbered."""
    foot = (
        f'<w:headerReference xmlns:r="{_OFFICE}" w:type="default" r:id="rIdRunning" />'
        f'<w:footerReference xmlns:r="{_OFFICE}" w:type="default" r:id="rIdEdition" />'
    )
    document = re.sub(r"<w:sectPr[^>]*/>|<w:sectPr.*?</w:sectPr>", "", document, flags=re.S)
    document = document.replace("</w:body>", f"{page(foot)}</w:body>")
    document = re.sub(r"<w:tblW [^>]*/>", '<w:tblW w:type="pct" w:w="5000" />', document)
    document = document.replace('w:firstColumn="0"', 'w:firstColumn="1"')
    document = re.sub(r"<w:tbl>.*?</w:tbl>", _small, document, flags=re.S)
    return laid_out(document, foot)


def _small(found: re.Match) -> str:
    """Return a table with its cells in the style of tables, no row split between pages."""
    text = found[0].replace('w:pStyle w:val="Compact"', 'w:pStyle w:val="TableText"')
    text = text.replace("<w:tr><w:trPr>", "<w:tr><w:trPr><w:cantSplit />")
    return text.replace("<w:tr><w:tc>", "<w:tr><w:trPr><w:cantSplit /></w:trPr><w:tc>")
