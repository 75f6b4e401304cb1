"""What is analysed: one row a participant and analysis, and what is missing from it."""

from trialbalance.dataset.building import build_dataset
from trialbalance.dataset.given_totals import take_totals
from trialbalance.dataset.rows import covariate_columns, group_columns, source_groups

__all__ = ["build_dataset", "covariate_columns", "group_columns", "source_groups", "take_totals"]
