"""What stands behind the findings: books, methods, completeness, checklists."""
