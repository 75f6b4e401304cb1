"""Decision records: each mention of one opens it, and what a record names is there."""

import re
import subprocess

import pytest
from trialbalance import house
from trialbalance.commands.documents import with_decisions_linked
from trialbalance.settings.manual import descriptions

ROOT = house.root()
FOLDER = ROOT / "workflow" / "decisions"
RECORDS = {path.name[:3]: path for path in sorted(FOLDER.glob("[0-9]*.md"))}
LINKED = re.compile(r"\[(\d{3})\]\([^)]*decisions/\1-[a-z0-9-]+\.md\)")
NUMBERS = re.compile(r"\bdecisions? \d{3}(?:(?:, | and )\d{3})*\b", re.IGNORECASE)
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)")


def texts():
    """Return every text file that git keeps, by path."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    found = {}
    for name in listed.stdout.splitlines():
        path = ROOT / name
        if path.is_file() and b"\0" not in (content := path.read_bytes()):
            found[name] = content.decode("utf-8")
    return found


TEXTS = texts()
PAGES = sorted(name for name in TEXTS if name.endswith(".md"))


def test_numbers_have_no_gap_and_names_are_plain():
    assert [int(number) for number in RECORDS] == list(range(1, len(RECORDS) + 1))
    assert all(re.fullmatch(r"\d{3}(-[a-z0-9]+)+\.md", path.name) for path in RECORDS.values())


def test_the_index_lists_every_record_by_its_title():
    lines = re.findall(
        r"^- \[(\d{3})\]\(([^)]+)\) (.+)$", (FOLDER / "README.md").read_text("utf-8"), re.MULTILINE
    )
    titles = {
        number: path.read_text(encoding="utf-8").splitlines()[0].removeprefix(f"# {number}. ")
        for number, path in RECORDS.items()
    }
    assert lines == [(number, path.name, titles[number]) for number, path in RECORDS.items()]


@pytest.mark.parametrize("number", RECORDS)
def test_a_record_has_its_parts_and_is_dated(number):
    text = RECORDS[number].read_text(encoding="utf-8")
    assert text.startswith(f"# {number}. ")
    heads = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert heads == ["Context", "Decision", "Consequences", "Where it stands"]
    assert re.search(
        r"^(In force|Replaced by decision \d{3})\. Recorded \d+ \w+ 20\d\d\.$", text, re.M
    )


@pytest.mark.parametrize("number", RECORDS)
def test_what_a_record_names_is_there(number):
    stands = RECORDS[number].read_text(encoding="utf-8").partition("## Where it stands")[2]
    known = {re.sub(r"\.<name>", "", name) for name in descriptions()}
    written = "".join(text for name, text in TEXTS.items() if re.match(r"tests/.*\.py$", name))
    for word in re.findall(r"`([^`]+)`", stands):
        if word.startswith("test_"):
            assert f"def {word}(" in written, word
        else:
            assert word.replace(".<name>", "") in known, word
    assert "`test_" in stands


def test_every_mention_of_a_decision_has_a_record():
    seen = 0
    for name, text in TEXTS.items():
        bare = [number for found in NUMBERS.findall(text) for number in re.findall(r"\d{3}", found)]
        for number in bare + LINKED.findall(text):
            assert number in RECORDS, f"{name}: decision {number}"
            seen += 1
    assert seen > 90


def test_no_mention_is_left_that_names_a_ruling():
    bare = re.compile(r"\bruling" + r"s? \d", re.IGNORECASE)
    assert not [name for name, text in TEXTS.items() if bare.search(text)]


@pytest.mark.parametrize("page", PAGES)
def test_a_mention_in_a_page_is_a_link(page):
    assert not NUMBERS.findall(TEXTS[page])


@pytest.mark.parametrize("page", PAGES)
def test_links_of_a_page_open(page):
    folder = (ROOT / page).parent
    for target in LINK.findall(re.sub(r"`[^`\n]*`", "", TEXTS[page])):
        if not re.match(r"[a-z]+:", target):
            assert (folder / target).exists(), target


def test_decisions_named_in_a_text_become_links():
    text = with_decisions_linked("Decision 001; decisions 027 and 032; 003 and the decision 4.")
    assert text == (
        f"Decision [001](../workflow/decisions/{RECORDS['001'].name}); "
        f"decisions [027](../workflow/decisions/{RECORDS['027'].name}) "
        f"and [032](../workflow/decisions/{RECORDS['032'].name}); 003 and the decision 4."
    )


def test_a_decision_without_a_record_is_an_error():
    with pytest.raises(KeyError):
        with_decisions_linked(f"decision {999}")
