"""The parser in C and the one that words mistakes take the same texts, and read the same."""

import random

import pytest
from trialbalance import house
from trialbalance.contracts import Problems
from trialbalance.settings import yamlfile

FILES = [
    *house.studies().glob("*/study.yaml"),
    *(house.resources() / "template").glob("*.yaml"),
    *(house.resources() / "legal").glob("*.yaml"),
]
MARKS = [
    *("\t", '"', "'", ": ", "- ", "{", "}", "[", "]", "&a ", "*a", "!x ", "|", ">", "#", "\n"),
    *("  ", ",", "? ", "?", "%", "@", "`", "\u00a0", "\ufeff", "\x85", "\u2028", "é", "😀"),
    *("<<: ", "\\", "---\n", "...\n", "!!python/x ", "2020-01-01", "1_000", "0o7", "~", "\x07"),
]


def answer(path) -> str:
    """Return content and lines of a file, or the sentences that refuse it."""
    try:
        return repr(yamlfile.read_yaml(path))
    except Problems as problems:
        return str(problems)


@pytest.mark.parametrize("seed", range(4))
def test_a_spoilt_text_is_read_or_refused_by_both_alike(tmp_path, monkeypatch, seed):
    drawn, path = random.Random(seed), tmp_path / "study.yaml"
    refused = 0
    for _ in range(60):
        lines = drawn.choice(FILES).read_text(encoding="utf-8").split("\n")
        start = drawn.randrange(len(lines))
        text = "\n".join(lines[max(0, start - 12) : start + 12])
        for _ in range(drawn.choice((0, 1, 2))):
            at = drawn.randrange(len(text) + 1)
            text = text[:at] + drawn.choice(MARKS) + text[at + drawn.choice((0, 0, 1)) :]
        path.write_bytes(text.encode())
        fast = answer(path)
        with monkeypatch.context() as only:
            only.setattr(yamlfile, "_FastLoader", yamlfile._Loader)
            assert answer(path) == fast, text
        refused += not fast.startswith("(")
    assert 0 < refused < 60


@pytest.mark.parametrize("text", ["a: {b: c?d}", "a: [what?]", "a:\tb", "a: [b, {c: d}, e?f]"])
def test_where_the_parsers_differ_the_stricter_one_decides(tmp_path, monkeypatch, text):
    path = tmp_path / "study.yaml"
    path.write_text(text)
    fast = answer(path)
    monkeypatch.setattr(yamlfile, "_FastLoader", yamlfile._Loader)
    assert answer(path) == fast
