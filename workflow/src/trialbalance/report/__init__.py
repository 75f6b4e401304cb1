"""Report: what is told to people, from tables to one page."""
