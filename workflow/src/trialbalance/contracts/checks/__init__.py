"""Whether a table is what its contract says: columns, types, keys."""
