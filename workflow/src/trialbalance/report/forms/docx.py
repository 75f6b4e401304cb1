"""The report for editing: a Word file with real tables, captions, styles and PNG pictures."""

import io
import re
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from xml.sax.saxutils import escape

from trialbalance.report.figures.drawing import style
from trialbalance.report.forms.docx_layout import laid_out, page
from trialbalance.report.forms.pictures import png
from trialbalance.report.text.markup import clean
from trialbalance.report.text.pandoc import convert, template

# Style -> what it is based on, size in half points, bold, colour, shade, space before and after.
STYLES = {
    "Normal": ("", 21, False, "ink", "", 0, 120),
    "Title": ("Normal", 40, True, "ink", "", 0, 120),
    "Heading1": ("Normal", 38, True, "ink", "", 240, 120),
    "Heading2": ("Normal", 28, True, "ink", "", 360, 120),
    "Heading3": ("Normal", 23, True, "ink", "", 240, 80),
    "Heading4": ("Normal", 21, True, "ink", "", 200, 60),
    "BodyText": ("Normal", 21, False, "ink", "", 60, 120),
    "TableCaption": ("Normal", 19, True, "ink", "", 240, 60),
    "ImageCaption": ("Normal", 18, False, "quiet", "", 40, 200),
    "TableText": ("Normal", 16, False, "ink", "", 10, 10),
    "Banner": ("Normal", 20, False, "ink", "warn", 60, 60),
    "Card": ("Normal", 22, False, "ink", "tint", 40, 40),
    "Lead": ("Normal", 26, True, "ink", "", 60, 120),
    "Note": ("Normal", 17, False, "quiet", "", 40, 160),
}


def to_docx(
    markdown: str, figures: Mapping[str, Mapping[str, str]], title: str, mark: str = ""
) -> bytes:
    """Return the report as a Word file.

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
            f"--resource-path={home}",
            file=home / "report.docx",
        )
        return in_house_style((home / "report.docx").read_bytes(), title, mark)


def in_house_style(docx: bytes, title: str, mark: str = "") -> bytes:
    """Return a Word file with the styles of the house, its title, and nothing of today's date."""
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
            if name == "word/styles.xml":
                content = _styles(content.decode()).encode()
            elif name == "word/document.xml":
                content = _page(content.decode()).encode()
            elif name == "docProps/core.xml":
                content = core.encode()
            elif name in _FOOTER_NAMED:
                end, entry = _FOOTER_NAMED[name]
                content = content.decode().replace(end, entry + end, 1).encode()
            made.writestr(
                zipfile.ZipInfo(name, (2000, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED
            )
        foot = zipfile.ZipInfo("word/edition.xml", (2000, 1, 1, 0, 0, 0))
        words = escape(f"{mark} · " if mark else "")
        made.writestr(foot, _FOOTER.format(words=words), zipfile.ZIP_DEFLATED)
    return out.getvalue()


_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_FOOTER = (
    f'<?xml version="1.0" encoding="UTF-8"?><w:ftr xmlns:w="{_WORD}"><w:p><w:r>'
    '<w:t xml:space="preserve">{words}Page </w:t></w:r><w:fldSimple w:instr=" PAGE "><w:r><w:t>1'
    "</w:t></w:r></w:fldSimple></w:p></w:ftr>"
)
# Where a Word file names its parts: before what, and how the footer is named there.
_FOOTER_NAMED = {
    "[Content_Types].xml": (
        "</Types>",
        '<Override PartName="/word/edition.xml" ContentType="application/vnd.openxmlformats-'
        'officedocument.wordprocessingml.footer+xml" />',
    ),
    "word/_rels/document.xml.rels": (
        "</Relationships>",
        f'<Relationship Id="rIdEdition" Type="{_OFFICE}/footer" Target="edition.xml" />',
    ),
}


def _page(document: str) -> str:
    """Return the document on A4, its tables fitted, its captions and pages numbered."""
    foot = f'<w:footerReference xmlns:r="{_OFFICE}" w:type="default" r:id="rIdEdition" />'
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


def _styles(text: str) -> str:
    """Return the styles of a Word file in house style, in British English."""
    font = style()["fonts"]["word"]
    fonts = f'<w:rFonts w:ascii="{font}" w:hAnsi="{font}" w:cs="{font}" />'
    text = text.replace('w:val="en-US"', 'w:val="en-GB"')
    text = re.sub(r"<w:rFonts [^>]*/>", fonts, text)
    for name in [*STYLES, "Table"]:
        own = _table_style() if name == "Table" else _style(name)
        found = rf'<w:style [^>]*w:styleId="{name}"[^>]*>.*?</w:style>'
        text, count = re.subn(found, lambda _, own=own: own, text, count=1, flags=re.S)
        if not count:
            text = text.replace("</w:styles>", f"{own}</w:styles>")
    return text


def _style(name: str) -> str:
    """Return one paragraph style of a Word file."""
    base, size, bold, ink, shade, before, after = STYLES[name]
    colours = {key: value.lstrip("#") for key, value in style()["colours"].items()}
    words = re.sub(r"(?<=[a-z])(?=[A-Z0-9])", " ", name)
    level = f'<w:outlineLvl w:val="{int(name[-1]) - 1}" />' if name.startswith("Heading") else ""
    fill = f'<w:shd w:val="clear" w:color="auto" w:fill="{colours[shade]}" />' if shade else ""
    keep = "<w:keepNext />" if name.startswith(("Heading", "TableCaption")) else ""
    default = "" if base else ' w:default="1"'
    return (
        f'<w:style w:type="paragraph" w:styleId="{name}"{default}>'
        f'<w:name w:val="{words}" />'
        + (f'<w:basedOn w:val="{base}" />' if base else "")
        + "<w:qFormat />"
        + f'<w:pPr>{keep}{fill}<w:spacing w:before="{before}" w:after="{after}" />{level}</w:pPr>'
        + f'<w:rPr>{"<w:b />" if bold else ""}<w:color w:val="{colours[ink]}" />'
        + f'<w:sz w:val="{size}" /><w:szCs w:val="{size}" /></w:rPr></w:style>'
    )


def _table_style() -> str:
    """Return the table style: rules above and below the head and between rows."""
    ink, line = (style()["colours"][name].lstrip("#") for name in ("ink", "line"))

    def rule(side: str, size: int, colour: str) -> str:
        return f'<w:{side} w:val="single" w:sz="{size}" w:space="0" w:color="{colour}" />'

    borders = rule("top", 8, ink) + rule("bottom", 8, ink) + rule("insideH", 4, line)
    return (
        '<w:style w:type="table" w:default="1" w:styleId="Table"><w:name w:val="Table" />'
        f"<w:qFormat /><w:tblPr><w:tblBorders>{borders}</w:tblBorders><w:tblCellMar>"
        '<w:left w:w="60" w:type="dxa" /><w:right w:w="60" w:type="dxa" /></w:tblCellMar></w:tblPr>'
        '<w:tblStylePr w:type="firstRow"><w:rPr><w:b /></w:rPr>'
        f"<w:tcPr><w:tcBorders>{rule('bottom', 8, ink)}</w:tcBorders></w:tcPr></w:tblStylePr>"
        "</w:style>"
    )
