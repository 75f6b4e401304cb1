"""Which option, how sure, and is more research worth it: from draws to the decision."""
