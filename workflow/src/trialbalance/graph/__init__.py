"""Which file a stage reads and writes, by door, scenario and analysis."""
