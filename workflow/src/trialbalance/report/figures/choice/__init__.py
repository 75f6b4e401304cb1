"""Pictures of a choice: the plane, and what each option is worth by threshold."""
