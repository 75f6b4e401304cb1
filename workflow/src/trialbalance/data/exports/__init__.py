"""Raw exports: read as text with their labels, and turned into records by a mapping."""
