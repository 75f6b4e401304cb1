"""Part ``endpoints`` of the stage model: how clinical endpoints are modelled and compared."""

from typing import Literal

from pydantic import model_validator

from trialbalance.settings.section import Section, setting
from trialbalance.settings.sections.study import Name


class TimeVaryingExposure(Section):
    """An exposure that changes over time, from spells of a legal status."""

    items: list[str] = setting(
        ..., "Items of the legal-status episodes that are the exposure.", min_length=1
    )
    form: Literal["cumulative", "current"] = setting(
        "cumulative",
        "Days exposed so far, or whether exposed.",
        reference="decision 025",
    )
    lag_days: float = setting(
        30.0,
        "Exposure counts as it stood this many days earlier, so that what leads up to an event "
        "does not count as its cause.",
        unit="days",
        ge=0,
        reference="decision 025",
    )
    per_days: float = setting(
        30.0, "Days of cumulative exposure that one ratio is for.", unit="days", gt=0
    )
    step_days: float = setting(
        7.0, "Length of the steps in which exposure is followed.", unit="days", gt=0, le=366
    )


class Benchmark(Section):
    """A proportion from elsewhere that groups are set beside."""

    value: float = setting(..., "The proportion.", unit="proportion", ge=0, le=1)
    source: str = setting(..., "Where it comes from, for the report.", min_length=1)


class EndpointModel(Section):
    """One clinical endpoint and its model."""

    endpoint: Name = setting(
        ...,
        "Endpoint of outcomes.endpoints; for binary and proportion also a true-or-false column of "
        "the participants.",
    )
    kind: Literal["binary", "count", "time_to_event", "proportion"] = setting(
        ...,
        "binary: logistic, risks standardised over the population; count: negative binomial with "
        "the time at risk as offset; time_to_event: piecewise exponential; proportion: "
        "groups drawn towards a common proportion, whatever the arm.",
    )
    population: Name = setting("intention_to_treat", "Population analysed.")
    covariates: list[Name] = setting(
        [],
        "Columns of the participants adjusted for; name the stratification variables here.",
        reference="decision 023",
    )
    counted: Literal["events", "amount"] = setting(
        "events", "What a count counts: events, or their amount (nights of stays, days of gaps)."
    )
    groups: Name | None = setting(
        None, "Proportion: column of the participants that holds the groups, such as site or arm."
    )
    benchmark: Benchmark | None = setting(
        None, "Proportion: one from elsewhere from which the difference of each group is written."
    )
    intervals: int = setting(
        4,
        "Time to event: number of intervals with a hazard of their own, cut at quantiles of the "
        "event times.",
        ge=1,
        le=20,
    )
    exposure: TimeVaryingExposure | None = setting(
        None, "Time to event: an exposure that changes over time, beside the arm."
    )
    label: str = setting("", "Name of the endpoint in the report.")

    @model_validator(mode="after")
    def _agree(self):
        """Check that the details belong to the kind."""
        if (self.groups is None) == (self.kind == "proportion"):
            raise ValueError("groups: allowed for kind: proportion, which needs it")
        if self.benchmark is not None and self.kind != "proportion":
            raise ValueError("benchmark: allowed for kind: proportion only")
        if self.exposure is not None and self.kind != "time_to_event":
            raise ValueError("exposure: allowed for kind: time_to_event only")
        if self.covariates and self.kind == "proportion":
            raise ValueError("covariates: allowed for every kind but proportion")
        return self


class EndpointPriors(Section):
    """Scales of the priors of endpoint models; the same for every arm."""

    level_scale: float = setting(
        1.5,
        "Prior SD of the arms' common log-odds around 0, or log rate around the pooled rate.",
        unit="log-odds or log rate",
        gt=0,
    )
    arm_scale: float = setting(
        0.7, "Prior SD of an arm around the common level.", unit="log-odds or log rate", gt=0
    )
    slope: float = setting(
        1.0, "Prior SD of covariate slopes.", unit="per SD of a continuous covariate", gt=0
    )
    interval_scale: float = setting(
        1.0, "Prior SD of an interval's log hazard against the first interval's.", gt=0
    )
    count_cv: float = setting(
        1.5, "Scale of the half-normal prior of the spread of rates between people.", gt=0
    )
    group_share: float = setting(
        0.2,
        "Prior mean of the share of the variance of a yes or no that lies between groups.",
        unit="proportion",
        gt=0,
        lt=1,
    )
