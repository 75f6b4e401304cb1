"""The whole of a study file: one section a stage, analyses, scenarios, published figures."""

from typing import Any

from pydantic import model_validator

from trialbalance.settings.section import Section, setting
from trialbalance.settings.sections.analysis import AnalysisSettings, ScenarioSettings
from trialbalance.settings.sections.audit import AuditSettings
from trialbalance.settings.sections.costs import CostsSettings
from trialbalance.settings.sections.data import DataSettings
from trialbalance.settings.sections.dataset import DatasetSettings
from trialbalance.settings.sections.decision import DecisionSettings, ThresholdSettings
from trialbalance.settings.sections.disclosure import DisclosureSettings
from trialbalance.settings.sections.legal import LegalSettings
from trialbalance.settings.sections.model import ModelSettings
from trialbalance.settings.sections.multiverse import MultiverseSettings
from trialbalance.settings.sections.outcomes import OutcomesSettings
from trialbalance.settings.sections.report import ReportSettings
from trialbalance.settings.sections.study import Name, StudySettings
from trialbalance.settings.sections.synthesis import SynthesisSettings

# Stage -> stages whose tables it reads, directly or through others.
BEFORE = {
    "data": (),
    "legal": ("data",),
    "costs": ("data", "legal"),
    "outcomes": ("data",),
    "dataset": ("data", "legal", "costs", "outcomes"),
    "model": ("data", "legal", "costs", "outcomes", "dataset"),
    "decision": ("data", "legal", "costs", "outcomes", "dataset", "model"),
    "synthesis": (),
    "report": (),
    "audit": (),
}
STAGES = tuple(BEFORE)
# Parts of the stage model that run once a study: the settings of the section that each reads, and
# the stages whose tables it reads.
_SAMPLER = ("draws", "tune", "chains", "target_accept", "gates", "on_failed_checks")
PARTS = {
    "endpoints": (("endpoints", "endpoint_priors", "comparison", *_SAMPLER), ("data", "outcomes")),
    "observational": (
        ("comparison", "observational"),
        ("data", "legal", "costs", "outcomes"),
    ),
}
# Settings of section model that parts alone read; a fit of an analysis does not.
OF_PARTS = frozenset(("endpoints", "endpoint_priors", "comparison", "observational"))
PER_ANALYSIS = ("dataset", "model", "decision")


class StudyFile(Section):
    """Settings of one study."""

    study: StudySettings = setting(..., "Facts of the trial that every stage may read.")
    data: DataSettings = setting(..., "What was recorded and where it stands.")
    legal: LegalSettings | None = setting(
        None, "Under which law orders are made; silent when the study declares none."
    )
    costs: CostsSettings | None = setting(None, "How resource use is valued.")
    outcomes: OutcomesSettings | None = setting(None, "How questionnaires and events are scored.")
    dataset: DatasetSettings = setting({}, "What is analysed.")
    model: ModelSettings = setting({}, "What is believed about mean cost and effect.")
    decision: DecisionSettings = setting({}, "How options are compared.")
    synthesis: SynthesisSettings = setting({}, "Which single assumptions are varied.")
    report: ReportSettings = setting({}, "What the report says beside the results.")
    audit: AuditSettings = setting({}, "How the books are checked.")
    disclosure: DisclosureSettings = setting({}, "What may leave in ``release/``.")
    analyses: dict[Name, AnalysisSettings] = setting(
        {},
        "Analyses by name: outcome, perspective, population, model; a study without any is "
        "described and decides nothing.",
    )
    scenarios: dict[Name, ScenarioSettings] = setting(
        {}, "Scenarios by name, beside the base case."
    )
    multiverse: MultiverseSettings | None = setting(
        None, "Defensible options of each choice, for target multiverse; blank for none."
    )
    published: dict[str, Any] = setting({}, "Published figures to be reproduced.")

    @model_validator(mode="before")
    @classmethod
    def _thresholds_of_their_currency(cls, value: Any) -> Any:
        """Leave NICE's thresholds to pounds: elsewhere a study states its own or has no verdict."""
        study = value.get("study") if isinstance(value, dict) else None
        currency = study.get("currency", "GBP") if isinstance(study, dict) else "GBP"
        section = (value.get("decision") or {}) if isinstance(value, dict) else {}
        if currency == "GBP" or not isinstance(section, dict):
            return value
        stated = section.get("thresholds") or {}
        given = stated.get("qaly", {}) if isinstance(stated, dict) else None
        if not isinstance(given, dict):
            return value
        # An instance passes the default by, which would add the thresholds in pounds.
        own = {"exploratory": True, **given} if not given.get("marked") else given
        try:
            qaly = ThresholdSettings.model_validate({"unit": f"{currency} per QALY", **own})
        except ValueError:
            return value
        return {**value, "decision": {**section, "thresholds": {**stated, "qaly": qaly}}}

    @staticmethod
    def before(stage: str) -> tuple[str, ...]:
        """Return the stages before a stage, or before a part of one."""
        return PARTS[stage][1] if stage in PARTS else BEFORE[stage]

    @staticmethod
    def per_analysis() -> tuple[str, ...]:
        """Return the stages that run once an analysis."""
        return PER_ANALYSIS
