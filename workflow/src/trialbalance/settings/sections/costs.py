"""Settings of stage `costs`: items, payers, perspectives, prices and discounting."""

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, field_validator, model_validator

from trialbalance.settings.checks.price_scenarios import UnitCostSettings
from trialbalance.settings.section import Section, setting


def _year_as_text(value: Any) -> Any:
    """Let YAML's 2013 stand for "2013"."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


PriceYear = Annotated[str, BeforeValidator(_year_as_text), Field(pattern=r"^[0-9]{4}(/[0-9]{2})?$")]


class ItemSettings(Section):
    """One thing that people use, and how it is counted."""

    category: str = setting(..., "Heading under which the item is added up, e.g. hospital.")
    payer: str = setting(..., "Who bears the cost; one of `payers`.")
    source: Literal["records", "interview", "given"] = setting(
        "records",
        "Where quantities come from: records (always complete), interview (unobserved when the "
        "visit was missed) or given (amounts of money already costed elsewhere).",
    )
    transfer: bool = setting(
        False,
        "Whether it is a transfer payment (a benefit, say), which no perspective counts unless it "
        "asks for transfers.",
        reference="decision 008",
    )
    includes: list[str] = setting(
        [],
        "Items that the price of this bed day already covers: their dated records are set aside "
        "on days spent in such a bed.",
        reference="decision 005",
    )
    recall_years: float | None = setting(
        None,
        "Time that the interview question looks back, where it is not the whole period.",
        unit="years",
        gt=0,
    )
    scale_to_period: bool = setting(
        False,
        "Whether quantities over `recall_years` are scaled up (or down) to the whole period.",
        reference="decision 011",
    )
    same_use_as: str | None = setting(
        None,
        "Item of another source that counts the very same use; `records_win` decides which of the "
        "two is costed.",
        reference="decision 011",
    )

    @model_validator(mode="after")
    def _scaling_needs_recall(self) -> Self:
        if self.scale_to_period and self.recall_years is None:
            raise ValueError("scale_to_period is true, so recall_years must say how long is asked")
        return self


class PerspectiveSettings(Section):
    """Whose costs count."""

    label: str = setting(..., "Name of the perspective in words.", min_length=1)
    payers: list[str] = setting(..., "Payers whose costs count.", min_length=1)
    transfers: bool = setting(False, "Whether transfer payments count.", reference="decision 008")


class CostsSettings(Section):
    """What is counted, at whose expense, at which prices."""

    price_year: PriceYear = setting(
        ..., "Year to whose prices every unit cost is inflated, e.g. 2012/13."
    )
    discount_rate: float = setting(
        0.035,
        "Discount rate of costs; 0.035 means 3.5 % a year.",
        unit="per year",
        reference="decision 004",
        ge=0,
        le=0.2,
    )
    discounting: Literal["yearly", "continuous"] = setting(
        "yearly",
        "yearly: (1 + rate) to the power of minus the completed years since the index date, so "
        "that the first year is undiscounted; continuous: the exact time.",
        reference="decision 004",
    )
    price_index: str | None = setting(
        None,
        "Price index: a csv file of the study (templates: workflow/resources/price_indices), "
        "or the name of one in workflow/licensed/price_indices, which only a clone has; blank "
        "requires every price to be of the price year.",
        reference="decision 040",
    )
    unit_costs: str = setting("unit_costs.csv", "File of unit costs, in the study's folder.")
    other_prices: UnitCostSettings | None = setting(
        None,
        "Other unit costs than those of the file, at which a scenario values every record anew and "
        "fits again; `decision.price_scenarios` do the same by algebra, without a refit.",
    )
    items: dict[str, ItemSettings] = setting(
        ..., "Everything that is counted: item → category, payer, source.", min_length=1
    )
    payers: dict[str, str] = setting(
        ..., "Who can bear a cost: payer → its name in words.", min_length=1
    )
    perspectives: dict[str, PerspectiveSettings] = setting(
        ..., "Whose costs count: perspective → label and payers.", min_length=1
    )
    interviews: dict[str, str] = setting(
        {},
        "Visit at which a period's interview took place: period → visit; a period that is not "
        "named belongs to the visit at its end.",
    )
    records_win: bool = setting(
        True,
        "Whether records win over interview where two items count the same use (`same_use_as`).",
        reference="decision 011",
    )

    @field_validator("discount_rate", mode="before")
    @classmethod
    def _rate_is_no_percentage(cls, value: Any) -> Any:
        if isinstance(value, (int, float)) and 0.2 < value <= 20:
            raise ValueError(
                f"{value} means {value * 100:g} % a year; "
                f"write {value} % as {round(value / 100, 6):g}"
            )
        return value

    @model_validator(mode="after")
    def _names_are_known(self) -> Self:
        wrong = [*self._wrong_items(), *self._wrong_perspectives()]
        if wrong:
            raise ValueError("; ".join(wrong))
        return self

    def _wrong_items(self) -> list[str]:
        wrong = []
        for name, item in self.items.items():
            if item.payer not in self.payers:
                wrong.append(f"item {name} names payer {item.payer}, which is not under payers")
            for other in [*item.includes, *([item.same_use_as] if item.same_use_as else [])]:
                if other not in self.items:
                    wrong.append(f"item {name} names item {other}, which is not under items")
                elif other == name:
                    wrong.append(f"item {name} names itself")
        return wrong

    def _wrong_perspectives(self) -> list[str]:
        return [
            f"perspective {name} names payer {payer}, which is not under payers"
            for name, perspective in self.perspectives.items()
            for payer in perspective.payers
            if payer not in self.payers
        ]
