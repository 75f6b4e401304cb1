"""Section ``dataset``: what is analysed, for whom, and adjusted for what."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any

from pydantic import Field, StringConstraints, model_validator

from trialbalance.settings.section import Refused, Section, setting
from trialbalance.settings.sections.study import Name

CovariateName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,60}$")]
TAKEN = (
    "participant_id",
    "arm",
    "site",
    "cost",
    "effect",
    "cost_observed",
    "effect_observed",
    "died",
    "at_ceiling",
    "synthetic",
)


class Covariate(Section):
    """One covariate and where it comes from."""

    column: str = setting(
        "",
        "Column of the participants, or baseline_effect, baseline_at_ceiling or baseline_cost; "
        "empty when the covariate has the column's name.",
    )
    divide_by: float = setting(
        1.0, "Number the column is divided by, such as 10 for decades.", gt=0
    )
    reference: str = setting(
        "", "Category of a text column that gets no indicator; empty for the first by alphabet."
    )


def covariates_by_name(
    covariates: Iterable[str] | Mapping[str, Mapping[str, Any]],
) -> dict[str, dict[str, Any]]:
    """Return covariates, whether listed or with details, by name and with every detail.

    Parameters
    ----------
    covariates : iterable of str or mapping
        Setting ``dataset.covariates``.

    Returns
    -------
    dict
        Name → ``column``, ``divide_by`` and ``reference``.

    Examples
    --------
    >>> covariates_by_name(["age"])
    {'age': {'column': '', 'divide_by': 1.0, 'reference': ''}}
    """
    details = covariates if isinstance(covariates, Mapping) else {name: {} for name in covariates}
    return {name: Covariate.model_validate(one).model_dump() for name, one in details.items()}


class Estimand(Section):
    """What the analysis estimates, in words the report prints."""

    population: str = setting(
        "All participants randomised into the analysis population, deaths included.",
        "Whom the answer is about.",
    )
    switching: str = setting(
        "Treatment policy: participants count in the arm they were randomised to, whatever they "
        "later received.",
        "How a change to another arm's intervention is dealt with.",
    )
    recall: str = setting(
        "Treatment policy: a recall to hospital is part of the strategy and its costs count.",
        "How a recall or other use of the order is dealt with.",
    )
    withdrawal: str = setting(
        "Treatment policy: what would have been observed is estimated as missing at random.",
        "How withdrawal from follow-up is dealt with.",
    )
    death: str = setting(
        "Death is an outcome: effects are 0 and costs end from the date of death.",
        "How death is dealt with.",
    )
    summary: str = setting(
        "Difference in mean cost and mean effect per participant over the horizon.",
        "Summary measure.",
    )


class TotalsCeilings(Section):
    """Where ceilings lie in totals that a study hands over without profiles."""

    effect: float | None = setting(
        None, "Effect that only participants at the ceiling throughout have; silent when unknown."
    )
    baseline_effect: float | None = setting(
        None, "Baseline value that only the best profile has; silent when unknown."
    )


class DescribeSettings(Section):
    """What is described of a study that names no analysis."""

    population: Name = setting("intention_to_treat", "Population described.")
    by: list[Name] = setting(
        [], "Columns of the participants, yes or no or in words, by which each arm is also split."
    )
    law_cost_per: Name | None = setting(
        None,
        "Status in law by whose months the cost of all events in law is divided; silent = none.",
    )
    cost_per: list[Name] = setting(
        [],
        "Outcomes by whose total the total cost of each arm is divided, such as years in contact; "
        "no interval is given.",
        reference="decision 032",
    )
    cost_per_additional: list[Name] = setting(
        [],
        "Measures (at their last visit), outcomes or columns, yes or no, for which the cost of one "
        "more yes than in the comparator is written as illustrative: arithmetic, not an effect.",
        reference="decisions 027 and 032",
    )
    illustrative: list[str] = setting(
        [],
        "Perspectives, measures and columns that no source reports; every line about them says "
        "illustrative, assumed.",
        reference="decision 036",
    )


class DatasetSettings(Section):
    """What an analysis is made of: covariates and estimand; its population is its own setting."""

    covariates: list[CovariateName] | dict[CovariateName, Covariate] = Field(
        default_factory=lambda: ["baseline_effect"],
        description=(
            "Covariates by name: columns of the participants, baseline_effect (baseline value of "
            "the measure behind the outcome), baseline_at_ceiling or baseline_cost; as a list, or "
            "as a map with details. Name the stratification variables of the randomisation here."
        ),
    )
    estimand: Estimand = setting({}, "What the analysis estimates, in words.")
    describe: DescribeSettings = setting({}, "What is described where the study names no analysis.")
    totals_ceiling: TotalsCeilings = setting(
        {}, "Ceilings of totals handed over as such; used at that door only."
    )

    @model_validator(mode="after")
    def _agree(self):
        """Check that no covariate takes the name of a column of the dataset."""
        names = list(self.covariates)
        if taken := [name for name in names if name in TAKEN or name.startswith("cost_")]:
            raise Refused(
                ", ".join(taken),
                "names that are no column of the dataset and do not begin with cost_",
                at="covariates",
            )
        if len(set(names)) < len(names):
            raise Refused("a name twice", "each covariate once", at="covariates")
        return self
