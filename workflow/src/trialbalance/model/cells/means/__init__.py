"""Means from a fit of cells: completed by draw, anchored to what was seen, averaged, gathered."""
