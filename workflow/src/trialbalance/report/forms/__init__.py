"""The forms of a report: HTML with explorer, PDF, Word."""
