"""Rule sets: the law under which orders are made, as data that a lawyer can read and correct."""

import re
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError, model_validator

from trialbalance import house
from trialbalance.contracts.problems import Finding, Problems
from trialbalance.settings.checks.messages import worded_findings
from trialbalance.settings.section import Refused, Section, setting
from trialbalance.settings.sections.study import Name
from trialbalance.settings.yamlfile import read_yaml

Certainty = Literal["read", "secondary", "recalled", "convention"]
CERTAINTY = (
    "read = our source gives the section; secondary = a guide says so; recalled = not seen; "
    "convention = our way of counting."
)


class Span(Section):
    """A length of time in one unit."""

    hours: int | None = setting(None, "Hours.", ge=1)
    days: int | None = setting(None, "Days.", ge=1)
    months: int | None = setting(None, "Calendar months.", ge=1)
    years: int | None = setting(None, "Calendar years.", ge=1)

    @model_validator(mode="after")
    def _agree(self):
        """Check that one unit is given."""
        given = [unit for unit, value in self if value is not None]
        if len(given) != 1:
            raise Refused(f"{len(given)} units", "one of hours, days, months, years")
        return self


class Condition(Section):
    """One fact that the records show or do not show."""

    stays: int | None = setting(None, "Least number of separate stays in hospital.", ge=1)
    nights: int | None = setting(None, "Least number of nights in hospital, added up.", ge=1)
    earlier: list[Name] = setting([], "Events one of which happened before the day asked about.")
    under: Name | None = setting(None, "Status the person is under on the day asked about.")
    in_hospital: bool = setting(False, "Whether the person is in hospital on that day.")
    shown_by: Name | None = setting(None, "Event whose last record says yes or no.")
    within: Span | None = setting(None, "How far back the fact may lie; silent = any time.")
    before: Name | None = setting(
        None, "Event from which the time is counted back; silent = the day asked about."
    )
    since: list[Name] = setting(
        [], "Events that use records up: only what was recorded after the last of them counts."
    )

    @model_validator(mode="after")
    def _agree(self):
        """Check that the condition asks one thing."""
        kinds = ("stays", "nights", "earlier", "under", "in_hospital", "shown_by")
        if sum(bool(getattr(self, kind)) for kind in kinds) != 1:
            raise Refused("not exactly one condition", f"one of {', '.join(kinds)}")
        return self


class Criterion(Section):
    """One criterion of eligibility; all criteria of a rule set must be met."""

    section: str = setting(..., "Where it stands.", min_length=1)
    text: str = setting(..., "What it asks, in our words.", min_length=1)
    certainty: Certainty = setting("read", CERTAINTY)
    any_of: dict[Name, Condition] = setting(..., "Conditions; one is enough.", min_length=1)


class Event(Section):
    """Something that is recorded with its date."""

    text: str = setting(..., "What happened.", min_length=1)
    section: str = setting("", "Where it stands, if anywhere.")
    needs: Name | None = setting(None, "Status without which it has no power.")


class Status(Section):
    """A status in law, begun and ended by events or by the passing of its term."""

    label: str = setting(..., "Name of the status in words.", min_length=1)
    section: str = setting(..., "Where it stands.", min_length=1)
    begins: list[Name] = setting(..., "Events that begin it.", min_length=1)
    renewed_by: list[Name] = setting([], "Events that renew it for the next term.")
    ends: list[Name] = setting([], "Events that end it.")
    terms: list[Span] = setting(
        [], "First term and that of each renewal, the last one repeating; empty = without a term."
    )
    counted: Literal["including_first_day", "from_next_day"] = setting(
        "including_first_day",
        "Whether a term of months is counted with the day on which it begins or from the next.",
    )
    late_renewal: Span | None = setting(
        None, "How long after its end it may still be renewed; it then begins anew."
    )
    certainty: Certainty = setting("read", CERTAINTY)


class _Limit(Section):
    """What every limit says."""

    section: str = setting(..., "Where it stands.", min_length=1)
    text: str = setting(..., "What it asks, in our words.", min_length=1)
    certainty: Certainty = setting("read", CERTAINTY)
    needs: list[Name] = setting(..., "Events of which one must have happened.", min_length=1)


class Follows(_Limit):
    """After one event another must follow in time."""

    kind: Literal["follows"] = setting(..., "Something must follow.")
    after: list[Name] = setting(..., "Events that start the time.", min_length=1)
    within: Span | None = setting(None, "How long; silent = before the status `of` ends.")
    of: Name | None = setting(None, "Status whose renewals are counted, or whose end is the limit.")
    every: int = setting(1, "Only every so manieth renewal starts the time.", ge=1)


class Precedes(_Limit):
    """Before one event another must have happened."""

    kind: Literal["precedes"] = setting(..., "Something must have gone before.")
    before: list[Name] = setting(..., "Events that need it.", min_length=1)
    in_last: Span | None = setting(None, "Only in this time before the term of `of` ends.")
    of: Name | None = setting(None, "Status whose term is meant.")
    since: list[Name] = setting([], "Events that use records up.")


