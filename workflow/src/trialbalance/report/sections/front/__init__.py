"""Page one: the answer, how sure it is, and what bears on it beside numbers."""
