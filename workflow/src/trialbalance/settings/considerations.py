"""Part ``considerations`` of section ``report``: what bears on a decision and is no number."""

from typing import Literal

from trialbalance.settings.section import Section, setting


class Consideration(Section):
    """One sourced statement that is printed beside the result, apart from the numbers."""

    kind: Literal["autonomy", "ethics", "law", "equity", "qualitative"] = setting(
        ...,
        "What it is about: what people may decide for themselves; whether something is right; what "
        "the law asks; who bears it; what people said in their own words.",
    )
    statement: str = setting(
        ..., "The statement, in one or two sentences, plain text.", min_length=1, max_length=800
    )
    source: str = setting(..., "Where it comes from.", min_length=1, max_length=300)
