"""The sections of the report: what stands in front, the findings, and what stands behind."""
