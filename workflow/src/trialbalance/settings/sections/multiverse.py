"""Section ``multiverse``: the defensible options of each choice, and which do not go together."""

from collections import Counter
from typing import Any, Self

from pydantic import create_model, model_validator

from trialbalance.settings.checks.price_scenarios import PriceSettings
from trialbalance.settings.section import Refused, Section, setting
from trialbalance.settings.sections.analysis import ScenarioSettings
from trialbalance.settings.sections.modelling.missing_not_at_random import DeltaSettings
from trialbalance.settings.sections.study import Name

# What a scenario may replace up to the model; section decision is one for all cells.
REPLACED = ("analysis", "study", "data", "legal", "costs", "outcomes", "dataset", "model")
# The four ways in which an option changes an analysis.
CHANGES = ("refit", "prices", "missing", "threshold")

RefitSettings: Any = create_model(
    "RefitSettings",
    __base__=Section,
    __doc__="What an option replaces, as a scenario does; its cells have a fit of their own.",
    **{
        name: (field.annotation, field)
        for name, field in ScenarioSettings.model_fields.items()
        if name in REPLACED
    },
)


class OptionSettings(Section):
    """One defensible option of a choice; the one that changes nothing is the plan's own."""

    label: str = setting(..., "Name of the option in words.", min_length=1)
    defensible: str = setting(..., "Why it is defensible, in one sentence.", min_length=1)
    weight: float | None = setting(
        None, "Prior weight of the option within its choice; of all options of a choice or none.",
        gt=0,
    )  # fmt: skip
    refit: RefitSettings | None = setting(
        None, "What it replaces in the data or the model, as a scenario does: a fit of its own."
    )
    prices: PriceSettings | None = setting(
        None, "Other unit costs, recomputed from what each item cost without a refit."
    )
    missing: DeltaSettings | None = setting(
        None,
        "How people whose data are missing differ from what was fitted, without a refit; deltas "
        "of two choices add up.",
    )
    threshold: float | None = setting(
        None,
        "Threshold instead of the primary one.",
        unit="currency per unit of the outcome",
        ge=0,
    )

    @property
    def changes(self) -> list[str]:
        """Ways in which the option changes the analysis; none for the plan's own."""
        return [word for word in CHANGES if getattr(self, word) is not None]


class ChoiceSettings(Section):
    """One choice that an analyst has to make."""

    label: str = setting(..., "Name of the choice in words.", min_length=1)
    options: dict[Name, OptionSettings] = setting(
        ..., "Its defensible options by name; exactly one changes nothing.", min_length=2
    )

    @model_validator(mode="after")
    def _one_of_the_plan(self) -> Self:
        plain = [name for name, option in self.options.items() if not option.changes]
        if len(plain) != 1:
            raise Refused(
                f"{len(plain)} options that change nothing"
                + (f" ({', '.join(plain)})" * bool(plain)),
                "exactly one, which is the plan's own",
                at="options",
            )
        given = [option.weight is not None for option in self.options.values()]
        if any(given) and not all(given):
            raise Refused("weights of some options", "weights of all or of none", at="options")
        return self


class ExclusionSettings(Section):
    """Options that make no sense together."""

    options: list[Name] = setting(
        ..., "Options of different choices; cells that hold all of them are left out.", min_length=2
    )
    reason: str = setting(..., "Why they do not go together.", min_length=1)


class MultiverseSettings(Section):
    """Every defensible analysis: all combinations of the options of all choices."""

    analysis: Name = setting(..., "Analysis of the plan, from which every other one departs.")
    choices: dict[Name, ChoiceSettings] = setting(
        ..., "Choices by name, the order of the picture.", min_length=1
    )
    excluded: list[ExclusionSettings] = setting([], "Combinations that make no sense.")
    most_fits: int = setting(
        32,
        "Largest number of different fits; more is refused before anything runs.",
        unit="fits",
        ge=1,
        le=500,
    )
    recomputed: int = setting(
        20,
        "Cells drawn at random whose algebra is done again item by item, without a fit.",
        unit="cells",
        ge=1,
    )
    refitted: int = setting(
        20,
        "Cells drawn at random that are refitted as proof: options and prices are laid over the "
        "study, records valued and the model fitted anew from other random numbers.",
        unit="cells",
        ge=0,
    )
    new_fits: int = setting(
        2,
        "Largest number of fits made for these cells, which are drawn among the cells that stand "
        "on them; with as many as `refitted` the draw is one among all cells.",
        unit="fits",
        ge=0,
        le=500,
    )

    @model_validator(mode="after")
    def _names_agree(self) -> Self:
        where = {}
        for choice, one in self.choices.items():
            for option in one.options:
                if option in where:
                    raise Refused(
                        f"option {option} under {where[option]} and {choice}",
                        "each name of an option once in the section",
                        at="choices",
                    )
                where[option] = choice
        for number, excluded in enumerate(self.excluded):
            at = f"excluded.{number}.options"
            if unknown := [option for option in excluded.options if option not in where]:
                raise Refused(", ".join(unknown), ", ".join(where), at=at)
            often = Counter(where[option] for option in excluded.options)
            if twice := [choice for choice, count in often.items() if count > 1]:
                raise Refused(f"two options of {', '.join(twice)}", "one of a choice", at=at)
        return self
