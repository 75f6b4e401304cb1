"""The findings in full: results, costs, outcomes, law, scenarios."""
