"""Comparisons of people whom nobody randomised, told as associations."""

from trialbalance.model.observational.compare import compare_observed

__all__ = ["compare_observed"]
