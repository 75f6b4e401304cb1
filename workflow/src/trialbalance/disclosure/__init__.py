"""Disclosure: what of a table may leave, and what is held back; pure functions on tables."""
