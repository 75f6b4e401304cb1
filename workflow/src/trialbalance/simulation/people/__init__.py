"""Who takes part: entry, allocation, characteristics, and what they answer."""
