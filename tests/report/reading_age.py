"""How old a reader must be: Flesch and Kincaid's grade, with names and numbers made easy."""

import re

VOWELS = re.compile(r"[aeiouy]+")


def syllables(word):
    """Return the syllables of a word, as its groups of vowels say."""
    word = word.lower()
    count = len(VOWELS.findall(word))
    if word.endswith("e") and not word.endswith(("le", "ee")) and count > 1:
        count -= 1
    return max(count, 1)


def reading_age(text, names=()):
    """Return the age at which most readers follow a text.

    Kincaid and others (1975): 0.39 words a sentence + 11.8 syllables a word - 15.59 is the school
    grade, and grade + 5 the age. A name of the study and a figure count as one short word.
    """
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(name, "it")
    text = re.sub(r"[−+]?[£$€]?\d[\d,.]*\d%?|\d%?", "ten", text)
    sentences = [part for part in re.split(r"(?<=[.!?:;])\s+", text) if re.search(r"[a-z]", part)]
    words = re.findall(r"[A-Za-z']+", text)
    per_word = sum(map(syllables, words)) / len(words)
    return 0.39 * len(words) / len(sentences) + 11.8 * per_word - 15.59 + 5
