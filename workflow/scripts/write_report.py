from trialbalance.provenance.stage import stage
