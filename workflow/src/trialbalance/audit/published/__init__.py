"""Published figures of a study beside what this run gives."""
