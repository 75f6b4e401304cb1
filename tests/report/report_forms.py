"""The three forms of a report read back: their words, without what a form adds of its own."""

import html
import io
import re
import zipfile
from collections import Counter
from xml.etree import ElementTree

import pypdf

NUMBER = re.compile(r"(?<![\w.])[−+]?[£$€]?\d[\d,]*(?:\.\d+)?%?")
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def words_of_html(page):
    """Return the words of the report itself: no contents, no drawing, no program."""
    body = page.split("<main", 1)[1].partition(">")[2].split("</main>", 1)[0]
    for tag in ("svg", "script"):
        body = re.sub(rf"<{tag}\b.*?</{tag}>", " ", body, flags=re.S)
    body = re.sub(r"</(td|th|p|li|h\d|caption|figcaption|div)>", " ", body)
    return html.unescape(re.sub(r"<[^>]+>", "", body))


def words_of_pdf(pdf):
    """Return the words of a PDF, page by page, without its running heads and feet."""
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]
    return " ".join(re.sub(r"Page \d+ of \d+", " ", page) for page in pages)


def words_of_docx(docx):
    """Return the words of a Word file, one paragraph after the other."""
    body = zipfile.ZipFile(io.BytesIO(docx)).read("word/document.xml").decode()
    # Fields number captions; the page numbers its own by style.
    tree = ElementTree.fromstring(re.sub(r"<w:fldSimple .*?</w:fldSimple>", "", body, flags=re.S))
    return " ".join(
        "".join(text.text or "" for text in paragraph.iter(f"{WORD}t"))
        for paragraph in tree.iter(f"{WORD}p")
    )


def numbers(words):
    """Return how often each number is printed."""
    return Counter(NUMBER.findall(words.replace("\u00a0", " ")))
