"""Clinical endpoints: binary, count, time to event and proportion, each by its own model."""

from trialbalance.model.endpoints.estimate import estimate_endpoints

__all__ = ["estimate_endpoints"]
