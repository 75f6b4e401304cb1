"""Part ``describe`` of section ``dataset``: a study without analyses is described, not decided."""

from trialbalance.settings.section import Section, setting
from trialbalance.settings.study import Name


class DescribeSettings(Section):
    """What is described of a study that names no analysis."""

    population: Name = setting("intention_to_treat", "Population described.")
    by: list[Name] = setting(
        [], "Columns of the participants, yes or no or in words, by which each arm is also split."
    )
    illustrative: list[str] = setting(
        [],
        "Perspectives, measures and columns that no source reports; every line about them says "
        "illustrative, assumed.",
        reference="ruling 36",
    )
