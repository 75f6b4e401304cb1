"""From tables of earlier stages to cells, by total or by visit, and who was seen."""
