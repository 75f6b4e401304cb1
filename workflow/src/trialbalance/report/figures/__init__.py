"""The pictures of a report, each with its words."""
