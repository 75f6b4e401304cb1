"""Sentences of a report that hold numbers, and each number as it is printed."""

import re
from typing import NamedTuple

NUMBER = re.compile(
    r"((?:over|under) (?=\d+%))?(?<![\w.])([−+])?[£€]?(\d[\d,]*(?:\.\d+)?)(%)?( less\b| fewer\b)?"
)
SPLIT = re.compile(r"(?<=[a-z)%0-9])\. +(?=[A-Z0-9−])|(?<=months) (?=\d)")


class Printed(NamedTuple):
    """One number of a sentence: its value, its digits after the point, and what bounds it."""

    value: float
    decimals: int
    percent: bool
    bound: str


def sentences(markdown):
    """Return the sentences with numbers, those of captions and written alternatives too."""
    found = []
    for line in markdown.splitlines():
        if line.startswith(("|", ":", "#")):
            continue
        plain = re.sub(r'!\[(.*?)\]\([^)]*\)\{.*?alt="(.*?)"\}', r"\1 \2", line)
        plain = re.sub(r"\]\{[^}]*\}", "]", plain)
        plain = re.sub(r"(?<!\\)\[([^\]]*)(?<!\\)\](\(#[^)]*\))?", r"\1", plain)
        plain = re.sub(r"\\(.)", r"\1", plain).replace("**", "")
        # Numbers of tables and figures are held to their places in test_numbering.
        plain = re.sub(r" \((?:Table|Figure) \d+\)", "", plain)
        found += [one.strip() for one in SPLIT.split(plain.lstrip("- "))]
    return list(dict.fromkeys(one for one in found if re.search(r"\d", one)))


def printed(sentence, names=()):
    """Return the numbers of a sentence in order, without digits of names and interval levels."""
    for name in names:
        sentence = sentence.replace(name, "")
    sentence = re.sub(r"\d+% interval", "interval", sentence)
    found = []
    for bound, sign, digits, percent, less in NUMBER.findall(sentence):
        value = float(digits.replace(",", ""))
        decimals = len(digits.partition(".")[2])
        negative = sign == "−" or bool(less)
        found.append(Printed(-value if negative else value, decimals, bool(percent), bound.strip()))
    return found


def same(one, expected):
    """Return whether a printed number is what was recomputed, to the digits that it has."""
    value, slack = expected if isinstance(expected, tuple) else (expected, 0.0)
    value = 100 * value if one.percent else value
    if one.bound:
        return value >= 99.5 if one.bound == "over" else value < 0.5 + 1e-9
    return abs(one.value - value) <= 0.5 * 10.0**-one.decimals + slack + 1e-6
