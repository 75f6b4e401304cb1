"""trialbalance: from the records of a trial to a decision, every pound reconciled."""

import sys

# Only where Snakemake runs one of our scripts: elsewhere errors are those of whoever imports us.
if hasattr(sys.modules.get("__main__"), "snakemake"):
    from trialbalance.provenance.interruptions import tell

    sys.excepthook = tell
