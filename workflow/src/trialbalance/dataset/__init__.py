"""What is analysed: one row a participant and analysis, and what is missing from it."""

from trialbalance.dataset.building import build_dataset
from trialbalance.dataset.columns import covariate_columns, group_columns, source_groups
from trialbalance.dataset.handed import take_totals

__all__ = ["build_dataset", "covariate_columns", "group_columns", "source_groups", "take_totals"]
