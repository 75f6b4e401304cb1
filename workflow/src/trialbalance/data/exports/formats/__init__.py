"""Readers of the files that a trial is handed over in."""
