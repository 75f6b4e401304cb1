"""Manifest, research object, data package and deviations from the locked plan."""
