"""One section of the study file a module: types, defaults, units, bounds, references."""
