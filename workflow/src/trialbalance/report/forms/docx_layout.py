"""Layout of a Word file: widths by content, wide tables on their side, fields that number."""

import html
import re

# Twentieths of a point: width of the text on A4 upright and on its side, a character, an inset.
UPRIGHT, SIDEWAYS = 9978, 14910
CHARACTER, INSET = 88, 130
# Tables of more columns stand on a page on its side; longer cells break into lines.
MOST_UPRIGHT = 7
LONGEST = 38
_CAPTION = re.compile(
    r'(<w:p><w:pPr><w:pStyle w:val="(Table|Image)Caption" /></w:pPr>)(.*?)(</w:p>)', re.S
)
_TABLE = re.compile(
    r'(<w:p><w:pPr><w:pStyle w:val="TableCaption" />(?:(?!</w:p>).)*</w:p>\s*)?<w:tbl>.*?</w:tbl>',
    re.S,
)
PAGE = (
    '<w:sectPr>{foot}<w:pgSz w:w="{wide}" w:h="{high}"{way} /><w:pgMar w:top="1134" '
    'w:right="964" w:bottom="1134" w:left="964" w:header="567" w:footer="567" w:gutter="0" />'
    "</w:sectPr>"
)


def page(foot: str, sideways: bool = False) -> str:
    """Return the page of a section: A4 with narrow margins, upright or on its side."""
    wide, high = (16838, 11906) if sideways else (11906, 16838)
    way = ' w:orient="landscape"' if sideways else ""
    return PAGE.format(foot=foot, wide=wide, high=high, way=way)


def widths(rows: list[list[str]], whole: int) -> list[int]:
    r"""Return the widths of the columns of a table, by what stands in them.

    Parameters
    ----------
    rows : list of list of str
        Words of the cells.
    whole : int
        Width of the table, in twentieths of a point.

    Returns
    -------
    list of int
        No column is narrower than its longest word where the page has room for that; what is left
        goes to columns with long cells.

    Examples
    --------
    >>> widths([["Community treatment order", "£6,754,112.10"], ["a", "£0"]], 5000)
    [3233, 1767]
    """
    columns = [
        [row[place] for row in rows if place < len(row)] for place in range(max(map(len, rows)))
    ]
    words = [
        max((len(word) for cell in one for word in cell.split()), default=1) for one in columns
    ]
    least = [INSET + CHARACTER * max(count, 2) for count in words]
    wanted = [
        max(low, INSET + CHARACTER * min(max(map(len, one), default=1), LONGEST))
        for low, one in zip(least, columns, strict=True)
    ]
    room, asked = whole - sum(least), sum(wanted) - sum(least)
    share = min(room / asked, 1.0) if room > 0 and asked else 0.0
    found = [low + share * (most - low) for low, most in zip(least, wanted, strict=True)]
    scale = whole / sum(found)
    return [round(scale * one) for one in found]


def laid_out(document: str, foot: str = "") -> str:
    """Return the body of a Word file with its tables fitted and its captions numbered.

    Parameters
    ----------
    document : str
        ``word/document.xml`` as pandoc writes it.
    foot : str
        Reference to the footer of each page.

    Returns
    -------
    str
        The document: columns as wide as what they hold, tables of more than seven columns on
        pages on their side, "Table n." and "Figure n." as fields that Word keeps in step.
    """
    document = _TABLE.sub(lambda found: _fitted(found[0], foot), document)
    counts = {"Table": 0, "Image": 0}

    def numbered(found: re.Match) -> str:
        counts[found[2]] += 1
        return f"{found[1]}{_field(found[2], counts[found[2]])}{found[3]}{found[4]}"

    return _contents_after_page_one(_CAPTION.sub(numbered, document))


def _contents_after_page_one(document: str) -> str:
    """Return the document with its contents between the page for funders and what follows."""
    found = re.search(r"<w:sdt>.*?</w:sdt>", document, flags=re.S)
    heads = list(re.finditer(r'<w:p><w:pPr><w:pStyle w:val="Heading2" />', document))
    if not found or len(heads) < 2:
        return document
    place = heads[1].start()
    return document[: found.start()] + document[found.end() : place] + found[0] + document[place:]


def _field(kind: str, count: int) -> str:
    """Return the number of a caption as a field."""
    word = {"Table": "Table", "Image": "Figure"}[kind]
    return (
        f'<w:r><w:t xml:space="preserve">{word} </w:t></w:r><w:fldSimple w:instr=" SEQ {word} '
        f'\\* ARABIC "><w:r><w:t>{count}</w:t></w:r></w:fldSimple><w:r><w:t xml:space="preserve">. '
        "</w:t></w:r>"
    )


def _fitted(text: str, foot: str) -> str:
    """Return a table, caption included, with widths by content; a wide one on its side."""
    rows = [
        [_words(cell) for cell in re.findall(r"<w:tc>.*?</w:tc>", row, flags=re.S)]
        for row in re.findall(r"<w:tr>.*?</w:tr>", text, flags=re.S)
    ]
    if not rows or not rows[0]:
        return text
    sideways = len(rows[0]) > MOST_UPRIGHT
    each = widths(rows, SIDEWAYS if sideways else UPRIGHT)
    grid = "".join(f'<w:gridCol w:w="{one}" />' for one in each)
    text = re.sub(r"<w:tblGrid>.*?</w:tblGrid>", f"<w:tblGrid>{grid}</w:tblGrid>", text, count=1)
    text = re.sub(r"<w:tblLook ", '<w:tblLayout w:type="fixed" /><w:tblLook ', text, count=1)
    text = re.sub(r"<w:tr>.*?</w:tr>", lambda row: _row(row[0], each), text, flags=re.S)
    if not sideways:
        return text
    # The section before ends upright; the table's own ends on its side.
    before, after = (f"<w:p><w:pPr>{page(foot, side)}</w:pPr></w:p>" for side in (False, True))
    return f"{before}{text}{after}"


def _row(row: str, each: list[int]) -> str:
    """Return a row whose cells have the widths of their columns."""
    places = iter(each)

    def cell(found: re.Match) -> str:
        return f'<w:tc><w:tcPr><w:tcW w:w="{next(places, UPRIGHT)}" w:type="dxa" /></w:tcPr>'

    return re.sub(r"<w:tc><w:tcPr ?/>", cell, row)


def _words(cell: str) -> str:
    """Return the words of a cell."""
    return html.unescape("".join(re.findall(r"<w:t[^>]*>([^<]*)</w:t>", cell)))
