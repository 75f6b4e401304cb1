"""Settings: one typed model, checked at once, from which manual and schema are written."""
