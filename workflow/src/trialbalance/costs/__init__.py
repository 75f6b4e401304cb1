"""Stage `costs`: what the trial's resource use cost, and whom."""

from trialbalance.costs.checking import check_prices, find_items_used
from trialbalance.costs.valuing import value_resources, write_resources

__all__ = ["check_prices", "find_items_used", "value_resources", "write_resources"]
