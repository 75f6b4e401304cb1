"""A twin of a study: what may be told of its records, and records invented from that alone."""
