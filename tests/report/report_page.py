"""A page taken apart: headings, identifiers, tables and visible text."""

from html.parser import HTMLParser

VOID = {"meta", "link", "br", "img", "hr", "input", "col"}


class Page(HTMLParser):
    """Parsed HTML; ``open_tags`` is empty at the end when every tag was closed."""

    def __init__(self, html):
        super().__init__()
        self.open_tags, self.ids, self.headings, self.links = [], [], [], []
        self.tags, self.tables, self.text, self.svgs = [], [], [], []
        self._here = None
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.tags.append((tag, given))
        if tag not in VOID:
            self.open_tags.append(tag)
        if "id" in given:
            self.ids.append(given["id"])
        if tag in {"h1", "h2", "h3", "h4"}:
            self.headings.append([int(tag[1]), ""])
            self._here = self.headings[-1]
        if tag == "a":
            self.links.append(given.get("href", ""))
        if tag == "svg":
            self.svgs.append(given)
        if tag == "table":
            self.tables.append({"caption": "", "scopes": [], "rows": []})
        if tag == "tr" and self.tables:
            self.tables[-1]["rows"].append([])
        if tag in {"th", "td"}:
            self.tables[-1]["rows"][-1].append("")
            if tag == "th":
                self.tables[-1]["scopes"].append(given.get("scope"))

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag):
        assert self.open_tags and self.open_tags[-1] == tag, f"{tag} closes {self.open_tags[-3:]}"
        self.open_tags.pop()
        if tag in {"h1", "h2", "h3", "h4"}:
            self._here = None

    def handle_data(self, data):
        if {"style", "title", "script"} & set(self.open_tags):
            return
        if self._here is not None:
            self._here[1] += data
        if self.open_tags and self.open_tags[-1] == "caption":
            self.tables[-1]["caption"] += data
        if {"th", "td"} & set(self.open_tags):
            self.tables[-1]["rows"][-1][-1] += data
        self.text.append(data)

    @property
    def words(self):
        return " ".join("".join(self.text).split())

    def table(self, caption):
        return next(t for t in self.tables if t["caption"].startswith(caption))
