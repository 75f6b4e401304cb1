"""What people gained: measures, outcomes such as QALYs, and clinical endpoints."""

from trialbalance.outcomes.stage import score_outcomes

__all__ = ["score_outcomes"]