class Lasts(_Limit):
    """A status that lasts longer than a time needs something before it was granted."""

    kind: Literal["lasts"] = setting(..., "A long status needs something first.")
    of: Name = setting(..., "Status that lasts.")
    longer_than: Span = setting(..., "Longest time for which nothing is needed.")
    granted_by: list[Name] = setting(
        ..., "Events that grant or extend it; the last one within that time counts.", min_length=1
    )
    since: list[Name] = setting([], "Events that use records up.")


Limit = Annotated[Follows | Precedes | Lasts, Field(discriminator="kind")]


class InForce(Section):
    """When the law applied."""

    start: str = setting(..., "First day in force.", pattern=r"^\d{4}-\d{2}-\d{2}$")
    until: str | None = setting(None, "Last day in force.", pattern=r"^\d{4}-\d{2}-\d{2}$")
    commencement: Literal["confirmed", "unconfirmed"] = setting(
        ..., "Whether it is confirmed that the text came into force on that day."
    )


class RuleSet(Section):
    """The law of one jurisdiction in one version."""

    title: str = setting(..., "Name of the law and its version.", min_length=1)
    jurisdiction: str = setting(..., "Where it applies.", min_length=1)
    version: str = setting(..., "Version of the text.", min_length=1)
    in_force: InForce = setting(..., "When it applied.")
    time_zone: str = setting(..., "Zone in which dates without a time are read.", min_length=1)
    sources: list[str] = setting(..., "Where it was read.", min_length=1)
    notes: list[str] = setting([], "What is uncertain or left out.")
    events: dict[Name, Event] = setting(..., "Everything that may be recorded.", min_length=1)
    statuses: dict[Name, Status] = setting(..., "Statuses in law.", min_length=1)
    criteria: dict[Name, Criterion] = setting(..., "Criteria of eligibility.", min_length=1)
    limits: dict[Name, Limit] = setting({}, "Time limits and duties.")

    @model_validator(mode="after")
    def _agree(self):
        """Check that every event and status named is declared."""
        events, statuses = _named(self.model_dump(exclude={"events"}))
        statuses |= {event.needs for event in self.events.values() if event.needs}
        if unknown := sorted(events - set(self.events)):
            raise Refused(f"no {', '.join(unknown)}", "declared events", at="events")
        if unknown := sorted(statuses - set(self.statuses)):
            raise Refused(f"no {', '.join(unknown)}", "declared statuses", at="statuses")
        return self


_EVENTS = frozenset(
    (
        *("begins", "renewed_by", "ends", "earlier", "shown_by", "since", "after", "before"),
        *("needs", "granted_by"),
    )
)
_STATUSES = frozenset(("under", "of"))


def _named(node: Any) -> tuple[set[str], set[str]]:
    """Return the events and the statuses that a part of a rule set names."""
    events: set[str] = set()
    statuses: set[str] = set()
    for key, value in node.items() if isinstance(node, dict) else ():
        if key in _EVENTS and isinstance(value, str | list):
            events |= {value} if isinstance(value, str) else set(value)
        elif key in _STATUSES and isinstance(value, str):
            statuses.add(value)
        else:
            below = _named(value)
            events |= below[0]
            statuses |= below[1]
    return events, statuses


def rule_set_file(folder: Path, name: str) -> Path:
    """Return the file of a rule set: the study's own if there, else where one would ship here."""
    own = folder / f"{name}.yaml"
    return own if own.exists() else house.resources() / "legal" / f"{name}.yaml"


def files_below(path: Path) -> list[Path]:
    """Return the file that a rule set is based on, as a list; empty where it stands alone.

    Parameters
    ----------
    path : Path
        File of the rule set.
    """
    raw, lines = read_yaml(path)
    below = raw.get("based_on")
    if below is None:
        return []
    if not re.fullmatch(r"\w+", str(below)):
        allowed, remedy = "letters, digits and _", "name the rule set without .yaml"
        raise Problems(
            [Finding(str(path), lines.get("based_on"), "based_on", str(below), allowed, remedy)]
        )
    return [path.with_name(f"{below}.yaml")]


def load_rule_set(path: Path) -> dict[str, Any]:
    """Return a rule set, checked, as plain values.

    Parameters
    ----------
    path : Path
        The file; what it is ``based_on`` lies beside it.

    Returns
    -------
    dict
        Content of `RuleSet`, defaults filled in.

    Raises
    ------
    Problems
        Every mistake of the file at once.

    Notes
    -----
    A rule set may be ``based_on`` another: the parts that it has replace those of the other whole,
    so that an amendment states its own criteria and keeps the rest.
    """
    raw, lines = read_yaml(path)
    below = raw.pop("based_on", None)
    for other in files_below(path):
        if not other.is_file():
            allowed, remedy = "a rule set beside this one", "correct the name or add the file"
            raise Problems(
                [Finding(str(path), lines.get("based_on"), "based_on", str(below), allowed, remedy)]
            )
        # What the amendment adds to the events stands beside the events of the other.
        known, own = read_yaml(other)[0], raw.get("events", {})
        events = known.get("events", {})
        both = isinstance(events, dict) and isinstance(own, dict)
        raw = known | raw | {"events": events | own if both else own}
    try:
        return RuleSet.model_validate(raw).model_dump(mode="json")
    except ValidationError as error:
        found = worded_findings(error, path, lines, "base", model=RuleSet, content=raw)
        raise Problems(found) from None
