"""trialbalance: from the records of a trial to a decision, every pound reconciled."""
