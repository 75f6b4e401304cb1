"""Section Methods: how it was done, and what was fitted."""
