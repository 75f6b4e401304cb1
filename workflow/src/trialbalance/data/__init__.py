"""Stage data: what was recorded, and whether it is sound."""

from trialbalance.data.covariates import covariate_fields
from trialbalance.data.reading import check_records, read_records

__all__ = ["check_records", "covariate_fields", "read_records"]
