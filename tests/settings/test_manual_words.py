"""Mistakes are told in the manual's words: no pattern, no class, no name of the validator."""

import re
from pathlib import Path

import pytest
from pydantic import ValidationError
from trialbalance.contracts import Problems
from trialbalance.settings.checks.allowed_words import PATTERNS
from trialbalance.settings.checks.messages import worded_findings
from trialbalance.settings.load import load_study
from trialbalance.settings.rule_set import RuleSet
from trialbalance.settings.section import sections_in
from trialbalance.settings.study_file import StudyFile

WRONG = (None, -9, "", [1], {"a": {"kind": "zz"}}, {1: 2}, 1e400)
JARGON = re.compile(
    r"pattern|String|Input|valid |instance|discriminator|\btag\b|dictionary|[a-z]Settings|"
    r"constrained|union|\^|\[a-z|character|[A-Z][a-z]+[A-Z]"
)


def spoilt(section, path=()):
    """Yield study files in which one setting has a wrong value."""
    for name, info in section.model_fields.items():
        for value in WRONG:
            content = value
            for word in reversed((*path, name)):
                content = {word: content}
            yield content
        for below in sections_in(info.annotation) if len(path) < 2 else ():
            yield from spoilt(below, (*path, name))
            yield from spoilt(below, (*path, name, "a"))


def test_no_wrong_value_of_any_setting_is_told_in_the_validators_words():
    seen = 0
    for content in spoilt(StudyFile):
        with pytest.raises(ValidationError) as raised:
            StudyFile.model_validate(content)
        found = worded_findings(
            raised.value, Path("study.yaml"), {}, "base", model=StudyFile, content=content
        )
        for one in found:
            told = " ".join(filter(None, (one.column, one.allowed, one.remedy)))
            told = re.sub(r"\b[A-Z]{3}\b|#1A6FB0|QALYs?|QALYS?", "", told)
            assert not JARGON.search(told), one.sentence()
            seen += 1
    assert seen > 3000


def test_every_pattern_of_a_setting_has_words():

    def patterns(value):
        if isinstance(value, dict):
            own = {value["pattern"]} if isinstance(value.get("pattern"), str) else set()
            keys = set(value.get("patternProperties") or {})
            return own.union(keys, *map(patterns, value.values()))
        return set().union(*map(patterns, value)) if isinstance(value, list) else set()

    used = patterns(StudyFile.model_json_schema()) | patterns(RuleSet.model_json_schema())
    assert len(used) > 5
    assert used <= set(PATTERNS)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            {"outcomes": {"instruments": {"eq5d3l": {"value_set": "../x"}}}},
            "setting outcomes.instruments.eq5d3l.value_set: found '../x'; allowed: letters, digits "
            "and _; correct it.",
        ),
        (
            {"outcomes": {"instruments": {"eq5d3l": {"kind": None}}}},
            "setting outcomes.instruments.eq5d3l.kind: found nothing; allowed: value_set, "
            "sum_score, unscored; add it.",
        ),
        (
            {"outcomes": {"instruments": {"eq5d3l": {"kind": "valueset"}}}},
            "found valueset; allowed: value_set, sum_score, unscored; did you mean value_set?",
        ),
        (
            {"study": {"currency": "pounds"}},
            "found 'pounds'; allowed: three capital letters, such as GBP; correct it.",
        ),
        ({"scenarios": {"A b": {"title": "x"}}}, "allowed: small letters, digits and _, a letter"),
        ({"dataset": {"covariates": 7}}, "setting dataset.covariates: found 7; allowed: a list or "
         "a map: names with a value each"),
        ({"model": "gamma"}, "setting model: found 'gamma'; allowed: a section: settings with"),
        ({"study": {"seed": "one"}}, "setting study.seed: found 'one'; allowed: a whole number"),
        ({"study": {"blind": "perhaps"}}, "found 'perhaps'; allowed: true or false"),
        ({"data": {"follow_up_end": "soon"}}, "found 'soon'; allowed: a date such as 2020-01-31"),
        ({"report": {"palette": ["blue"]}}, "setting report.palette.0: found 'blue'; allowed: a "
         "colour such as #1A6FB0"),
    ],
)  # fmt: skip
def test_what_is_allowed_stands_in_the_words_of_the_manual(study, change, sentence):
    with pytest.raises(Problems) as problems:
        load_study(study.change(**change).file)
    assert sentence in str(problems.value)
