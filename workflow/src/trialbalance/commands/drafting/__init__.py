"""A mapping and a study drafted from an export: what is clear is said, what is not is asked."""
