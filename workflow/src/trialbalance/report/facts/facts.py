"""What the report may speak of: names, thresholds and tables of one study, read tolerantly."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from trialbalance.report.facts.labels import resolve
from trialbalance.report.text.markup import clean
from trialbalance.report.text.numbers import money, number, span, supported
from trialbalance.settings.resolve import merge

KNOWN_OUTCOMES = {
    "qaly": {
        "one": "QALY",
        "many": "QALYs",
        "decimals": 3,
        "plain": "One quality-adjusted life year (QALY) is a year of life in full health.",
    },
    "cwly": {
        "one": "capability-weighted life year",
        "many": "capability-weighted life years",
        "decimals": 3,
        "plain": "A capability-weighted life year is a year of life with full capability; that "
        "being dead counts as zero is an assumption.",
    },
}


# Options that a sentence names one by one; of more it gives counts, and the tables have each.
MOST_NAMED = 5


@dataclass(frozen=True)
class Thresholds:
    """Thresholds of one analysis: those marked, the primary one, and whether they are accepted."""

    marked: tuple[float, ...] = ()
    primary: float | None = None
    exploratory: bool = True


@dataclass(frozen=True)
class Facts:
    """Settings, tables and context of one study, with the questions that sections ask of them."""

    tables: Mapping[str, Any]
    settings: Mapping[str, Any]
    context: Mapping[str, Any] = field(default_factory=dict)
    # What was counted once in the tables, which do not change while a report is written.
    counted: dict[str, float | None] = field(default_factory=dict, repr=False, compare=False)

    def part(self, name: str) -> Mapping[str, Any]:
        """Return a section of the settings, empty when absent."""
        return self.settings.get(name) or {}

    def table(self, name: str, analysis: str | None = None) -> pd.DataFrame | None:
        """Return a table that has rows, else None."""
        home = self.tables
        if analysis is not None:
            home = (self.tables.get("analyses") or {}).get(analysis)
        frame = (home or {}).get(name)
        return frame if isinstance(frame, pd.DataFrame) and len(frame) else None

    def source(self, name: str, analysis: str | None = None) -> str:
        """Return the file of a table below the results of the study, blank where unknown."""
        key = name if analysis is None else f"{analysis}.{name}"
        return str((self.context.get("files") or {}).get(key, ""))

    @property
    def arms(self) -> list[str]:
        """Return the arms in the order of the settings."""
        return list(self.part("study").get("arms") or {})

    @property
    def comparator(self) -> str:
        """Return the arm that the others are set against."""
        return self.part("study").get("comparator") or (self.arms or [""])[0]

    @property
    def others(self) -> list[str]:
        """Return the arms that are not the comparator."""
        return [arm for arm in self.arms if arm != self.comparator]

    @property
    def many(self) -> bool:
        """Return whether there are too many options to name each in a sentence."""
        return len(self.others) > MOST_NAMED

    @property
    def currency(self) -> str:
        """Return the currency code."""
        return self.part("study").get("currency") or "GBP"

    @property
    def interval(self) -> str:
        """Return the probability inside the decision's intervals, such as 95%."""
        return f"{100 * float(self.part('decision').get('interval') or 0.95):.10g}%"

    @property
    def synthetic(self) -> bool:
        """Return whether the records were simulated."""
        return bool(self.part("study").get("synthetic"))

    @property
    def analyses(self) -> dict[str, Mapping[str, Any]]:
        """Return the analyses that have results, the primary one first."""
        given = self.settings.get("analyses") or {}
        have = {name: given[name] for name in given if self.table("incremental", name) is not None}
        first = self.part("report").get("primary_analysis")
        return dict(sorted(have.items(), key=lambda pair: pair[0] != first))

    @property
    def compares(self) -> bool:
        """Return whether arms may be set against each other here: only as randomised."""
        model = self.part("model")
        asked = bool(self.settings.get("analyses") or model.get("endpoints"))
        return asked and model.get("comparison", "randomised") == "randomised"

    def costs_only(self, analysis: str) -> bool:
        """Return whether costs differ and no effect does in any draw: costs alone are compared."""
        frame = self.table("incremental", analysis)
        ends = ["effect", "effect_lower", "effect_upper"]
        if frame is None or not set(ends) <= set(frame):
            return False
        seen = frame[[*ends, "cost"]].dropna()
        alike = bool(len(seen)) and bool((seen[ends] == 0).all(axis=None))
        return alike and bool((seen["cost"] != 0).any())

    def judged(self, analysis: str) -> bool:
        """Return whether value for money is judged: as randomised, and with effects that differ."""
        return self.compares and not self.costs_only(analysis)

    @property
    def from_draws(self) -> bool:
        """Return whether draws of cost and effect were handed over, and nothing before them."""
        return self.part("data").get("door") == "draws"

    @property
    def planned(self) -> bool:
        """Return whether a locked plan says what was named before the results were seen."""
        return self.table("deviations") is not None or bool(self.context.get("plan_locked"))

    @property
    def population(self) -> str:
        """Return the population of the primary analysis, or the one that is described."""
        for meta in (self.settings.get("analyses") or {}).values():
            return str(meta.get("population") or "")
        return str((self.part("dataset").get("describe") or {}).get("population") or "")

    @property
    def start(self) -> str:
        """Return what follow-up is counted from, in words."""
        return "randomisation" if self.compares else "the start of follow-up"

    def assumed(self, name: str) -> bool:
        """Return whether no source reports a quantity, so that it illustrates (decision 036)."""
        return name in ((self.part("dataset").get("describe") or {}).get("illustrative") or ())

    def arm(self, name: str) -> str:
        """Return the label of an arm."""
        entry = (self.part("study").get("arms") or {}).get(name) or {}
        return clean(entry.get("label") or name)

    def perspective(self, name: object) -> str:
        """Return the printed name of a perspective."""
        return self.label(name, "perspective")

    def label(self, key: object, *kinds: str) -> str:
        """Return the printed name of a key that names a thing of one of some kinds."""
        return resolve(self.settings, str(key), kinds)

    def in_nights(self, endpoint: object) -> bool:
        """Return whether an endpoint counts nights, so that its yes or no is any night at all."""
        return ((self.part("outcomes").get("endpoints") or {}).get(endpoint) or {}).get(
            "kind"
        ) == "nights"

    def event(self, key: object) -> str:
        """Return the name of a yes or no: a share never stands under the name of a count."""
        words = self.label(key, "outcome", "endpoint")
        return f"Any {words[:1].lower()}{words[1:]}" if self.in_nights(key) else words

    def title(self, analysis: str) -> str:
        """Return the title of an analysis."""
        own = (self.settings.get("analyses") or {}).get(analysis) or {}
        return clean(own.get("title") or self.label(analysis))

    def words(self, analysis: str) -> dict[str, Any]:
        """Return how to speak of the outcome of an analysis: one, many, plain, decimals."""
        return self.outcome_words(self.settings["analyses"][analysis]["outcome"])

    def outcome_words(self, outcome: str) -> dict[str, Any]:
        """Return how to speak of an outcome: one, many, plain, decimals."""
        label, declared = self.label(outcome, "outcome"), self.declared(outcome)
        many = clean(declared.get("unit") or label)
        # An event is counted in people: one more of them is a person, not a unit of people.
        people, _, rest = many.partition(" ")
        one = f"person {rest}" if people == "people" and rest else f"unit of {many}"
        known = {"one": one, "many": many, "plain": "", "decimals": 3}
        if declared.get("label"):
            known["label"] = label
        own = (self.part("report").get("outcome_words") or {}).get(outcome) or {}
        words = {**known, **KNOWN_OUTCOMES.get(outcome, {}), **own}
        # What is counted in people is, of one person, a share: nobody has 0.4 people abstinent.
        counts = str(words["many"]).startswith("people ")
        words["mean"] = f"share of {words['many']}" if counts else words["many"]
        return {"label": words["many"][:1].upper() + words["many"][1:], **words}

    def declared(self, outcome: str) -> Mapping[str, Any]:
        """Return an outcome's own settings, empty when it has none."""
        return (self.part("outcomes").get("effects") or {}).get(outcome) or {}

    def payer(self, analysis: str) -> str:
        """Return whose thresholds those of an analysis are, blank where nobody says."""
        meta = self.settings["analyses"][analysis]
        decision = merge(dict(self.part("decision")), meta.get("decision") or {})
        given = decision.get("thresholds")
        own = given.get(meta["outcome"]) if isinstance(given, Mapping) else None
        return clean((own or {}).get("payer") or "") if isinstance(own, Mapping) else ""

    def thresholds(self, analysis: str) -> Thresholds:
        """Return the thresholds of the outcome of an analysis (decisions 019, 020 and 027)."""
        meta = self.settings["analyses"][analysis]
        decision = merge(dict(self.part("decision")), meta.get("decision") or {})
        given = decision.get("thresholds")
        if isinstance(given, Mapping) and "marked" not in given:
            given = given.get(meta["outcome"])
        if isinstance(given, Mapping):
            decision, given = {**decision, **given}, given.get("marked")
        marked = tuple(float(value) for value in given or ())
        # Nobody was randomised, or costs alone are compared: no threshold makes that a verdict.
        exploratory = bool(decision.get("exploratory", False)) or not marked
        exploratory = exploratory or not self.judged(analysis)
        primary = decision.get("primary", decision.get("primary_threshold"))
        if isinstance(primary, Mapping):
            primary = primary.get(meta["outcome"])
        if primary is None and marked:
            primary = marked[len(marked) // 2 - (len(marked) % 2 == 0)]
        return Thresholds(marked, None if exploratory else float(primary), exploratory)

    def shown(self, analysis: str) -> tuple[float, ...]:
        """Return the thresholds in tables: those marked, else five over the range explored."""
        marks, frame = self.thresholds(analysis), self.table("acceptability", analysis)
        if marks.marked or frame is None:
            return marks.marked
        grid = sorted(set(frame["threshold"].astype(float)))
        wanted = [grid[-1] * part / 5 for part in range(1, 6)]
        nearest = {min(grid, key=lambda value, want=want: abs(value - want)) for want in wanted}
        return tuple(sorted(nearest - {0.0}))

    def cash(self, value: float, plus: bool = False) -> str:
        """Return an amount a person."""
        return money(value, self.currency, self.part("report").get("cost_decimals") or 0, plus)

    def cash_about(self, value: float, error: float | None) -> str:
        """Return an amount with no more digits than its Monte Carlo error supports."""
        return self.cash(supported(value, error))

    def price(self, value: float) -> str:
        """Return a unit price, to the penny."""
        return money(value, self.currency, 2)

    def threshold(self, value: float) -> str:
        """Return a threshold as an amount."""
        return money(value, self.currency)

    def amount(self, value: float, analysis: str, plus: bool = False) -> str:
        """Return an effect with the digits of its outcome."""
        return number(value, self.words(analysis)["decimals"], plus)

    def cash_interval(self, lower: float, upper: float) -> str:
        """Return an interval of amounts."""
        return span(self.cash(lower), self.cash(upper))


def near(frame: pd.DataFrame, threshold: float) -> pd.DataFrame:
    """Return the rows of a table at a threshold, by value and not by binary fraction."""
    return frame[(frame["threshold"].astype(float) - threshold).abs() < 1e-6 * max(threshold, 1.0)]


def sources(inputs: Mapping[str, str], study: str) -> dict[str, str]:
    """Return where each input stands below the results of a study.

    Examples
    --------
    >>> sources({"flow": "results/my_trial/base/10_data/flow.csv"}, "my_trial")
    {'flow': 'base/10_data/flow.csv'}
    """
    return {name: str(path).rpartition(f"/{study}/")[2] for name, path in inputs.items()}
