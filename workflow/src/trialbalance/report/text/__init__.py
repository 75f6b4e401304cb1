"""Numbers, words and Markdown of a report."""
